"""Which tests judge the mutants of which modules; see mutants.py."""

SEARCH = ["trial_log", "selection", "arguments", "trial", "replay", "sweep"]  # the fast ones, which come first
LISTED = "tests/repository/test_listed_defaults.py"
COMMANDS = "tests/repository/test_commands.py"
NAMES = "tests/repository/test_import.py::test_the_list_of_names_is_complete"
CHECK = ["frames", "cases", "record", "stages", "check_session", "process", "report", "engine"]  # none that runs cells
WIDGETS = ["state", "arguments", "controls", "curves", "playground", "worker", "explorer"]  # none that starts a kernel
TOOLS = ["runner", "runner_output", "runner_profiles", "book", "app", "bench", "bench_figures", "bench_baseline"]
GROUPS = {  # the modules; their tests: first the files that bear the module's name, then all
    "search": (
        ["nnlib/search/*.py"],
        [*(f"tests/search/test_search_{name}.py" for name in SEARCH), "tests/search", f"{NAMES}[nnlib.search]"],
    ),
    "check": (["nnlib/check/*.py"], [*(f"tests/check/test_{name}.py" for name in CHECK), f"{NAMES}[nnlib.check]"]),
    "layers": (["nnlib/layers/*.py"], ["tests/layers", f"{NAMES}[nnlib.layers]"]),
    "losses": (["nnlib/losses.py"], ["tests/test_losses.py"]),
    "network": (
        ["nnlib/network.py"],
        ["tests/test_network.py", "tests/test_specs.py", "tests/test_models.py", "tests/test_models_arguments.py"],
    ),
    "specs": (["nnlib/specs.py"], ["tests/test_specs.py", "tests/test_network.py"]),
    "models": (
        ["nnlib/models.py"],
        ["tests/test_models.py", "tests/test_models_arguments.py", "tests/test_storage.py"],
    ),
    "optim": (["nnlib/optim.py"], ["tests/test_optim.py"]),
    "solver": (["nnlib/solver.py", "nnlib/solver_checks.py"], ["tests/solver"]),
    "gradcheck": (["nnlib/gradcheck.py"], ["tests/test_gradcheck.py", "tests/test_gradcheck_kinks.py"]),
    "callbacks": (["nnlib/callbacks.py"], ["tests/solver"]),
    "data": (
        ["nnlib/data/*.py", "nnlib/held_out.py"],
        [LISTED, "tests/data", "tests/test_mixed_examples.py", "tests/test_held_out.py"],
    ),
    "figures": (
        ["nnlib/homework/figures/*.py"],
        [f"tests/homework/test_figures_q{number}.py" for number in range(1, 8)],
    ),
    "homework": (["nnlib/homework/*.py"], [LISTED, "tests/homework", COMMANDS]),
    "plots": (["nnlib/plots/*.py"], [LISTED, "tests/plots", f"{NAMES}[nnlib.plots]"]),
    "widgets": (
        ["nnlib/widgets/*.py"],
        [LISTED, *(f"tests/widgets/test_widgets_{name}.py" for name in WIDGETS), f"{NAMES}[nnlib.widgets]"],
    ),
    "vgg": (["nnlib/vgg/*.py"], [LISTED, "tests/vgg"]),
    "provenance": (["nnlib/provenance/*.py"], ["tests/provenance"]),
    "fast": (["nnlib/fast/*.py"], ["tests/fast", "tests/layers", "tests/test_optim.py", f"{NAMES}[nnlib.fast]"]),
    "tools": (
        ["tools/*.py", "tools/bench/*.py"],
        [LISTED, *(f"tests/tools/test_{name}.py" for name in TOOLS), COMMANDS],
    ),
}
