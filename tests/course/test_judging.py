"""What a judge draws its inputs from, what one row leaves to the next and to the next run, who may read the key."""

import stat
from dataclasses import dataclass, field

import pytest

from course import judging, ledger
from course.extract import Extract
from course.judging import Judge, make
from nnlib.check.engine import Result
from nnlib.check.exercises import items

ROWS = items()["1.2"].rows
GIVEN = {"item": "1.2", "code_item": "1.2", "tier": "none", "key": b"k", "sha256": "a"}


def seed_of(monkeypatch, row=ROWS[0], **changed):
    """Return the seed that a judge without results of earlier rows draws a row's inputs from."""
    drawn = []
    monkeypatch.setattr(Judge, "_run", lambda self, row, seed: drawn.append(seed) or make(row, "passed", ""))
    Judge(**GIVEN | changed, cache=ledger.Cache(None)).judge(row)
    return drawn[0]


def test_inputs_follow_from_the_key_the_item_the_row_and_the_submission(monkeypatch):
    first = seed_of(monkeypatch)
    assert seed_of(monkeypatch, code_item="1.1") == first
    others = [{"key": b"other"}, {"item": "1.1"}, {"row": ROWS[1]}, {"sha256": "b"}]
    assert len({first, *(seed_of(monkeypatch, **each) for each in others)}) == 5


def test_the_key_is_drawn_once_and_its_owner_alone_reads_it(tmp_path):
    path = tmp_path / "key"
    key = ledger.course_key(path)
    assert len(key) == 32
    assert ledger.course_key(path) == key != ledger.course_key(tmp_path / "another")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


class Popen:
    """A worker's process that does nothing."""

    reason = output = ""

    def renew(self):
        pass

    kill = communicate = renew


@dataclass
class Scripted(Judge):
    """A judge whose rows come to `said`, one after the other; `fresh` is of each whether it had a worker of its own."""

    said: list = field(default_factory=list)
    fresh: list = field(default_factory=list)

    def result(self, row, seed):
        self.fresh.append(self.worker.popen is None)
        self.worker.popen = Popen()
        return Result(self.item, row.name, row.property, self.said.pop(0))

    def _solution_passes(self, row, seed):
        return False


def scripted(*said, cache=None):
    return Scripted(**GIVEN, cache=cache or ledger.Cache(None), said=list(said))


@pytest.mark.parametrize(
    ("said", "statuses", "fresh"),
    [
        (["passed", "passed"], ["passed", "passed"], [True, False]),
        (["passed", "failed", "passed"], ["passed", "passed"], [True, False, True]),
        (["passed", "timeout", "timeout"], ["passed", "timeout"], [True, False, True]),
        (["failed", "passed"], ["failed", "passed"], [True, False]),
        (["not run", "not run", "not run"], ["forbidden", "forbidden"], [True, False, True]),
    ],
)
def test_a_row_loses_nothing_by_what_an_earlier_one_left_in_the_worker(said, statuses, fresh):
    judge = scripted(*said)
    assert ([judge.judge(row).status for row in ROWS[:2]], judge.fresh) == (statuses, fresh)
    judge.close()


@pytest.mark.parametrize(("status", "again"), [("passed", 0), ("failed", 0), ("timeout", 0), ("ours", 1)])
def test_a_run_takes_up_what_was_judged_and_tries_again_what_failed_by_our_fault(status, again, tmp_path):
    path = tmp_path / "rows.jsonl"
    first, second = scripted(status, cache=ledger.Cache(path)), scripted("passed", cache=ledger.Cache(path))
    check = first.judge(ROWS[0])
    second.cache = ledger.Cache(path)
    assert second.judge(ROWS[0]) == check or again
    assert len(second.fresh) == again
    for judge in (first, second):
        judge.close()


def hidden(message, place):
    (row,) = (each for each in ROWS if not each.public)
    result = Result("1.2", row.name, row.property, "exception", message, place=place)
    return judging._told(row, result, Extract(place="nnlib/layers/relu.py", lines=[(1, 9, 5)]), "", "").message_student


def test_a_hidden_row_says_no_name_that_a_student_gives():
    assert hidden("ValueError: 0.123", "relu.py:1").endswith("It came to: ValueError at nnlib/layers/relu.py:5.")
    assert hidden("X0123: 0.123", "0123.py:1").endswith("It came to: an exception.")


def test_a_row_that_passed_stays_so_whatever_ends_its_worker():
    result = Result("1.2", "value", "value", "passed")
    for reason in ("", "more than 2048 MB of memory"):
        assert judging._told(ROWS[0], result, Extract(), reason, "").status == "passed"


def test_an_exception_of_the_grader_costs_no_other_row(monkeypatch):
    monkeypatch.setattr(Extract, "write", lambda *_: 1 / 0)
    judge = scripted("passed")
    for row in ROWS[:2]:
        assert judge.judge(row).message_grader == "ZeroDivisionError: division by zero"
    judge.close()


def test_without_resume_nothing_of_an_earlier_run_counts(tmp_path):
    path = tmp_path / "rows.jsonl"
    ledger.Cache(path).put("first", make(ROWS[0], "passed", ""))
    assert "first" in ledger.Cache(path).known
    assert ledger.Cache(path, resume=False).known == {} == ledger.Cache(path).known
