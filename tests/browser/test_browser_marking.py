"""The page for marks by hand, in a real browser: keys give marks, and what it saves is what course.marks reads."""

import pytest
from course_grades import check, grade, item

from course import marks, report

ATTACK = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
MAXIMA = {"1.1": 8, "7.3a": 4}


@pytest.fixture
def page(tmp_path, browser):
    """The page of three answers, 1.1 of ada and 7.3a of ada and bob; ada's mark of 1.1 is stale."""
    graded = [grade(item(checks=[check(of=6)])), grade(student="bob"), grade(student="eve", error="damaged")]
    answers = {"ada": {"1.1": "dW = x^T dout", "7.3a": ATTACK}, "bob": {"7.3a": "Because."}}
    at = marks.moment("at", "2027-02-14T12:00-05:00")
    old = marks.Mark("ada", "1.1", 1, "eve", at, "Why?", marks.digest("something else"))
    report.write_marking_page(
        tmp_path / "marking.html", graded, answers, {("ada", "1.1"): old}, {"7.3a": "2 for the reason"}
    )
    tab = browser.new_page()
    tab.goto((tmp_path / "marking.html").as_uri())
    yield tab
    tab.close()


def press(page, keys):
    for key in keys.split():
        page.keyboard.press(key)


def text(page, name):
    return page.locator(f"#{name}").text_content()


def test_answers_come_item_by_item_with_their_marks(page):
    assert text(page, "title") == "1.1 fully connected layer: ada"
    assert text(page, "text") == "dW = x^T dout"
    assert (text(page, "points"), text(page, "state")) == ("1 of 2", "stale: eve marked an earlier answer")
    assert page.locator("#comment").input_value() == "Why?"
    press(page, "n")
    assert text(page, "title").endswith(": ada")
    assert (text(page, "rubric"), text(page, "points")) == ("2 for the reason", "no mark of 4")
    press(page, "n n")
    assert text(page, "title").endswith(": bob")
    assert text(page, "progress") == "3 of 3, 2 without a mark"


def test_an_answer_is_text_and_nothing_else(page):
    press(page, "n")
    assert text(page, "text") == ATTACK
    assert page.title() == "Homework 1: marks by hand"
    assert page.locator("img").count() == 0


def test_keys_give_marks_that_course_marks_reads(page, tmp_path):
    press(page, "2")
    assert text(page, "state") == "Type your name first."
    page.fill("#by", "frank")
    page.locator("h1").click()
    press(page, "9")
    assert text(page, "state") == "At most 2 points."
    press(page, "f")
    assert (text(page, "points"), text(page, "state")) == ("2 of 2", "")
    press(page, "u u 3 . c")
    page.keyboard.type("Nearly: 9 of n.")
    press(page, "Escape")
    with page.expect_download() as download:
        press(page, "s")
    download.value.save_as(tmp_path / "marks.json")
    found = marks.read(tmp_path / "marks.json", maxima=MAXIMA)
    assert {key: (mark.points, mark.comment, mark.by) for key, mark in found.items()} == {
        ("ada", "1.1"): (2, "Why?", "frank"),
        ("bob", "7.3a"): (3.5, "Nearly: 9 of n.", "frank"),
    }
    assert found["ada", "1.1"].answer == marks.digest("dW = x^T dout")


def test_a_students_page_reads_well_on_a_phone(browser, tmp_path):
    long = check("gradient", "failed", 0, message_student="x" * 500)
    late = {"seconds": 0.0, "factor": 1.0}
    report.write_html(tmp_path, [marks.settle(grade(item(checks=[long])), {}, {}, late)])
    tab = browser.new_page(viewport={"width": 360, "height": 640})
    for path in (tmp_path / "students").iterdir():
        tab.goto(path.as_uri())
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360, path
    tab.close()
