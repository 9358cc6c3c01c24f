"""The explorers in Chromium, in JupyterLab and in Voila, as a user sees them.

The time limits are promises to the user (a first point within 2 s, Stop within a second); `make test` runs these tests
alone, when no other test needs the processors.
"""

import pytest
from pages import FAULTS, SCREENS, LabPage, VoilaPage
from playwright.sync_api import expect

# Per question: the slider, the key that moves it and how often, then the text of its box and of its note.
MOVES = {
    "q4": [("hidden units", "ArrowRight", 1, "300", "")],
    "q5": [("hidden units", "ArrowLeft", 1, "30", ""), ("keep probability", "ArrowLeft", 2, "0.7", "drops 30%")],
}


@pytest.mark.parametrize("question", MOVES)
def test_sliders_run_picture_and_stop(open_page, question):
    try_out(open_page(question), MOVES[question])


def test_the_same_in_the_homework_itself(committed_page):
    page, question = committed_page
    try_out(page, MOVES[question])


def try_out(page, moves):
    """Move the sliders by keyboard, run, see the picture change, stop; nothing is clipped and the console is empty."""
    for label, key, times, value, note in moves:
        page.press(label, key, times)
        expect(page.box(label)).to_have_value(value)
        if note:
            expect(page.row(label)).to_contain_text(note)
    page.type("epochs", 10)
    page.screenshot("1_ready")
    assert page.faults() == []

    page.button("Run").click()
    expect(page.line).to_contain_text("the training loss", timeout=2000)
    expect(page.button("Run")).to_be_disabled()
    assert len(page.pictures(4, seconds=8)) >= 4  # it changed three times
    expect(page.clock("s left")).to_be_visible()
    page.screenshot("2_training")

    page.button("Stop").click()
    expect(page.clock("stopped")).to_be_visible(timeout=1000)
    expect(page.button("Run")).to_be_enabled()
    expect(page.line).to_contain_text("was stopped at")
    page.screenshot("3_stopped")
    assert page.faults() == []
    assert page.errors == []


def test_trials_are_compared_and_restored(open_page):
    page = open_page("q4")
    page.type("epochs", 1)
    for number, units in enumerate((3, 30, 10), start=1):
        page.type("hidden units", units)
        page.button("Run").click()
        expect(page.panel.locator(".nnlib-row")).to_have_count(number, timeout=20_000)
        expect(page.button("Run")).to_be_enabled()
    best = page.panel.locator(".nnlib-best")
    expect(best).to_have_count(1)
    expect(best).to_contain_text("★")
    expect(best.locator("span").nth(1)).to_have_text("30")
    page.button("validation").click()
    order = page.panel.locator(".nnlib-row span:nth-child(2)")
    expect(order).to_have_text(["30", "10", "3"])
    page.screenshot("4_table")
    assert page.faults() == []
    page.button("Use").nth(2).click()
    expect(page.box("hidden units")).to_have_value("3")
    assert page.errors == []


def test_the_stepper_steps(open_page):
    page = open_page("q1")
    first = page.picture()
    expect(page.line).to_contain_text("Step 1 of 9")
    page.button("Next").click()
    expect(page.line).to_contain_text("Step 2 of 9")
    assert page.picture() != first
    page.panel.locator(".noUi-handle").focus()
    page.panel.locator(".noUi-handle").press("ArrowRight")
    expect(page.line).to_contain_text("Step 3 of 9")
    page.button("Previous").click()
    expect(page.line).to_contain_text("Step 2 of 9")
    page.screenshot("1_steps")
    page.button("full").click()
    expect(page.line).to_contain_text("Step 1 of 25")
    page.panel.locator("button[title*='Play'], button .fa-play").first.click()
    expect(page.line).to_contain_text("Step 3 of 25", timeout=10_000)
    page.panel.locator("textarea").nth(1).fill("1 2\n3")
    page.panel.locator("textarea").nth(1).blur()
    expect(page.panel.get_by_role("alert")).to_contain_text("rows of one length")
    page.screenshot("2_full")
    for number, panel in enumerate(page.tab.locator(".nnlib-live").all()):
        panel.screenshot(path=SCREENS / f"{page.kind}_q1_panel{number}.png")
        assert panel.evaluate(FAULTS) == []
    assert page.errors == []


def test_a_playground_redraws_and_nothing_on_its_page_is_clipped(voila, browser):
    page = VoilaPage(browser.new_page(viewport={"width": 1280, "height": 800}), voila, "q7")
    first = page.picture()
    expect(page.line).to_contain_text("10 layers of sigmoid")
    page.press("layers", "ArrowRight", 3)
    expect(page.line).to_contain_text("13 layers of sigmoid")
    assert page.picture() != first
    for number, panel in enumerate(page.tab.locator(".nnlib-live").all()):
        panel.screenshot(path=SCREENS / f"voila_q7_panel{number}.png")
        assert panel.evaluate(FAULTS) == []
    assert page.errors == []
    page.tab.close()


def test_another_cell_runs_while_it_trains(lab, browser):
    page = LabPage(browser.new_page(viewport={"width": 1280, "height": 800}), lab, "q4")
    page.type("epochs", 15)
    page.type("hidden units", 300)
    page.button("Run").click()
    expect(page.clock("s left")).to_be_visible()
    page.run_second_cell()
    expect(page.tab.locator(".jp-CodeCell").nth(1).locator(".jp-OutputArea-output")).to_have_text(["42"])
    expect(page.clock("s left")).to_be_visible()  # training goes on
    expect(page.tab.locator(".jp-RenderedImage:visible")).to_have_count(0)  # the static fallback is hidden
    page.button("Stop").click()
    expect(page.clock("stopped")).to_be_visible()
    page.tab.close()
