"""course.canvas: one column is filled, all other bytes stay, nobody's blank becomes a 0."""

import pytest
from course_grades import check, grade, item

from course import canvas, marks

HEAD = "Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (77),Homework 1 Current Score\n"
POSSIBLE = "    Points Possible,,,,,12,(read only)\n"
ADA = '"Lovelace, Ada",101,u0001,ada@x.edu,"EECS 598, 001",,\n'
BOB = '"O""Neil, Bob",102,u0002,bob@x.edu,=1+1,5.5,97\n'
NOTE = ",,,,,Manual Posting,\n"


def settled(student, points=8, **changes):
    """Return a grade of 8 points by checks and 4 by a human."""
    given = {(student, "7.3a"): marks.Mark(student, "7.3a", 4, "eve", NOON, "", marks.digest(""))}
    checks = [check(points=points, of=8)]
    return marks.settle(grade(item(checks=checks), student=student, **changes), given, {}, IN_TIME)


NOON = marks.moment("at", "2027-02-14T12:00Z")
IN_TIME = {"seconds": 0.0, "factor": 1.0}


def filled(tmp_path, text, grades, *arguments, **options):
    export, target = tmp_path / "export.csv", tmp_path / "import.csv"
    export.write_bytes(text if isinstance(text, bytes) else text.encode())
    outcome = canvas.fill(export, target, grades, *arguments, **options)
    return outcome, target.read_bytes()


def test_one_cell_changes_and_no_other_byte(tmp_path):
    text = HEAD + NOTE + POSSIBLE + ADA + BOB
    outcome, written = filled(tmp_path, text, [settled("ada@x.edu", 6.25)])
    assert written.decode() == text.replace('001",,\n', '001",10.25,\n')
    assert outcome == canvas.Filled(1, (), {})


def test_all_who_have_a_grade_are_filled_in_and_counted(tmp_path):
    outcome, written = filled(tmp_path, HEAD + POSSIBLE + ADA + BOB, [settled("101"), settled("102", 1)])
    assert outcome == canvas.Filled(2, (), {})
    assert written.decode() == HEAD + POSSIBLE + ADA.replace('001",,', '001",12,') + BOB.replace("5.5", "5")


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n"])
@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("last", ["", "\n"])
def test_forms_of_csv_stay(tmp_path, ending, separator, start, last):
    rows = ['Student|ID|"SIS Login ID"|Homework 1 (77)', "    Points Possible|||12.00", '"a, ""b"";\né"|7| x |"3"']
    text = start + ending.join(rows).replace("|", separator) + (ending if last else "")
    _, written = filled(tmp_path, text.encode(), [settled("X")])
    assert written.decode() == text.replace('"3"', "12")


def test_bytes_that_are_no_utf8_stay(tmp_path):
    text = (HEAD + POSSIBLE + ADA).encode().replace(b"Lovelace", b"Lov\xe9lace")
    _, written = filled(tmp_path, text, [settled("101")])
    assert written == text.replace(b'001",,', b'001",12,')


@pytest.mark.parametrize(
    "student",
    ["101", "u0001", "ADA@x.edu", "Lovelace, Ada", "lovelaceada_101", "lovelaceada_LATE_101", " u0001 "],
)
def test_students_are_matched_by_what_identifies_them(tmp_path, student):
    outcome, written = filled(tmp_path, HEAD + POSSIBLE + ADA + BOB, [settled(student)])
    assert outcome.students == 1
    assert b'001",12,\n' in written


@pytest.mark.parametrize("student", ["ada", "submission_101", "oneilbob_101", "Jane Doe_101", "", "001"])
def test_others_are_listed_and_change_nothing(tmp_path, student):
    text = HEAD + POSSIBLE + ADA + BOB
    outcome, written = filled(tmp_path, text, [settled(student)])
    assert outcome == canvas.Filled(0, (student,), {})
    assert written.decode() == text


@pytest.mark.parametrize("students", [("Lovelace, Ada",), ("101", "u0001"), ("Lovelace, Ada", "101", "u0001")])
def test_whom_two_rows_or_two_grades_mean_is_listed(tmp_path, students):
    twin = ADA.replace("101", "103").replace("u0001", "u0003").replace("ada@", "ada2@")
    text = HEAD + POSSIBLE + ADA + twin
    outcome, written = filled(tmp_path, text, list(map(settled, students)))
    assert outcome.unmatched == students
    assert written.decode() == text


def test_lines_that_are_cut_off_stay(tmp_path):
    text = HEAD + POSSIBLE + ADA + 'Short,102,x\n\n"Roe, Jo",103,,jo,,,'
    outcome, written = filled(tmp_path, text, [settled("102"), settled("jo")])
    assert outcome == canvas.Filled(1, ("102",), {})
    assert written.decode() == text.removesuffix(",") + "12,"


def test_no_grade_is_no_zero(tmp_path):
    unread = marks.settle(grade(error="damaged", items=[], student="101"), {}, {}, IN_TIME)
    ours = marks.settle(grade(item(checks=[check("value", "ours", None, 8)]), student="102"), {}, {}, IN_TIME)
    text = HEAD + POSSIBLE + ADA + BOB
    for provisional in (False, True):
        outcome, written = filled(tmp_path, text, [unread, ours], provisional=provisional)
        assert written.decode() == text
        assert outcome.students == 0
        assert outcome.withheld["101"] == "cannot be read: damaged"
        assert outcome.withheld["102"].startswith("1.1 value: the grader failed")


def test_totals_without_a_humans_marks_are_provisional(tmp_path):
    graded = marks.settle(grade(item(checks=[check(points=8, of=8)]), student="101"), {}, {}, IN_TIME)
    outcome, written = filled(tmp_path, HEAD + POSSIBLE + ADA, [graded])
    assert outcome.withheld == {"101": "7.3a: no mark yet, of 4 points"}
    assert written.decode() == HEAD + POSSIBLE + ADA
    _, written = filled(tmp_path, HEAD + POSSIBLE + ADA, [graded], provisional=True)
    assert b'001",8,\n' in written


def test_a_real_zero_is_filled_in(tmp_path):
    zero = grade(item(checks=[check(status="failed", points=0, of=8)]), student="101")
    zero["items"].pop()
    _, written = filled(tmp_path, HEAD + POSSIBLE.replace("12", "8") + ADA, [marks.settle(zero, {}, {}, IN_TIME)])
    assert b'001",0,\n' in written


def test_the_assignment_is_chosen_by_name(tmp_path):
    head = HEAD.replace("(77)", "(77),Homework 2 (78)")
    possible, ada = POSSIBLE.replace("12", "12,12"), ADA.replace(",,\n", ",,,\n")
    with pytest.raises(ValueError, match="only one assignment, got Homework 1, Homework 2"):
        filled(tmp_path, head + possible + ada, [settled("101")])
    for name in ("Homework 2", "Homework 2 (78)"):
        _, written = filled(tmp_path, head + possible + ada, [settled("101")], name)
        assert b'001",,12,\n' in written
    with pytest.raises(ValueError, match="one assignment 'Homework 3', got Homework 1"):
        filled(tmp_path, head + possible + ada, [settled("101")], "Homework 3")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Student and ID"),
        ("name,points\n", "Student and ID, got name, points"),
        ("Student,ID,Section\n", "only one assignment, got no assignment"),
        (HEAD + ADA, "12 points possible"),
        (HEAD + "    Points Possible,,\n" + ADA, "12 points possible, got \\[\\]"),
        (HEAD + POSSIBLE.replace("12", "100") + ADA, "12 points possible, got \\['100'\\]"),
        (HEAD + POSSIBLE + '"Love', "a quotation mark without its pair"),
    ],
)
def test_what_is_no_such_gradebook_is_refused(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        filled(tmp_path, text, [settled("101")])
    assert not (tmp_path / "import.csv").exists()
