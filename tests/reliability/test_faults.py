"""A sample of the bank of faults, one of each kind; `make faults` tries them all."""

import pytest
from reliability.faults import __main__ as runner
from reliability.faults.bank import load
from reliability.faults.plant import Copy, RottenFault

FAULTS = load()
SAMPLE_OF = ("bounds", "engine", "leaks", "layers", "results", "training", "words")  # those whose tests are quick
SLOW_START = (  # another fault of the kind will do
    "tests/test_mixed_examples.py",
    "tests/repository/test_formulas.py",
    "tests/homework/test_homework_recorded.py",
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    return Copy(tmp_path_factory.mktemp("faults"))


def test_the_bank_is_large_and_its_names_tell_faults_apart():
    assert len(FAULTS) >= 180
    named = [fault.name for fault in FAULTS if fault.kind != "figures"]  # those say what, and their tests where
    assert len(set(named)) == len(named)
    assert {fault.kind for fault in FAULTS} >= set(SAMPLE_OF)


def test_what_is_missed_is_in_the_bank_and_has_a_reason():
    assert runner.MISSED.keys() <= {fault.name for fault in FAULTS}
    assert all(len(reason.split()) >= 4 for reason in runner.MISSED.values())
    assert len(runner.MISSED) <= (1 - runner.LEAST) * len(FAULTS)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_still_finds_what_it_changes(fault, copy):
    assert (copy.root / fault.test.partition("::")[0]).exists()
    try:
        fault.plant(copy)
        assert copy.changed()
    finally:
        copy.undo()
    assert not copy.changed()


def test_what_is_not_there_any_more_is_an_error(copy):
    with pytest.raises(RottenFault, match=r"README\.md: expected 'no such words' 1 times, found it 0 times"):
        copy.replace("README.md", "no such words", "")


def sample():
    """Return of each kind the first fault that has not to be run with a whole notebook, nor with a slow test."""
    quick = [f for f in FAULTS if not f.slow and f.name not in runner.MISSED and f.test not in SLOW_START]
    return [next(f for f in quick if f.kind == kind) for kind in SAMPLE_OF]


@pytest.mark.parametrize("fault", sample(), ids=lambda fault: fault.name)
def test_a_planted_fault_is_caught(fault, copy, monkeypatch):
    monkeypatch.setenv("PYTEST_ADDOPTS", "--assert=plain")  # to rewrite all that Hypothesis asserts takes a second
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # these tests need none: another half a second
    try:
        fault.plant(copy)
        done = runner.run(copy, fault.test)
    finally:
        copy.undo()
    assert runner.verdict(done) == "caught", done.stdout[-3000:]


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        (["caught"] * 20, []),
        (["caught"] * 19 + ["missed"], ["19: missed, not listed in missed.txt"]),
        (["caught"] * 19 + ["broken"], ["19: why"]),
        (["caught"] * 9 + ["missed"], ["9 of 10 caught, expected 95%", "9: missed, not listed in missed.txt"]),
    ],
)
def test_what_the_command_complains_of(verdicts, said):
    rows = [{"name": str(i), "verdict": verdict, "why": "why"} for i, verdict in enumerate(verdicts)]
    assert runner.trouble(rows) == said


def test_a_fault_that_is_listed_as_missed_and_caught_is_a_complaint(monkeypatch):
    monkeypatch.setattr(runner, "MISSED", {"0": "no test can read it"})
    assert runner.trouble([{"name": "0", "verdict": "caught"}]) == ["0: caught, listed in missed.txt"]
