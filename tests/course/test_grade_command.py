"""What the command makes of grades: its status, its words, the files that it writes."""

import argparse
import json
from pathlib import Path

import pytest
from course_grades import check, grade, item

from course import grade as command
from course import grading, ledger, marks
from course.intake import Submission

CANVAS = 'Student,ID,Homework 1 (9)\nPoints Possible,,12\n"Lovelace, Ada",ada,\nBob,bob,\n'
DEADLINE = ("--deadline", "2027-02-13T23:59-05:00")
WHOLE = item(checks=[check(points=8, of=8)])
OURS = item(checks=[check("value", "ours", None, 8)])


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Return a function that runs the command on grades by student, with options."""
    monkeypatch.setattr(command, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(ledger.course_key, "__defaults__", (tmp_path / "key",))
    monkeypatch.setattr(command.sandbox, "choose", lambda tier: tier)

    def run(graded, *options, submitted=None):
        monkeypatch.setattr(
            command, "grade_all", lambda *_: [grade(each, student=name) for name, each in graded.items()]
        )
        found = [Submission(name, f"{name}.zip", files={"q": name}, submitted=submitted) for name in graded]
        monkeypatch.setattr(command.intake, "read", lambda *_: found)
        return command.main([str(tmp_path / "sent"), *map(str, options)])

    return run


def mark(student, points):
    given = {
        "student": student,
        "item": "7.3a",
        "points": points,
        "by": "eve",
        "at": "2027-02-14T12:00Z",
        "comment": "",
    }
    return given | {"answer": marks.digest("")}


def test_the_status_says_what_is_left_to_a_human(run, tmp_path, capsys, monkeypatch):
    assert run({"ada": WHOLE}, "--jobs", 1) == 0
    assert "A human" not in capsys.readouterr().err
    assert run({"ada": WHOLE, "bob": OURS}) == 1
    assert capsys.readouterr().err == "A human has to look at: bob\n"
    for error in (OSError("full"), ValueError("full")):
        monkeypatch.setattr(command.report, "write_csv", lambda *_, error=error: (_ for _ in ()).throw(error))
        assert run({"ada": WHOLE, "bob": OURS}, "--csv", tmp_path / "a.csv") == 2
        said = capsys.readouterr().err
        assert f"not written: {tmp_path / 'a.csv'}: full" in said
        assert "A human has to look at: bob" in said


def test_only_the_reasons_of_a_single_submission_are_printed(run, capsys):
    run({"ada": WHOLE})
    assert "fully connected layer" in (alone := capsys.readouterr().out)
    assert "1 submission, " in alone
    run({"ada": WHOLE, "bobby": WHOLE})
    assert "fully connected layer" not in (both := capsys.readouterr().out)
    assert "2 submissions, " in both
    assert both.endswith("ada    8.00\nbobby  8.00\n")


@pytest.mark.parametrize(
    ("rule", "options", "said", "total"),
    [
        (marks.Rule(), DEADLINE, True, "8.00"),
        (marks.Rule(), (), False, "8.00"),
        (marks.Rule(per_day=0.1), DEADLINE, False, "7.20"),
        (marks.Rule(days=2), DEADLINE, False, "8.00"),
    ],
)
def test_a_deadline_costs_what_its_rule_says_or_nothing_in_words(rule, options, said, total, run, capsys, monkeypatch):
    monkeypatch.setattr(marks, "rule", lambda: rule)
    late = marks.moment("submitted", "2027-02-14T00:59-05:00")
    assert run({"ada": WHOLE}, *options, submitted=late) == 0
    printed = capsys.readouterr().out
    assert ("Lateness is shown, and costs nothing" in printed) == said
    assert printed.endswith(f"\nada  {total}\n")
    assert run({"ada": WHOLE}, *options) == 0  # when is not known: a doubt, no failure


def test_the_filled_gradebook_is_another_file_and_says_who_is_missing(run, tmp_path, capsys):
    (tmp_path / "all.csv").write_text(CANVAS)
    for each in (mark("ada", 0.75), mark("carl", 0)):
        (tmp_path / each["student"]).write_text(json.dumps({"schema": 1, "marks": [each]}))
    given = ("--canvas", tmp_path / "all.csv", "--marks", tmp_path / "ada", tmp_path / "carl")
    run({"ada": WHOLE, "bob": WHOLE, "eve": WHOLE}, *given)
    assert (tmp_path / "all.csv").read_text() == CANVAS
    filled = CANVAS.replace("ada,", "ada,8.75")
    assert (tmp_path / "all-filled.csv").read_text() == filled
    found = capsys.readouterr()
    for words in ("1 students have a grade", "not in the gradebook: eve", "withheld: bob: 7.3a: no mark yet"):
        assert words in found.out
    assert "1 who have marks are not among these, such as carl" in found.err
    run({"ada": WHOLE, "bob": WHOLE}, *given, "--provisional")
    assert (tmp_path / "all-filled.csv").read_text() == filled.replace("bob,", "bob,8")


def test_the_marking_page_gets_each_students_own_answers(run, tmp_path, monkeypatch):
    monkeypatch.setattr(grading, "answers", lambda files: {"7.3a": f"an answer of {files['q']}"})
    given = mark("ada", 0.5) | {"answer": marks.digest("an answer of ada")}
    (tmp_path / "marks").write_text(json.dumps({"schema": 1, "marks": [given]}))
    run({"ada": WHOLE, "bob": WHOLE}, "--html", tmp_path, "--marks", tmp_path / "marks")
    assert "has changed after" not in (tmp_path / "class.html").read_text()
    page = (tmp_path / "marking.html").read_text()
    assert all(f'"student": "{name}", "text": "an answer of {name}"' in page for name in ("ada", "bob"))


def test_every_option_has_its_name():
    paths = {name: Path("x") for name in ("json", "csv", "html", "canvas", "roster")}
    texts = dict.fromkeys(("deadline", "scheduler", "column", "only"), "x")
    given = [f"--{name}=x" for name in (*paths, *texts)]
    given += ["--isolation=none", "--jobs=3", "--resume", "--provisional", "--marks", "m", "n"]
    others = {"isolation": "none", "jobs": 3, "resume": True, "provisional": True, "marks": [Path("m"), Path("n")]}
    found = vars(command.parser().parse_args(["a", "b", *given]))
    assert found == {"paths": [Path("a"), Path("b")], **paths, **texts, **others}


@pytest.mark.parametrize("resume", [True, False])
def test_rows_are_kept_by_content_and_item(resume, monkeypatch):
    made = []
    monkeypatch.setattr(command, "Cache", lambda path, *, resume: made.append((path, resume)))
    monkeypatch.setattr(command.grading, "judge", lambda *given: given)
    sent = Submission("../../ada", "ada.zip", "5a" * 32)
    assert command._grade(sent, "1.1", "uid", resume, b"k") == (sent, "1.1", "uid", None, b"k")
    assert made == [(command.CACHE / f"{'5a' * 8}-1.1.jsonl", resume)]


@pytest.mark.parametrize("only", ["1.4", "1", "5.2b"])
def test_only_takes_items_that_begin_so(only):
    found = grading.chosen(only)
    assert found
    assert all(each.startswith(only) for each in found)
    assert len(found) == sum(each.startswith(only) for each in grading.chosen())


def test_each_submission_gets_the_rows_of_its_own_items(monkeypatch):
    monkeypatch.setattr(command, "_grade", lambda sent, item, *_: [ledger.Check(**check(f"{sent.student} {item}"))])
    options = argparse.Namespace(jobs=1, scheduler=None, resume=False)
    sent = [Submission(name, name) for name in ("ada", "bob")]
    found = command.grade_all(sent, ["1.1", "1.2"], "uid", options, b"k")
    names = [[each["checks"][0]["name"] for each in one["items"]] for one in found]
    assert names == [["ada 1.1", "ada 1.2"], ["bob 1.1", "bob 1.2"]]
    assert [one["student"] for one in found] == ["ada", "bob"]
