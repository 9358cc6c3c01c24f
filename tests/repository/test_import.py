"""What imports what: rooms import only downward, and `import nnlib` is light, measured in fresh interpreters."""

import ast
import functools
import graphlib
import importlib
import json
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "nnlib"

ROOMS = (
    *("homework", "check", "widgets", "plots", "search", "vgg"),
    "nnlib",  # the names of nnlib/__init__.py
    *("solver", "solver_checks", "callbacks", "models", "network", "backend", "specs"),
    *("fast", "torch_layers", "layers", "losses", "optim", "gradcheck"),
    *("provenance", "data", "storage", "held_out", "tables", "progress", "checks", "blas"),
)
"""From the top to the bottom: a room may import itself and what comes after it."""

MEASURE = """
import json, sys, time
start = time.perf_counter()
import numpy
middle = time.perf_counter()
before = set(sys.modules)
import {module}
end = time.perf_counter()
print(json.dumps({{"numpy": middle - start, "nnlib": end - middle, "new": sorted(set(sys.modules) - before)}}))
"""


def measure(module="nnlib"):
    command = [sys.executable, "-c", MEASURE.format(module=module)]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


@functools.cache
def loaded_by(module):
    """Return the modules, other than NumPy's, that are loaded after `import module`."""
    return frozenset(measure(module)["new"])


def top_levels(modules):
    return {module.partition(".")[0] for module in modules}


def room(module):
    return module.split(".")[1] if "." in module else module


def sources():
    """Return {module: source} of the whole package."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text(encoding="utf-8")
    return found


def imports(source, modules):
    """Return those of `modules` that a source imports anywhere: at its top, in a function or for type checkers only."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            assert node.level == 0, "relative import: write the whole name"
        else:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in names:
            found |= {name if name in modules else name.rpartition(".")[0]} & set(modules)
    return found


def violations(package):
    """Return the imports of {module: source} that run upward, and a cycle among those that do not."""
    graph = {module: imports(source, package) for module, source in package.items()}
    rank = {name: position for position, name in enumerate(ROOMS)}
    found = [
        f"{module} imports {other}, which lies above it"
        for module, others in sorted(graph.items())
        for other in sorted(others)
        if rank[room(other)] < rank[room(module)]
    ]
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        found.append("a cycle of " + ", ".join(sorted(set(error.args[1]))))
    return found


def test_every_room_has_its_level():
    assert {room(module) for module in sources()} == set(ROOMS)
    assert len(set(ROOMS)) == len(ROOMS)


def test_imports_point_only_downward():
    assert violations(sources()) == []


GOOD = {
    "nnlib": "from nnlib import checks\nfrom nnlib.solver import Solver",
    "nnlib.checks": "",
    "nnlib.callbacks": "import abc",
    "nnlib.solver": "from nnlib import callbacks",
    "nnlib.search": "import nnlib\nfrom nnlib.search.trial import Trial",
    "nnlib.search.trial": "import nnlib.solver",
}
UPWARD = "nnlib.callbacks imports nnlib.solver, which lies above it"


@pytest.mark.parametrize(
    ("module", "source", "expected"),
    [
        ("callbacks", "from nnlib.solver import Solver", UPWARD),
        ("callbacks", "import nnlib.solver as s", UPWARD),
        ("callbacks", "if TYPE_CHECKING:\n    from nnlib.solver import Solver", UPWARD),
        ("callbacks", "def call():\n    from nnlib import solver", UPWARD),
        ("checks", "from nnlib import fc_forward", "nnlib.checks imports nnlib, which lies above it"),
        ("search.trial", "from nnlib.search import Trial", "a cycle of nnlib.search, nnlib.search.trial"),
    ],
)
def test_a_planted_import_is_found(module, source, expected):
    assert violations(GOOD) == []
    assert expected in violations({**GOOD, f"nnlib.{module}": source})


def test_it_brings_nothing_but_itself_and_the_standard_library():
    new = loaded_by("nnlib")
    assert "nnlib" in new
    assert top_levels(new) - {"nnlib"} <= set(sys.stdlib_module_names)  # no torch, matplotlib, ipywidgets, joblib, ...
    assert {room(module) for module in new if top_levels([module]) == {"nnlib"}} <= set(ROOMS[ROOMS.index("nnlib") :])


@pytest.mark.parametrize("module", ["nnlib.plots", "nnlib.widgets"])
def test_figures_and_widgets_bring_no_worker_pool_and_no_torch(module):
    assert {"joblib", "torch", "distributed"} & top_levels(loaded_by(module)) == set()


LISTING = [path.parent for path in PACKAGE.rglob("__init__.py") if "__all__" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("package", [".".join(path.relative_to(PACKAGE.parent).parts) for path in LISTING])
def test_the_list_of_names_is_complete(package):
    module = importlib.import_module(package)
    names = module.__all__
    assert [name for name in names if not hasattr(module, name)] == []
    assert len(set(names)) == len(names)
    assert package != "nnlib" or set(names) >= set(module.layers.__all__)


def test_it_takes_little_beyond_numpys_own_import():
    """0.2 s is promised on a machine where NumPy takes about 0.1 s; a ratio holds on a busy one too."""
    runs = [measure() for _ in range(5)]
    assert statistics.median(run["nnlib"] / run["numpy"] for run in runs) < 2
