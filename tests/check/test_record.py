"""nnlib.check.record: each kind of check passes what is right, fails what is not with its reason, and is counted."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from nnlib.check import exercises
from nnlib.check.record import Checks


def quadratic(x):
    return np.sum(x**2)


def broken():
    raise ValueError("reg: expected a number")


X = np.array([1.0, -2.0])
KINDS = {  # the method and its arguments after the name; why it fails, empty for a pass
    "true": ("true", (True, "seen otherwise"), ""),
    "not true": ("true", (False, "seen otherwise"), "seen otherwise"),
    "not true, without a reason": ("true", ([],), "got []"),
    "an array of one": ("true", (np.array([1]),), ""),
    "equal": ("equal", ([1, 2], [1.0, 2.0]), ""),
    "not equal in the last bit": ("equal", (1.0, 1.0 + 2**-52), "got 1, expected 1"),
    "texts": ("equal", ("W1", "W2"), "got W1, expected W2"),
    "ten digits": ("equal", (1 / 3, 2 / 3), "got 0.3333333333, expected 0.6666666667"),
    "another shape": ("equal", ([1, 2], [[1, 2]]), "got shape (2,), expected (1, 2)"),
    "close": ("close", ([1.0, 2.0], [1.0, 2.0 + 1e-9]), ""),
    "not close": ("close", ([1.0, 2.0], [1.0, 2.0 + 1e-8]), "at 1 got 2, expected 2.00000001; 1 of 2 entries differ"),
    "close by a tolerance": ("close", (0.98, 1.0, 0.03), ""),
    "not close to something small": ("close", (0.0, 2e-9), "got 0, expected 2e-09"),
    "not close by a tolerance": ("close", (0.96, 1.0, 0.03), "got 0.96, expected 1"),
    "close by the largest": ("close", ([1.0, 100.5], [1.0, 100.0], 0.01), ""),
    "not close by the largest": ("close", ([1.02, 1.0, 1.0], [1.0, 1.0, 1.0], 0.01), "at 0 got 1.02, expected 1"),
    "NaN": ("close", (np.nan, 1.0), "got nan, expected 1"),
    "infinity": ("close", ([np.inf], [1.0]), "at 0 got inf, expected 1"),
    "at least": ("at_least", (0.98, 0.98), ""),
    "less": ("at_least", (0.97, 0.98), "got 0.97, expected at least 0.98"),
    "less by the last bit": ("at_least", (np.nextafter(0.98, 0), 0.98), "got 0.98, expected at least 0.98"),
    "NaN is not at least": ("at_least", (np.nan, 0.0), "got nan, expected at least 0"),
    "below": ("below", (0.97, 0.98), ""),
    "below by the last bit": ("below", (np.nextafter(0.98, 0), 0.98), ""),
    "not below": ("below", (0.98, 0.98), "got 0.98, expected less than 0.98"),
    "NaN is not below": ("below", (np.nan, 1.0), "got nan, expected less than 1"),
    "raises": ("raises", (broken, ValueError, "reg:"), ""),
    "raises nothing": ("raises", (dict, ValueError), "expected ValueError, nothing was raised"),
    "says something else": ("raises", (broken, ValueError, "C:"), "the message lacks 'C:': reg: expected a number"),
    "gradient": ("gradient", (quadratic, X, 2 * X), ""),
    "a wrong gradient": ("gradient", (quadratic, X, 2.002 * X), "is wrong at index (0,)"),
}


@pytest.mark.parametrize(("method", "arguments", "reason"), KINDS.values(), ids=KINDS)
def test_a_check_passes_or_says_why_not(method, arguments, reason, capsys):
    checks = Checks(exercises.of_question("q1"))
    with checks("1.2") as check:
        getattr(check, method)("a name", *arguments)
    line, results = capsys.readouterr().out.strip(), checks.results["1.2"]
    assert line.startswith(f"1.2  {'FAILED' if reason else 'passed'}   a name")
    assert reason in line
    assert (results.count(True), results.count(False)) == ((0, 1) if reason else (1, 0))


def test_two_checks_of_one_name_and_an_item_that_is_not_there_are_refused():
    checks = Checks(exercises.of_question("q1"))
    with checks("1.2") as check:
        check.true("a name", True)
        check.true("a name", True)
    assert (
        checks.results["1.2"].failures["the cell runs to its end"].startswith("ValueError: name: expected each check")
    )
    with pytest.raises(ValueError, match="item: expected one of"):
        checks("9.9")


def test_the_tally_counts_by_item_and_in_all(capsys):
    checks = Checks(exercises.of_question("q1"))
    with checks("1.2") as check:
        check.true("right", True)
        check.true("wrong", False)
    with checks("1.1") as check:
        check.true("right", True)
    capsys.readouterr()
    checks.tally()
    lines = capsys.readouterr().out.splitlines()
    wanted = {item.id: item.checks for item in exercises.of_question("q1")}
    assert f"1.2   1 of {wanted['1.2']}, 1 failed, {wanted['1.2'] - 2} not run   " in "\n".join(lines)
    total = sum(wanted.values())
    assert lines[-2] == f"all   2 of {total}, 1 failed, {total - 3} not run"
    (words,) = (item for item in exercises.of_question("q7") if item.id == "7.1a")
    Checks([words]).tally()
    assert capsys.readouterr().out.splitlines()[0] == f"7.1a  read by a human   {words.title}"


def test_the_tally_leaves_out_an_edited_check_cell_and_what_was_edited_after_it(capsys, monkeypatch):
    (item,) = (each for each in exercises.of_question("q1") if each.id == "1.2")
    cell = SimpleNamespace(waits_for=lambda error: "", why_stale=lambda: "", source=lambda: "a\n  b")
    checks = Checks([replace(item, cell=exercises.checksum("a b\n"))], cell)

    def tally(source):
        monkeypatch.setattr(cell, "source", lambda: source)
        with checks("1.2") as check:
            check.true("right", True)
        capsys.readouterr()
        checks.tally()
        return capsys.readouterr().out.splitlines()[0]

    not_run = f"1.2   0 of {item.checks}, {item.checks} not run"
    assert tally("a\n  b").startswith(f"1.2   1 of {item.checks}, ")
    assert tally("a\n  c").startswith(f"{not_run} (its check cell was edited)")
    assert tally("a b").startswith(f"1.2   1 of {item.checks}, ")
    monkeypatch.setattr(exercises.Item, "written", lambda _: checks.results["1.2"].written + 1)
    checks.tally()
    assert capsys.readouterr().out.startswith(f"{not_run} (its file was edited after its check)")
