"""course.report: JSON, CSV and pages hold what was found, and nothing that a submission smuggles in."""

import csv
import dataclasses
import html.parser
import json
import re

import pytest
from course_grades import check, grade, item

from course import grading, ledger, marks, report
from course.intake import Submission

IN_TIME = {"seconds": 0.0, "factor": 1.0}
ATTACK = "</pre><script>alert(1)</script><input type=hidden value='\"&amp;'>\x00\x1b[2J\u202eevil\ud800"


def settled(*graded, given=(), late=IN_TIME, **changes):
    return marks.settle(grade(*graded, **changes), {(m.student, m.item): m for m in given}, {}, late)


def mark(**changes):
    at = marks.moment("at", "2027-02-14T12:00Z")
    fields = {"student": "ada", "item": "7.3a", "points": 3, "by": "eve", "at": at, "comment": "", "answer": "x"}
    return marks.Mark(**{**fields, **changes})


class Tags(html.parser.HTMLParser):
    """The tags of a page and its text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.text += " "

    def handle_data(self, data):
        self.text += data


def test_these_grades_have_the_graders_form():
    made = grading.submission_object(Submission("ada", "ada.zip", files={}), "none", {})
    assert settled().keys() == made.keys()
    assert settled()["submission"].keys() == made["submission"].keys()
    assert check().keys() == {field.name for field in dataclasses.fields(ledger.Check)}
    assert item().keys() == grading.item_object("1.1", []).keys()


def test_a_grader_reads_points_and_reasons_by_item():
    wrong = check("gradient", "failed", 0, 2, message_grader="db at 0 got 1, expected 2\nLooks like: a mean\x1b")
    left = [check(name, "not run", 0, 1, message_grader="it needs gradient") for name in ("dtype", "economy")]
    lent = check("value", message_grader="judged with ours")
    found = settled(item(max=10, checks=[lent, wrong, *left]), given=[mark(points=3)])
    found["submission"]["notes"] = ["conv.py is missing\x1b"]
    assert list(report.lines(found)) == [
        r"conv.py is missing\x1b",
        "1.1        4 of 10  fully connected layer",
        "        value: passed: judged with ours",
        "        gradient: failed: db at 0 got 1, expected 2\n          Looks like: a mean\\x1b",
        "        dtype, economy: it needs gradient",
        "        2 for a human to mark",
        "7.3a       3 of 4  a loss that falls, then diverges, in words",
    ]
    assert not list(report.lines(settled(error="no zip")))


def test_json_is_one_object_or_a_list(tmp_path):
    one, two = settled(), settled(student="bob\ud800")
    report.write_json(tmp_path / "one.json", [one])
    report.write_json(tmp_path / "all.json", [one, two])
    assert json.loads((tmp_path / "one.json").read_text()) == one
    assert json.loads((tmp_path / "all.json").read_text()) == [one, two]


def rows(tmp_path, grades):
    report.write_csv(tmp_path / "grades.csv", grades)
    with open(tmp_path / "grades.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_holds_points_and_leaves_blank_what_has_none(tmp_path):
    ours = item(checks=[check("value", "ours", None, 8)])
    found = rows(
        tmp_path,
        [
            settled(item(points=4, of=8), given=[mark()]),
            settled(ours, student="bob"),
            settled(error="damaged", items=[], student="eve"),
        ],
    )
    assert [(row["total"], row["1.1"], row["7.3a"], row["7.3a by hand"]) for row in found] == [
        ("7.0", "4", "", "3"),
        ("0.0", "", "", ""),
        ("", "", "", ""),
    ]
    assert found[0]["unsettled"] == "7.3a: the answer has changed after eve marked it"
    assert found[1]["unsettled"].startswith("1.1 value: the grader failed")
    assert found[2]["unsettled"] == "cannot be read: damaged"


def test_csv_says_what_was_graded_how_and_how_late(tmp_path):
    late = settled(item(points=4, of=8), late={"seconds": 90_000.0, "factor": 0.8})
    (row,) = rows(tmp_path, [late])
    told = {
        "student": "ada",
        "total": "3.2",
        "late_factor": "0.8",
        "isolation": "bwrap",
        "sha256": "5a" * 32,
        "run": "r1",
    }
    assert row.items() >= told.items()
    assert row["unsettled"] == "; ".join(marks.unsettled(late)) != "; ".join(marks.doubts(late))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "  ="])
def test_csv_holds_no_formula(tmp_path, start):
    (row,) = rows(tmp_path, [settled(student=f'{start}HYPERLINK("x")', error=f"{start}1", items=[])])
    assert row["student"].startswith("'")
    assert not any(cell.lstrip(" ").startswith(report.FORMULA) for cell in row.values())


def test_csv_survives_any_name(tmp_path):
    names = ["a,b", "a;b", 'a"b', "a\nb", "ünï", ""]
    assert [row["student"] for row in rows(tmp_path, [settled(student=name) for name in names])] == names
    assert '"a;b"' in (tmp_path / "grades.csv").read_text(
        encoding="utf-8"
    )  # where a semicolon separates, it is one too


def test_what_utf8_does_not_know_stands_as_its_escape(tmp_path):
    report.write(tmp_path / "page", "a\ud800é")
    assert (tmp_path / "page").read_bytes() == "a\\ud800é".encode()


def test_a_page_holds_nothing_that_a_submission_wrote_as_html(tmp_path):
    failed = check("value", "failed", 0, message_student=ATTACK, message_grader=ATTACK)
    bad = settled(item(checks=[failed]), student=ATTACK, given=[mark(student=ATTACK, by=ATTACK, comment=ATTACK)])
    bad["submission"] |= {"notes": [ATTACK]}
    unread = settled(error=ATTACK, student=f"{ATTACK}2", items=[])
    report.write_html(tmp_path, [bad, unread])
    written = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert len(written) == 3
    for path in written:
        page = path.read_text(encoding="utf-8")
        parsed = Tags(page)
        assert not {"script", "input", "iframe", "img", "link"} & {tag for tag, _ in parsed.tags}
        assert "<script>alert(1)</script>" in parsed.text
        assert not any(hidden in page for hidden in ("\x00", "\x1b", "\u202e"))
        addresses = [value for _, attrs in parsed.tags for name, value in attrs.items() if name in ("src", "href")]
        assert all(address.startswith("students/") for address in addresses)
        assert "default-src 'none'" in page


def test_what_stands_between_two_comments_is_replaced_or_the_page_stays(tmp_path):
    page, whole = tmp_path / "page.md", "a\n<!-- x -->\nold\n<!-- end of x -->\nb\n"
    page.write_text(whole)
    report.between(page, "x", "new")
    assert page.read_text() == whole.replace("old", "new")
    for missing in ("<!-- x -->\n", "<!-- end of x -->"):
        page.write_text(whole.replace(missing, ""))
        with pytest.raises(ValueError, match="expected the comments x and end of x"):
            report.between(page, "x", "new")
        assert page.read_text() == whole.replace(missing, "")


def test_names_lead_nowhere_and_to_one_page_each():
    names = ["../../etc/passwd", "a/b", "a_b", "..", "", "x" * 5000, "C:\\x", "ü", "u", "CON", ATTACK]
    pages = [report.page_name(name) for name in names]
    assert len(set(pages)) == len(names)
    assert not any(set(page) & set("/\\:\x00") or page.startswith(".") or len(page) > 80 for page in pages)


def test_a_student_reads_every_check_with_its_reason():
    hidden = check("economy", "timeout", 0, 2, visibility="hidden", message_grader="SECRET", diagnosis="transpose")
    hidden["message_student"] = "a check of how much work a backward pass does"
    checks = [check(points=1.25, of=1.25), check("gradient", "failed", 0, 2.75, message_grader="SECRET"), hidden]
    late = {"seconds": 7200.0, "factor": 0.9}
    page = report.student_page(settled(item(checks=checks), given=[mark(comment="Nice.")], late=late))
    text = " ".join(Tags(page).text.split())
    for expected in (
        "1.1 fully connected layer",
        "value 1.25 of 1.25 passed",
        "gradient 0 of 2.75 failed dx at (0, 1) is wrong",
        "economy (hidden) 0 of 2 out of time a check of how much work a backward pass does",
        "read by a human open of 2 not marked yet",
        "read by eve 3 of 4 Your answer has changed since: the mark will be looked at again. Nice.",
        "3.83 of 12 points. Handed in 2.0 hours late: the points count 90 %.",
    ):
        assert expected in text
    assert "2.0 hours late: that costs nothing." in " ".join(
        Tags(report.student_page(settled(item(), late={**late, "factor": 1.0}))).text.split()
    )
    assert "SECRET" not in page
    assert report.diagnoses()["transpose"]["looks"] not in page


@pytest.mark.parametrize("isolation", ["none", "bwrap"])
def test_a_grade_without_isolation_says_so(isolation):
    graded = settled() | {"isolation": isolation}
    for page in (report.student_page(graded), report.class_page([graded])):
        assert ("without isolation" in page) == (isolation == "none")


def test_every_status_has_its_words():
    for status in report.STATUS:
        page = report.student_page(settled(item(checks=[check("value", status, None if status == "ours" else 0)])))
        assert report.STATUS[status] in page
    assert "open of 4" in report.student_page(settled(item(checks=[check("value", "ours", None)])))


def test_the_class_page_lists_what_is_left_to_do_and_what_failed():
    ours = item(checks=[check("value", "ours", None, 8)])
    text = Tags(report.class_page([settled(ours, student="bob"), settled(item(), student="ada")])).text
    assert "1.1 value: the grader failed: KeyError in cases" in text
    assert marks.left_open(ours) == ["value: KeyError in cases"]  # the page for marking says what the marks are for
    assert "3 answers have no mark yet" in text  # 1.1 of ada, 7.3a of both
    assert "1.1 value" in text.partition("Submissions")[2]


def test_points_by_item_leave_out_what_was_not_judged():
    ours = item(checks=[check("value", "ours", None, 4)])
    grades = [settled(item(points=4)), settled(item(points=1)), settled(item()), settled(ours)]
    (row,) = report.by_item([*grades, settled(item(), error="damaged")])
    assert (row["submissions"], row["max"], row["all"], row["none"]) == (3, 4, 1, 1)
    assert row["mean"] == pytest.approx(5 / 3)
    assert (row["median_seconds"], row["most_seconds"]) == (0.25, 0.25)
    some = [settled(item(checks=[check(points=points, seconds=2 * points)])) for points in (1, 1, 3)]
    (row,) = report.by_item(some)
    assert (row["max"], row["all"], row["none"]) == (4, 0, 0)
    assert (row["median_seconds"], row["most_seconds"]) == (2, 6)
    page = report.class_page(
        [*some, settled(item(checks=[check(status="failed", points=0)])), settled(error="damaged")]
    )
    assert "median 1, from 0 to 3" in page


def rows_under(page, heading):
    """Return the cells of the table after a heading, those of its head first."""
    table = page.partition(f"<h2>{heading}</h2>")[2].partition("</table>")[0]
    return [[Tags(cell).text.strip() for cell in re.split(r"<t[hd]", row)[1:]] for row in table.split("<tr>")[1:]]


def test_the_numbers_of_the_class_stand_under_their_headings():
    grades = [settled(item(points=points), student=f"a{number}") for number, points in enumerate((4, 1, 1, 1, 0, 0))]
    page = report.class_page(grades)
    head, row = rows_under(page, "Points by item, from checks")
    shown = {name.rpartition(">")[2]: text.rpartition(">")[2] for name, text in zip(head, row, strict=True)}
    assert (shown["mean"], shown["all points"], shown["none"]) == ("1.17 of 4", "1 of 6", "2")


def test_the_marking_page_holds_what_a_human_has_to_mark_item_by_item(tmp_path):
    ours = item(checks=[check("value", "ours", None, 4)])
    whole = item(checks=[check(points=8, of=8)])  # nothing is left to a human
    grades = [settled(ours, student="bob"), settled(whole), settled(ours, student="eve", error="damaged")]
    answers, given = {"ada": {"7.3a": "why\x1b"}}, {("ada", "7.3a"): mark()}
    report.write_marking_page(tmp_path / "marking.html", grades, answers, given, {"7.3a": "4: a reason"})
    page = (tmp_path / "marking.html").read_text(encoding="utf-8")
    first, second, third = json.loads(re.search(r'id="tasks">(.*)</script>', page)[1])
    assert [(task["student"], task["item"]) for task in (first, second, third)] == [
        ("bob", "1.1"),
        ("bob", "7.3a"),
        ("ada", "7.3a"),
    ]
    assert (first["max"], first["rubric"], first["left"], first["mark"]) == (8, "", "value: KeyError in cases", None)
    assert (second["text"], second["answer"]) == ("", marks.digest(""))
    assert (third["max"], third["rubric"], third["text"], third["left"]) == (4, "4: a reason", r"why\x1b", "")
    assert third["answer"] == marks.digest("why\x1b")
    assert third["mark"] == {**dataclasses.asdict(mark()), "at": "2027-02-14T12:00:00+00:00"}


def test_the_keys_of_the_marking_page_do_what_its_help_says(tmp_path):
    report.write_marking_page(tmp_path / "marking.html", [settled(item())], {}, {}, {})
    page = (tmp_path / "marking.html").read_text(encoding="utf-8")
    amounts = {"a half": "0.5", "a quarter": "0.25"}
    said = {key: amounts[words] for key, words in re.findall(r"<kbd>([.,])</kbd> (?:adds )?(a \w+)", page)}
    assert said == dict(re.findall(r'key === "([.,])"\) give\(points \+ ([\d.]+)\)', page))
    steps = {"next": "current + 1", "previous": "current - 1"}
    said = {key: steps[words] for key, words in re.findall(r"<kbd>([np])</kbd> (next|previous)\b", page)}
    assert said == dict(re.findall(r'key === "([np])"\) go\((current [+-] 1)\)', page))
    assert len(said) == 2


def test_mistakes_are_counted_once_per_submission():
    twice = [check(name, "failed", 0, 2, diagnosis="transpose") for name in ("value", "gradient")]
    others = [check("value", "failed", 0), check("mode", "timeout", 0), check("x", "not run", 0), check("y", "passed")]
    grades = [settled(item(checks=twice)), settled(item(checks=twice)), settled(item(checks=others))]
    found = [(row["item"], row["name"], row["count"]) for row in report.mistakes(grades)]
    assert found[0] == ("1.1", "transpose", 2)
    assert set(found[1:]) == {("1.1", report.UNNAMED, 1), ("1.1", "timeout", 1)}
    assert report.mistakes(grades)[0]["looks"] == report.diagnoses()["transpose"]["looks"]


def test_a_class_of_none_has_a_page():
    assert "0 submissions" in report.class_page([])
