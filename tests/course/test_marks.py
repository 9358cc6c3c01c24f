"""course.marks: marks survive, stale ones are flagged, lateness follows its rule, bad files are refused by name."""

import json
import re
from dataclasses import asdict
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from course_grades import check, grade, item

from course import marks
from course.marks import Mark, Rule
from nnlib.check import exercises

MAXIMA = {"1.1": 8, "7.3a": 4}
AT = datetime(2027, 2, 14, 12, tzinfo=timezone(timedelta(hours=-5)))
DEADLINE = marks.moment("deadline", "2027-02-13T23:59-05:00")
IN_TIME = {"seconds": 0.0, "factor": 1.0}


def mark(points=3.0, answer="because", **changes):
    fields = {"student": "ada", "item": "7.3a", "points": points, "by": "eve", "at": AT, "comment": "good"}
    return Mark(**{**fields, "answer": marks.digest(answer), **changes})


def by_key(*given):
    return {(each.student, each.item): each for each in given}


def write(path, given):
    """Write marks as the page for marking saves them."""
    entries = [{**asdict(each), "at": each.at.isoformat()} for each in given.values()]
    path.write_text(json.dumps({"schema": marks.SCHEMA, "marks": entries}), encoding="utf-8")


def test_marks_survive_a_file(tmp_path):
    given = by_key(mark(), mark(student="bob", comment="naïve, “good”", points=0))
    write(tmp_path / "marks.json", given)
    assert marks.read(tmp_path / "marks.json", maxima=MAXIMA) == given


def test_a_missing_file_holds_no_marks(tmp_path):
    assert marks.read(tmp_path / "marks.json", maxima=MAXIMA) == {}


def test_of_two_files_the_later_mark_counts(tmp_path):
    old, new = mark(1.0), mark(2.0, at=AT.astimezone(UTC) + timedelta(seconds=1))
    for name, each in (("a", new), ("b", old)):
        write(tmp_path / name, by_key(each))
    assert marks.read(tmp_path / "a", tmp_path / "b", maxima=MAXIMA) == by_key(new)
    assert marks.read(tmp_path / "b", tmp_path / "a", maxima=MAXIMA) == by_key(new)


def test_of_two_marks_of_one_moment_the_one_read_last_counts(tmp_path):
    for name, points in (("a", 1.0), ("b", 2.0)):
        write(tmp_path / name, by_key(mark(points)))
    assert marks.read(tmp_path / "a", tmp_path / "b", maxima=MAXIMA) == by_key(mark(2.0))


@pytest.mark.parametrize(("most", "open_items"), [(0.25, ["7.3a"]), (0, [])])
def test_the_smallest_part_that_a_human_gives_is_waited_for(most, open_items):
    graded = marks.settle(grade(items=[{"id": "7.3a", "points": 0, "max": most, "checks": []}]), {}, {}, IN_TIME)
    assert [each["id"] for each in marks.unmarked(graded)] == open_items


def test_any_change_of_an_answer_changes_its_digest():
    texts = ["x", "x ", "X", "", "\ud800", "\ud801", "?"]
    assert len(set(map(marks.digest, texts))) == len(texts)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"points": 5}, "points: expected 0 to 4, got 5"),
        ({"points": -1}, "points: expected 0 to 4"),
        ({"points": float("nan")}, "points: expected 0 to 4"),
        ({"points": True}, "points: expected a number"),
        ({"points": "3"}, "points: expected a number"),
        ({"item": "9.9"}, "item: expected an item of exercises.toml, got '9.9'"),
        ({"at": "2027-02-14T12:00"}, "at: expected a time with its offset"),
        ({"comment": None}, "comment: expected a text"),
        ({"more": 1}, "expected student, item"),
    ],
)
def test_a_wrong_mark_is_named(tmp_path, change, message):
    path = tmp_path / "marks.json"
    write(path, by_key(mark()))
    content = json.loads(path.read_text())
    content["marks"][0] |= change
    path.write_text(json.dumps(content))
    with pytest.raises(ValueError, match=message) as error:
        marks.read(path, maxima=MAXIMA)
    assert str(error.value).startswith(f"{path}, mark 0")


@pytest.mark.parametrize("text", ["", "[]", '{"schema": 2, "marks": []}', '{"schema": 1}', "\x00"])
def test_another_file_is_refused(tmp_path, text):
    path = tmp_path / "marks.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"marks\.json: expected marks"):
        marks.read(path, maxima=MAXIMA)


def test_marks_add_to_the_checks():
    graded = marks.settle(grade(item(points=2, of=4)), by_key(mark()), {"7.3a": "because"}, IN_TIME)
    assert graded["total"] == 2 + 3
    assert graded["manual"][0]["flags"] == []
    assert marks.unsettled(graded) == ["1.1: no mark yet, of 4 points"]  # 8 points, 4 of them by checks


def test_a_changed_answer_flags_its_mark_which_still_counts():
    graded = marks.settle(grade(), by_key(mark()), {"7.3a": "because not"}, IN_TIME)
    assert graded["manual"][0]["flags"] == ["stale"]
    assert graded["total"] == 3
    assert "7.3a: the answer has changed after eve marked it" in marks.unsettled(graded)


def test_a_mark_gives_no_points_of_the_checks():
    graded = marks.settle(grade(item(points=4, of=6)), by_key(mark(8, item="1.1", answer="")), {}, IN_TIME)
    assert graded["manual"][0]["points"] == 2
    assert graded["total"] == 6
    assert "1.1: the mark is more than the 2 points that a human gives" in marks.unsettled(graded)


def test_what_we_could_not_run_is_for_a_human():
    ours = item(checks=[check("value", "ours", None, 4)])
    graded = marks.settle(grade(ours), {}, {}, IN_TIME)
    assert marks.failures(graded) == ["1.1 value: the grader failed: KeyError in cases"]
    graded = marks.settle(grade(ours), by_key(mark(8, item="1.1", answer="")), {}, IN_TIME)
    assert marks.failures(graded) == []
    assert graded["total"] == 8


def test_what_cannot_be_read_has_no_total_and_nothing_else_to_do():
    lost = item(checks=[check(status="missing", points=0)])
    for late in (IN_TIME, marks.late(None, DEADLINE)):
        graded = marks.settle(grade(lost, error="the zip has a password"), {}, {}, late)
        assert graded["total"] is None
        assert marks.failures(graded) == marks.unsettled(graded) == ["cannot be read: the zip has a password"]


def test_what_is_left_to_a_human_is_a_doubt_until_it_is_marked():
    left = item(checks=[check("figure", "human", None, 4, message_grader="far off"), check("trains", points=4)], max=8)
    graded = marks.settle(grade(items=[left]), {}, {}, IN_TIME)
    assert marks.doubts(graded) == ["1.1 figure: far off"]
    assert marks.unsettled(graded) == ["1.1 figure: far off", "1.1: no mark yet, of 4 points"]
    graded = marks.settle(grade(items=[left]), by_key(mark(4, item="1.1", answer="")), {}, IN_TIME)
    assert (marks.unsettled(graded), graded["total"]) == ([], 8)


def test_settling_again_starts_afresh():
    late = {"seconds": 60.0, "factor": 0.5}
    once = marks.settle(grade(item(points=4, of=8)), by_key(mark()), {"7.3a": "because"}, late)
    assert once["total"] == 3.5
    assert marks.settle(once, {}, {}, IN_TIME)["total"] == 4


@pytest.mark.parametrize(
    ("after", "factor"),
    [(-3600, 1), (0, 1), (300, 1), (301, 0.9), (86_400, 0.9), (86_401, 0.8), (3 * 86_400, 0.7), (3 * 86_400 + 1, 0)],
)
def test_lateness_follows_its_rule(after, factor):
    found = marks.late(DEADLINE + timedelta(seconds=after), DEADLINE, Rule(grace=300, per_day=0.1, days=3))
    assert found == {"seconds": max(0, after), "factor": factor}


def test_lateness_compares_moments_not_clocks():
    assert marks.late(datetime(2027, 2, 14, 4, 59, tzinfo=UTC), DEADLINE)["seconds"] == 0
    assert marks.late(datetime(2027, 2, 14, 5, 0, tzinfo=UTC), DEADLINE)["seconds"] == 60


def test_lateness_without_a_rule_or_a_time_costs_nothing():
    assert marks.late(DEADLINE + timedelta(days=9), DEADLINE)["factor"] == 1
    assert marks.late(None, DEADLINE) == {"seconds": None, "factor": 1.0}
    assert marks.late(DEADLINE, None) == IN_TIME
    graded = marks.settle(grade(), {}, {}, marks.late(None, DEADLINE))
    assert "when it was handed in is not known" in marks.unsettled(graded)


@pytest.mark.parametrize("text", ["2027-02-13T23:59", "2027-02-13", "tomorrow", "", None])
def test_a_deadline_without_an_offset_is_refused(text):
    with pytest.raises(ValueError, match="deadline: expected a time with its offset from UTC"):
        marks.moment("deadline", text)


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="submitted: expected a time with its offset"):
        marks.late(datetime(2027, 2, 14), DEADLINE)
    with pytest.raises(ValueError, match="deadline: expected a time with its offset"):
        marks.late(DEADLINE, datetime(2027, 2, 14))


def test_the_rule_comes_from_the_exercises(tmp_path: Path):
    path = tmp_path / "exercises.toml"
    path.write_text("[late]\nper_day = 0.2\ngrace = 600\n")
    assert marks.rule(path) == Rule(600, 0.2)
    path.write_text("")
    assert marks.rule(path) == Rule()


def test_the_example_in_the_exercises_is_a_rule_that_is_not_in_force(tmp_path: Path):
    example = re.search(r"(?m)^# \[late\]\n(?:# \w+ = .+\n)+", exercises.find().read_text(encoding="utf-8"))[0]
    (tmp_path / "exercises.toml").write_text(example.replace("# ", ""))
    assert marks.rule(tmp_path / "exercises.toml") == Rule(grace=900, per_day=0.1, days=4)
    assert marks.rule() == Rule()


@pytest.mark.parametrize(
    "late",
    ["[late]\nper_week = 0.1", "[late]\nper_day = true", "[late]\nper_day = '10 %'", "[late]\ndays = -1", "late = 0.1"],
)
def test_a_rule_that_cannot_be_read_is_refused_by_name(tmp_path: Path, late):
    (tmp_path / "exercises.toml").write_text(late)
    with pytest.raises(ValueError, match=r"\[late\]: expected numbers for grace, per_day, days"):
        marks.rule(tmp_path / "exercises.toml")
