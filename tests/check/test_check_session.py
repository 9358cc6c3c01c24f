"""nnlib.check in a real kernel: cells wait in one line, leave nothing stale, and checks see edits."""

import os
import shutil
from pathlib import Path

import pytest

import nnlib
from nnlib.check import exercises


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """Run cells in one kernel on a copy of the package; return the function that runs one and gives what it prints."""
    folder = tmp_path_factory.mktemp("session")
    shutil.copytree(Path(nnlib.__file__).parent, folder / "nnlib", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(Path(nnlib.__file__).parents[1] / "course", folder / "course")
    from jupyter_client.manager import start_new_kernel

    environment = {**os.environ, "PYTHONPATH": str(folder)}
    manager, client = start_new_kernel(kernel_name="python3", cwd=folder, env=environment)

    def run(source):
        printed = []

        def keep(message):
            content = message["content"]
            printed.append(
                content.get("text") or content.get("data", {}).get("text/plain", "") or content.get("ename", "")
            )

        client.execute_interactive(source, output_hook=keep, timeout=60)
        return "".join(printed).strip()

    run("%load_ext autoreload\n%autoreload 2\nimport numpy as np\nfrom nnlib.check import start\nchecks = start('q1')")
    run("from nnlib.layers.relu import relu_forward")
    yield run, folder
    client.stop_channels()
    manager.shutdown_kernel(now=True)


STUB = "def not_written(x):\n    raise NotImplementedError('1.2 ReLU. Its task: notebooks/q1_layers.ipynb')"
CHECK = """with checks("1.2") as check:
    check.equal("relu", relu_forward(np.array([-1.0, 2.0]))[0], [0.0, 2.0])"""


def test_a_last_expression_is_shown_and_errors_stay_errors(session):
    run, _ = session
    assert run("a = 20\na + 1") == "21"
    assert run("a;") == ""
    assert run("def f():\n    return 3\nf()") == "3"
    assert "ZeroDivisionError" in run("1 / 0")
    assert run("a") == "20"


def test_what_needs_unwritten_code_waits_in_one_line_down_the_notebook(session):
    run, _ = session
    run(STUB)
    assert run("first = not_written(1)") == "waits for 1.2"
    assert run("second = first + 1") == "waits for 1.2"
    assert run("def use():\n    return second\nthird = use()") == "waits for 1.2"
    assert run('with checks("1.2") as check:\n    check.true("third", third > 0)') == "1.2  waits for 1.2"
    assert run("first = 1\nsecond = first + 1\nsecond") == "2"  # written meanwhile


def test_a_cell_that_fails_leaves_no_earlier_value(session):
    run, _ = session
    run("value = 1")
    assert "ZeroDivisionError" in run("value = 1 / 0")
    assert "NameError" in run("value")
    assert "NameError" in run('with checks("1.1") as check:\n    check.true("value", value == 1)')


def test_an_error_in_a_check_cell_is_a_failed_check_and_a_second_run_forgets_the_first(session):
    run, _ = session
    assert run(CHECK) == "1.2  passed   relu"
    assert run('with checks("1.2") as check:\n    1 / 0').startswith(
        "1.2  FAILED   the cell runs to its end: ZeroDivision"
    )
    tally = next(line for line in run("checks.tally()").splitlines() if line.startswith("1.2"))
    expected = exercises.items()["1.2"].checks
    assert tally.startswith(f"1.2   0 of {expected}, 1 failed, {expected - 1} not run")


def test_an_edit_is_checked_and_earlier_results_are_not(session):
    run, folder = session
    path = folder / "nnlib" / "layers" / "relu.py"
    text = path.read_text()
    run("earlier = relu_forward(np.array([-1.0, 2.0]))[0]")
    stale = 'with checks("1.2") as check:\n    check.equal("earlier", earlier, [0.0, 2.0])'
    assert run(stale) == "1.2  passed   earlier"
    path.write_text(text.replace("return np.maximum(x, 0)", "return -np.maximum(x, 0)"))
    os.utime(path, (path.stat().st_mtime + 2,) * 2)
    assert run(CHECK).startswith("1.2  FAILED   relu: at 1 got -2, expected 2")
    assert (
        run(stale)
        == "1.2  not run  earlier: nnlib was edited after earlier had been computed; run the cells above again"
    )
    path.write_text(text)
    os.utime(path, (path.stat().st_mtime + 4,) * 2)
    assert run(CHECK) == "1.2  passed   relu"
