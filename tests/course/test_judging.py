"""What a judge draws its inputs from, what one row leaves to the next and to the next run, who may read the key."""

import re
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


@pytest.mark.parametrize(("status", "again"), [("passed", 0), ("failed", 0), ("timeout", 0), ("human", 0), ("ours", 1)])
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


def test_a_row_is_on_the_disk_before_the_next_is_begun(tmp_path, monkeypatch):
    path, seen = tmp_path / "rows.jsonl", []
    monkeypatch.setattr(ledger.os, "fsync", lambda descriptor: seen.append(path.read_bytes().count(b"\n")))
    for name in "ab":
        ledger.Cache(path).put(name, make(ROWS[0], "passed", ""))
    assert seen == [1, 2]


def test_without_resume_nothing_of_an_earlier_run_counts(tmp_path):
    path = tmp_path / "rows.jsonl"
    ledger.Cache(path).put("first", make(ROWS[0], "passed", ""))
    assert "first" in ledger.Cache(path).known
    assert ledger.Cache(path, resume=False).known == {} == ledger.Cache(path).known


@pytest.mark.parametrize(
    ("status", "message", "reason", "becomes", "said"),
    [
        ("passed", "", "", "passed", ""),
        ("waits", "1.2", "", "stub", "1.2"),
        ("exception", "ValueError: x", "", "failed", "ValueError: x"),
        ("exception", "MemoryError: x", "", "memory", "MemoryError: x"),
        ("killed", "code -9", "more than 2048 MB of memory", "memory", "ended after more than 2048 MB of memory"),
        ("killed", "code -9", "more than 5 s of CPU time", "killed", "ended after more than 5 s of CPU time"),
        ("timeout", "no answer", "more than 10 s", "timeout", "ended after more than 10 s"),
        ("timeout", "no answer", "", "timeout", "no answer"),
        ("failed", "dx is wrong", "more than 10 s", "failed", "dx is wrong"),
        ("import", "No module named 'json.mine'", "", "forbidden", "No module named 'json.mine'"),
        ("import", "No module named 'no_such_module'", "", "import", "No module named 'no_such_module'"),
        ("import", "No module named '__main__.x'", "", "import", "No module named '__main__.x'"),
    ],
)
def test_a_status_follows_from_what_ended_the_row(status, message, reason, becomes, said):
    found = judging._told(ROWS[0], Result("1.2", "value", "value", status, message), Extract(), reason, "")
    assert (found.status, found.message_student, found.message_grader) == (becomes, said, said)
    assert found.points == (ROWS[0].points if becomes == "passed" else 0)


def test_a_public_row_says_all_and_a_hidden_one_no_message_and_no_output():
    public, secret = (next(row for row in ROWS if row.public == public) for public in (True, False))
    code = Extract(place="nnlib/layers/relu.py", lines=[(1, 9, 5)])
    for row in (public, secret):
        result = Result("1.2", row.name, row.property, "failed", "x is 0.1", "transpose", 0.12345, "relu.py:2")
        found = judging._told(row, result, code, "", "my print")
        looks = judging.report.diagnoses()["transpose"]["looks"]
        assert found.message_grader == f"x is 0.1 (nnlib/layers/relu.py:6)\nLooks like: {looks}\nprinted: my print"
        assert (found.diagnosis, found.seconds) == ("transpose", 0.123)
        assert (found.message_student == found.message_grader) == row.public
        assert row.public or not re.search(r"0\.1|print|transpose", found.message_student)


class Fixed:
    """A judge who says of each row, by its name, what it comes to, and counts how often it is asked."""

    code_item = "2.2"

    def __init__(self, **said):
        self.said, self.asked = said, []

    def judge(self, row):
        self.asked.append(row.name)
        return make(row, self.said[row.name], f"{self.said[row.name]} said")


def row(name, property="value", after=()):
    return judging.Row(name, property, points=2.0, after=after)


@pytest.mark.parametrize(
    ("own", "lent", "status", "asked"),
    [
        ("passed", "failed", "passed", 0),
        ("ours", "passed", "ours", 0),
        ("failed", "passed", "passed", 1),
        ("stub", "passed", "passed", 1),
        ("failed", "stub", "failed", 1),
        ("timeout", "ours", "timeout", 1),
    ],
)
def test_the_courses_functions_are_lent_where_the_students_own_fail(own, lent, status, asked):
    other = Fixed(value=lent)
    found = judging._judge(row("value"), Fixed(value=own), other)
    assert (found.status, len(other.asked)) == (status, asked)
    if asked and status == "passed":
        assert found.message_student.startswith("passed with the course's 1.1, 1.2, 2.1")
        assert found.message_grader == f"{found.message_student}; without: {own} said"
    else:
        assert found.message_student == f"{own} said"
    assert judging._judge(row("value"), Fixed(value=own)).status == own


def test_a_row_waits_for_those_before_it_unless_it_means_something_alone():
    rows = [row("value"), row("mode"), row("dtype", "dtype", ("value",)), row("gradient", "gradient", ("value",))]
    rows += [
        row("economy", "economy", ("gradient",)),
        row("other", "value", ("1.1:value",)),
        row("last", "value", ("dtype",)),
    ]
    judge = Fixed(value="failed", mode="passed", gradient="passed", economy="passed", other="passed")
    found = {each.name: each for each in judging._in_order(rows, [judge])}
    assert judge.asked == ["value", "mode", "gradient", "economy", "other"]
    assert list(found) == [each.name for each in rows]
    assert (found["dtype"].status, found["dtype"].points) == ("not run", 0)
    assert found["dtype"].message_student == "it means something only if value passes"
    assert found["last"].status == "not run"
    assert found["gradient"].message_student.startswith("passed, though value did not")
    assert found["economy"].message_student == "passed said"


def test_an_item_that_cannot_be_taken_out_of_its_file_is_ours(monkeypatch):
    monkeypatch.setattr(judging, "extract", lambda files, item: 1 / 0)
    found = judging.decide(ROWS, {}, scripted())
    assert {(each.status, each.points, each.message_student) for each in found} == {("ours", None, "")}
    assert found[0].message_grader == "ZeroDivisionError: division by zero"
    assert judging.decide([], {}, scripted()) == []


def test_without_pytorch_an_item_that_needs_it_is_ours():
    judge = scripted("not run")
    judge.code_item = "6.1a"
    found = judge.judge(ROWS[0])
    assert (found.status, found.message_grader) == ("ours", "there is no PyTorch")
    judge.close()


@dataclass
class Confused(Judge):
    """A judge whose check cannot stand what the student's code gives it, nor perhaps what ours does."""

    right: str = "passed"

    def result(self, row, seed):
        return Result(self.item, row.name, row.property, self.right if self.code.sources else "ours", "KeyError")


@pytest.mark.parametrize(("right", "status"), [("passed", "output"), ("failed", "ours"), ("ours", "ours")])
def test_what_a_check_cannot_stand_is_the_students_if_ours_passes(right, status):
    judge = Confused(**GIVEN, cache=ledger.Cache(None), right=right)
    found = judge.judge(ROWS[0])
    said = "the result cannot be compared: KeyError" if status == "output" else "KeyError"
    assert (found.status, found.message_grader) == (status, said)
    judge.close()


def test_a_busy_machine_is_given_longer_for_an_answer(monkeypatch):
    monkeypatch.setattr(judging, "stretch", lambda: 3.0)
    judge = scripted("passed")
    judge.judge(ROWS[0])
    assert judge.worker.seconds == 3 * judging.SECONDS
    judge.close()


@pytest.mark.parametrize(("item", "torch"), [("1.2", False), ("6.1a", True)])
def test_pytorch_is_there_for_the_items_that_are_given_it(item, torch):
    judge = Judge(**{**GIVEN, "code_item": item}, cache=ledger.Cache(None))
    assert judge.limits() == (judging.WITH_TORCH if torch else judging.USUAL)


def test_whatever_decides_changes_the_engines_hash(tmp_path, monkeypatch):
    """With it rows of another engine are judged again; what does not decide costs no regrade."""
    monkeypatch.setattr(ledger.items, "ROOT", tmp_path)
    deciding = (
        "course/bounds.json",
        "course/a.toml",
        "course/b.py",
        "course/release/c.py",
        "nnlib/d/e.py",
        "nnlib/f.toml",
    )
    seen = []
    for name in (*deciding, "course/key", "nnlib/d/e.pyc", "nnlib/README.md", "course/wrong/1.1.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
        seen.append(ledger.engine_hash.__wrapped__())
    assert len(set(seen)) == len(set(seen[: len(deciding)])) == len(deciding)
    glob = type(tmp_path).glob
    monkeypatch.setattr(type(tmp_path), "glob", lambda *given: reversed(list(glob(*given))))  # in any order
    assert ledger.engine_hash.__wrapped__() == seen[-1]


@pytest.mark.parametrize("key", ["0" * 63, "0" * 65, "0" * 63 + "g", "A" * 64])
def test_a_key_has_64_digits(tmp_path, key):
    (tmp_path / "key").write_text(key)
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        ledger.course_key(tmp_path / "key")
