"""What a judge draws its inputs from, what one row leaves to the next and to the next run, who may read the key."""

import stat
from dataclasses import dataclass, field

import pytest

from course import ledger
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


def test_without_resume_nothing_of_an_earlier_run_counts(tmp_path):
    path = tmp_path / "rows.jsonl"
    ledger.Cache(path).put("first", make(ROWS[0], "passed", ""))
    assert "first" in ledger.Cache(path).known
    assert ledger.Cache(path, resume=False).known == {} == ledger.Cache(path).known
