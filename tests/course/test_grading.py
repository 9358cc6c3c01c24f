"""One submission: which rows an item has, what a human reads of it, and that its points are those of its checks."""

import json
from datetime import UTC, datetime

import pytest
from course_grades import check

from course import grading, items, ledger
from course.intake import Submission
from course.judging import make
from nnlib.check import exercises

NONE = ledger.Cache(None)


def as_check(row):
    return make(row, "passed", "")


def test_what_cannot_be_read_loses_every_row_and_says_why():
    found = grading.judge(Submission("ada", "ada.zip", error="the zip has a password"), "2.3", "uid", NONE, b"k")
    assert [each.name for each in found] == ["trains", "figure"]
    assert {(each.status, each.points, each.message_student) for each in found} == {
        ("missing", 0.0, "the zip has a password")
    }
    code = grading.judge(Submission("ada", "ada.zip", error="x"), "1.2", "uid", NONE, b"k")
    assert [each.name for each in code] == [row.name for row in exercises.items()["1.2"].rows]


@pytest.mark.parametrize(
    ("item", "names"), [("1.2", ["code"]), ("2.3", ["code", "trains", "figure"]), ("1.0", ["code"])]
)
def test_each_row_goes_to_its_judge(item, names, monkeypatch):
    asked = {}

    def decide(rows, files, judge):
        asked["training"] = (files, judge.item, judge.code_item, judge.tier, judge.key, judge.sha256)
        return list(map(as_check, rows))

    def judge_item(*given):
        asked["code"] = given
        return [ledger.Check(**check("code"))]

    monkeypatch.setattr(grading, "judge_item", judge_item)
    monkeypatch.setattr(grading, "decide", decide)
    monkeypatch.setattr(grading, "figure", lambda row, item, files: as_check(row))
    sent = Submission("ada", "ada.zip", "5a", {"nnlib/losses.py": "x"})
    assert [each.name for each in grading.judge(sent, item, "uid", NONE, b"k")] == names
    assert asked.pop("code") == (sent, item, "uid", NONE, b"k")
    expected = {"training": (sent.files, "2.3", "2.2", "uid", b"k", "5a")}
    assert asked == (expected if item == "2.3" else {})


def test_progress_tells_of_all_items_so_far(monkeypatch):
    monkeypatch.setattr(grading.sandbox, "choose", lambda isolation: f"{isolation}!")
    monkeypatch.setattr(grading, "course_key", lambda: b"k")
    monkeypatch.setattr(grading, "judge", lambda sent, item, tier, cache, key: [ledger.Check(**check(item))])
    seen = []
    graded = grading.grade(Submission("ada", "ada.zip"), "auto", seen.append)
    assert [len(each["items"]) for each in seen] == list(range(1, len(items.load().items) + 1))
    assert [each["id"] for each in graded["items"]] == list(items.load().items)
    assert (graded["isolation"], graded["total"]) == ("auto!", 4 * len(seen))


def test_an_object_holds_what_was_found():
    when = datetime(2027, 2, 13, 12, tzinfo=UTC)
    sent = Submission("ada", "ada.zip", "5a", {"b": "", "a": ""}, ("a note",), "", when)
    rows = [ledger.Check(**check(points=1.25)), ledger.Check(**check("figure", "human", None))]
    found = grading.submission_object(sent, "uid", {"2.3": rows, "1.2": []})
    assert found["submission"] == {
        "sha256": "5a",
        "files": ["a", "b"],
        "notes": ["a note"],
        "error": "",
        "source": "ada.zip",
        "submitted": "2027-02-13T12:00:00+00:00",
    }
    assert [(each["id"], each["points"], each["max"]) for each in found["items"]] == [("2.3", 1.25, 2), ("1.2", 0, 4)]
    assert found["items"][0]["checks"][0] == check(points=1.25)
    assert (found["total"], found["release"], found["isolation"]) == (1.25, ledger.engine_hash(), "uid")
    assert (found["late"], found["manual"]) == ({"seconds": 0, "factor": 1.0}, [])
    assert datetime.fromisoformat(found["run"]).tzinfo


def q1(*cells):
    made = [{"cell_type": kind, "source": source, "id": id} for kind, source, id in cells]
    return {"notebooks/q1_layers.ipynb": json.dumps({"cells": made})}


def test_an_answer_is_what_stands_after_its_own_marker_and_in_its_own_cells():
    code = items.load().items["1.0"]["cells"]
    found = grading.answers(
        q1(
            ("markdown", "See <!-- answer 1.1 --> above.", "a"),
            ("markdown", " <!-- answer 1.1 -->\nBecause.\n", "b"),
            ("markdown", "<!-- answer 1.1, revised -->\nOr so.", "c"),
            ("markdown", "<!-- answer 1.2 -->\n", "d"),
            ("code", "x = 1", code[-1]),
            ("markdown", "x = 2", code[-1]),
            ("code", "x = 3", "e"),
        )
    )
    assert (found["1.1"], found["1.2"], found["1.0"]) == ("Because.\n\nOr so.", "", "x = 1")
    assert found.keys() == items.load().items.keys()
    assert not any(text for item, text in found.items() if item not in ("1.1", "1.0"))
