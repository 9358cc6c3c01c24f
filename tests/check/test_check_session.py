"""nnlib.check in a real kernel: cells wait in one line, leave nothing stale, and checks see edits."""

import pytest
from notebook_kernel import kernel_on_a_copy

from nnlib.check import exercises

pytestmark = pytest.mark.xdist_group("check session")  # one process runs them all: what they share is slow to make


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """A kernel in which Q1's checks have begun."""
    with kernel_on_a_copy(tmp_path_factory.mktemp("session")) as kernel:
        kernel.run("%load_ext autoreload\n%autoreload 2\nimport numpy as np")
        kernel.run("from nnlib.check import start\nchecks = start('q1')")
        kernel.run("from nnlib.layers.relu import relu_forward")
        yield kernel


@pytest.fixture
def run(session):
    return session.run


STUB = "def not_written(x):\n    raise NotImplementedError('1.2 ReLU. Its task: notebooks/q1_layers.ipynb')"
CHECK = """with checks("1.2") as check:
    check.equal("relu", relu_forward(np.array([-1.0, 2.0]))[0], [0.0, 2.0])"""


def test_a_last_expression_is_shown_and_errors_stay_errors(run):
    assert run("a = 20\na + 1") == "21"
    assert run("a;") == ""
    assert run("def f():\n    return 3\nf()") == "3"
    assert "ZeroDivisionError" in run("1 / 0")
    assert "SyntaxError" in run("return 1")
    assert run("a") == "20"


def test_what_needs_unwritten_code_waits_in_one_line_down_the_notebook(run):
    run(STUB)
    assert run("first = not_written(1)") == "waits for 1.2"
    assert run("second = first + 1") == "waits for 1.2"
    assert run("def use():\n    return second\nthird = use()") == "waits for 1.2"
    assert run('with checks("1.2") as check:\n    check.true("third", third > 0)') == "1.2  waits for 1.2"
    assert run("first = 1\nsecond = first + 1\nsecond") == "2"  # written meanwhile
    run("del first")
    assert "NameError" in run("first")  # which waits for nothing any more


def test_what_needs_pytorch_waits_for_it_where_it_is_not_installed(run):
    run("import sys\nsys.modules['torch'] = None")  # as if it were not
    assert run("import torch\nnet = torch.nn.Linear(2, 3)") == "waits for PyTorch: make setup-q6"
    assert run("torch.manual_seed(0)") == "waits for PyTorch: make setup-q6"
    assert run("net") == "waits for PyTorch: make setup-q6"


def test_a_cell_that_fails_leaves_no_earlier_value(run):
    run("value = 1")
    assert "ZeroDivisionError" in run("value = 1 / 0")
    assert "NameError" in run("value")
    assert "NameError" in run('with checks("1.1") as check:\n    check.true("value", value == 1)')


def test_an_error_in_a_check_cell_is_a_failed_check_and_a_second_run_forgets_the_first(run):
    assert run(CHECK) == "1.2  passed   relu"
    assert run('with checks("1.2") as check:\n    1 / 0').startswith(
        "1.2  FAILED   the cell runs to its end: ZeroDivision"
    )
    tally = next(line for line in run("checks.tally()").splitlines() if line.startswith("1.2"))
    expected = exercises.items()["1.2"].checks
    assert tally.startswith(f"1.2   0 of {expected}, 1 failed, {expected - 1} not run")


def test_an_edit_is_checked_and_earlier_results_are_not(session, run):
    run("earlier = relu_forward(np.array([-1.0, 2.0]))[0]")
    stale = 'with checks("1.2") as check:\n    check.equal("earlier", earlier, [0.0, 2.0])'
    assert run(stale) == "1.2  passed   earlier"
    with session.edited("layers/relu.py", lambda text: text.replace("return np.max", "return -np.max")):
        assert run(CHECK).startswith("1.2  FAILED   relu: at 1 got -2, expected 2")
        assert (
            run(stale)
            == "1.2  not run  earlier: nnlib was edited after earlier had been computed; run the cells above again"
        )
    assert run(CHECK) == "1.2  passed   relu"


def test_a_name_of_its_own_in_a_function_or_a_comprehension_is_not_the_cells(session, run):
    """As in 6.2a, once 6.2b's cell has assigned `labels`."""
    run("labels = relu_forward(np.array([-1.0, 2.0]))[0]")
    own = "def total(labels):\n        return labels.sum()\n    sums = [total(labels) for labels in [np.ones(2)]]"
    check = f'with checks("1.2") as check:\n    {own}\n    check.equal("sums", sums, [2.0])'
    with session.edited("layers/relu.py", lambda text: text + "\n"):
        assert run(check) == "1.2  passed   sums"
        outer = check.replace("[2.0]", "labels[1:]")
        assert "not run  sums: nnlib was edited after labels had been computed" in run(outer)
