"""What the command cannot do is said in words, and before anything is graded where that can be known."""

import json

import pytest

from course import grade, ledger

MARK = {"student": "ann", "item": "1.2", "points": 1, "by": "eve", "at": "2027-01-01T00:00+00:00", "comment": ""}
CANVAS = "Student,ID,Homework 1 (9)\nPoints Possible,,4\nann,1,\n"


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    monkeypatch.setattr(grade, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(ledger.course_key, "__defaults__", (tmp_path / "key",))
    monkeypatch.setattr(grade, "grade_all", lambda *_: pytest.fail("it was graded"))
    (tmp_path / "ann" / "nnlib").mkdir(parents=True)
    (tmp_path / "ann" / "nnlib" / "losses.py").write_text("def svm_loss(x, y):\n    pass\n")
    (tmp_path / "file").write_text("")


def roster(*lines):
    return ("--roster", "\n".join(["submission,student", *lines]))


REFUSED = {
    "two students of one submission": (*roster("ann,Ann", "ann,Bob"), "stands for two students, Ann and Bob"),
    "a row cut short": (*roster("ann"), "lacks one in"),
    "a roster of quotation marks": (*roster('ann,"x'), "expected a CSV"),
    "a roster with a huge field": (*roster("ann," + "x" * 200_000), "expected a CSV"),
    "an empty roster": ("--roster", "", "expected a CSV"),
    "marks cut short": ("--marks", '{"schema": 1, "marks": [', "expected marks as JSON"),
    "marks without end": ("--marks", "[" * 100_000, "expected marks as JSON"),
    "marks of no number": ("--marks", json.dumps({"schema": 1, "marks": [{**MARK, "points": "x"}]}), "mark 0"),
    "a gradebook of another kind": ("--canvas", "a,b\n1,2\n", "Canvas's columns Student and ID"),
    "a gradebook without the column": ("--canvas", CANVAS.replace("Homework 1 (9)", "Notes"), "no assignment"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_damaged_file_is_refused_before_the_work(tmp_path, capsys, case):
    option, text, words = REFUSED[case]
    (tmp_path / "input").write_text(text)
    assert grade.main([str(tmp_path / "ann"), option, str(tmp_path / "input")]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    "options",
    [
        ("--json", "ann"),
        ("--html", "file"),
        ("--csv", "file/points.csv"),
        ("--canvas", "missing.csv"),
        ("--jobs", "0"),
        ("--deadline", "2027-02-13T23:59"),
        ("--only", "9.9"),
    ],
)
def test_what_cannot_be_written_or_meant_is_refused_before_the_work(tmp_path, monkeypatch, capsys, options):
    monkeypatch.chdir(tmp_path)
    assert grade.main(["ann", *options]) == 2
    assert capsys.readouterr().err.startswith("course.grade: ")


@pytest.mark.parametrize("key", ["", "zz", "0" * 63])
def test_a_damaged_key_is_never_used(tmp_path, capsys, key):
    (tmp_path / "key").write_text(key)
    assert grade.main([str(tmp_path / "ann")]) == 2
    assert "64 hexadecimal digits" in capsys.readouterr().err


def test_an_output_that_fails_costs_no_other(tmp_path, monkeypatch, capsys):
    def full(path, graded):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(grade, "grade_all", lambda *_: [])
    monkeypatch.setattr(grade.intake, "read", lambda *_: [])
    monkeypatch.setattr(grade.report, "write_json", full)
    (tmp_path / "marks").write_text(json.dumps({"schema": 1, "marks": [{**MARK, "answer": ""}]}))
    options = ["--json", str(tmp_path / "a.json"), "--csv", str(tmp_path / "a.csv"), "--marks", str(tmp_path / "marks")]
    assert grade.main([str(tmp_path / "ann"), *options]) == 2
    said = capsys.readouterr().err
    assert "not written" in said
    assert "1 who have marks are not among these, such as ann" in said
    assert (tmp_path / "a.csv").exists()


def test_a_damaged_journal_gives_only_what_is_whole(tmp_path):
    path = tmp_path / "ann.jsonl"
    checks = [ledger.Check(name, "value", 1.0, 1.0, "public", "passed", "", "", "", 0.1) for name in "abc"]
    for check in checks:
        ledger.Cache(path).put(check.name, check)
    lines = path.read_bytes().splitlines(keepends=True)
    forged = b"".join(lines[1].replace(b'"points": 1.0', b'"points": %d.0' % n) for n in range(2, 1002))
    path.write_bytes(b"\xff\xfe\n" + lines[0] + forged + b"{}\n\n" + lines[2] + lines[0][:40])
    again = ledger.Cache(path)
    assert list(again.known) == ["a", "c"]
    again.put("b", checks[1])
    assert list(ledger.Cache(path).known) == ["a", "c", "b"]
