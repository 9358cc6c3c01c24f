"""What the proof counts: an answer that is graded otherwise than it should be is never missed."""

import pytest

from course import proof
from course.answers import Answer
from course.judging import make
from nnlib.check.exercises import items

ROW = items()["1.1"].rows[0]


def answer(kind, *diagnoses):
    return Answer("1.1", kind, "mine", "", diagnoses)


def graded(kind, points, *diagnoses, named=(), fault=""):
    return proof.Graded(answer(kind, *diagnoses), "uid", points, 4.0, fault, frozenset(named), 2.0)


@pytest.mark.parametrize(
    ("kind", "points", "fault"),
    [
        *((kind, 4, "") for kind in ("reference", "right")),
        *((kind, 3.5, "3.5 of 4 points") for kind in ("reference", "right")),
        ("stub", 0, ""),
        ("stub", 0.25, "0.25 points"),
        *((kind, 3.5, "") for kind in ("wrong", "hostile")),
        *((kind, 4, "all points") for kind in ("wrong", "hostile")),
    ],
)
def test_each_kind_of_answer_has_the_points_that_it_should(kind, points, fault):
    assert proof._fault(answer(kind), [], [make(ROW, "passed", "")], points, 4) == fault


@pytest.mark.parametrize("status", ["failed", "not run", "timeout", "missing"])
def test_an_item_beside_it_may_lose_nothing(status):
    assert proof._fault(answer("wrong"), [], [make(ROW, status, "why")], 0, 4).startswith("an item beside it loses")


@pytest.mark.parametrize("where", [0, 1])
def test_a_failure_of_the_grader_is_a_fault_wherever_it_is(where):
    checks = [[], []]
    checks[where] = [make(ROW, "ours", "", "KeyError")]
    assert proof._fault(answer("wrong"), *checks, 0, 4) == "an exception of the grader: KeyError"


def test_rates_and_numbers_are_of_the_answers_that_they_name():
    found = [graded("wrong", 4.0, "transpose"), graded("wrong", 2.0, "transpose", named=["transpose"])]
    found += [graded("wrong", 2.0, "none", named=["sign"]), graded("hostile", 4.0, fault="all points")]
    found += [graded("stub", 0.0), graded("right", 4.0), graded("reference", 3.0, fault="3 of 4 points")]
    assert proof.rates(found) == [
        "False passes: 2 of 5 answers that are not right.",
        "False failures: 1 of 2 that are.",
        "Diagnoses of wrong answers: 1 of 2 that were given fit (precision); "
        "1 of 2 mistakes that have a name were named (recall).",
    ]
    _, *rows = proof.table(found)
    assert rows == [
        ("reference", "uid", "1", "0", "2.0"),
        ("stub", "uid", "1", "1", "2.0"),
        ("right", "uid", "1", "1", "2.0"),
        ("wrong", "uid", "3", "3", "2.0"),
        ("hostile", "uid", "1", "0", "2.0"),
    ]


@pytest.mark.parametrize(
    ("item", "kind", "number", "others"),
    [
        ("1.1", "right", 0, []),
        ("1.1", "wrong", 0, ["2.2"]),
        ("1.1", "wrong", 1, []),  # of eight wrong answers one is tried on an item that uses it
        ("1.1", "wrong", 8, ["3.2"]),
        ("1.1", "hostile", 1, ["2.2"]),
        ("1.5a", "wrong", 1, ["1.5b", "1.5c"]),
    ],
)
def test_what_an_answer_could_harm_is_graded_too(item, kind, number, others):
    assert proof.beside(Answer(item, kind, "mine"), number) == others


def test_what_is_changed_is_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(proof.items, "ROOT", tmp_path)
    monkeypatch.setattr(proof.interpreter, "folder", lambda: tmp_path / "python")
    for name in ("course/a.py", "nnlib/b.py", "python/c"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("x")
    seen = {proof.state()}
    for name in ("course/a.py", "nnlib/b.py", "python/c"):
        (tmp_path / name).write_text("xx")
        seen.add(proof.state())
    assert len(seen) == 4
