"""The book in Chromium, from disk: everything that is not a file is refused."""

import pytest
from playwright.sync_api import expect

from nnlib.storage import REPOSITORY
from tools import book

NOTEBOOK = "notebooks/q1_layers"
PAGES = ["index", "README", NOTEBOOK, "notebooks/q6_vgg_cifar10", "nnlib/layers/conv"]

# Texts whose contrast with what lies under them is below WCAG 2's level AA: 4.5, and 3 for large text.
LOW_CONTRAST = """
() => {
  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const under = element => {
    if (!element) return [255, 255, 255];
    const [red, green, blue, opacity = 1] = channels(getComputedStyle(element).backgroundColor);
    if (opacity === 1) return [red, green, blue];
    const below = under(element.parentElement);
    return [red, green, blue].map((value, i) => opacity * value + (1 - opacity) * below[i]);
  };
  const luminance = colour => colour.slice(0, 3)
    .map(value => value / 255)
    .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
  const faults = new Set();
  const texts = document.createTreeWalker(document.querySelector('.page'), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.data.trim(), element = texts.currentNode.parentElement;
    if (!text || !element.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
    const style = getComputedStyle(element);
    const [low, high] = [channels(style.color), under(element)].map(luminance).sort((a, b) => a - b);
    const contrast = (high + 0.05) / (low + 0.05);
    if (contrast < (parseFloat(style.fontSize) >= 24 ? 3 : 4.5)) faults.add(contrast.toFixed(2) + ' ' + text);
  }
  return [...faults];
}
"""


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    """The book of the committed notebooks."""
    folder = tmp_path_factory.mktemp("book")
    book.build(REPOSITORY / "notebooks", folder)
    return folder / "html"


@pytest.fixture(params=["light", "dark"])
def tab(request, browser):
    """A tab of a user who prefers light or dark pages; at its end nothing was refused and the console is empty."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme=request.param)
    faults = []
    context.route(lambda address: not address.startswith(("file:", "data:")), lambda route: route.abort())
    context.on("request", lambda sent: faults.append(sent.url) if not sent.url.startswith(("file:", "data:")) else None)
    context.on("requestfailed", lambda sent: faults.append(f"failed: {sent.url}"))
    context.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: faults.append(str(error.error)))
    opened = context.new_page()
    opened.scheme = request.param
    yield opened
    context.close()
    assert faults == []


def open_page(tab, html, name):
    """Open a page and wait for its formulas."""
    tab.goto((html / f"{name}.html").as_uri())
    tab.evaluate("window.MathJax?.startup.promise")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_any_window_and_is_readable(tab, html, name):
    open_page(tab, html, name)
    for width in (400, 800, 1280, 1920):
        tab.set_viewport_size({"width": width, "height": 800})
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.evaluate(LOW_CONTRAST) == []


def test_formulas_are_rendered(tab, html):
    open_page(tab, html, NOTEBOOK)
    formulas = tab.locator(".math")
    assert formulas.count() > 300
    assert tab.locator(".math:not(:has(mjx-container svg))").count() == 0
    assert tab.locator("[data-mml-node=merror]").count() == 0


def test_search_finds_a_word_and_leads_to_it(tab, html):
    open_page(tab, html, "index")
    tab.get_by_placeholder("Search").fill("im2col")
    tab.get_by_placeholder("Search").press("Enter")
    found = tab.locator("#search-results a", has_text="Q1 · Layers")
    found.first.click()
    tab.wait_for_url("**/q1_layers.html*")
    assert tab.get_by_role("heading", name="Q1 · Layers").is_visible()


def test_the_theme_is_switched_and_pictures_stay_on_white(tab, html):
    open_page(tab, html, NOTEBOOK)
    seen = set()
    for _ in range(3):  # as the system prefers, light, dark
        tab.locator(".theme-toggle:visible").click()
        ground = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        seen.add(ground)
        picture = tab.evaluate("getComputedStyle(document.querySelector('article img')).backgroundColor")
        assert "rgb(255, 255, 255)" in (ground, picture)
    assert len(seen) == 2


def test_next_previous_and_a_name_lead_on(tab, html):
    open_page(tab, html, NOTEBOOK)
    tab.locator(".next-page").click()
    tab.wait_for_url("**/q2_logistic.html")
    tab.locator(".prev-page").click()
    tab.wait_for_url("**/q1_layers.html")
    tab.get_by_role("link", name="conv_forward", exact=True).first.click()
    tab.wait_for_url("**/nnlib/layers/conv.html#conv-forward")


def test_a_hint_unfolds(tab, html):
    open_page(tab, html, "notebooks/q7_short_answers")
    hint = tab.locator("details").first
    expect(hint.locator("p")).to_be_hidden()
    hint.locator("summary").click()
    expect(hint.locator("p")).to_be_visible()
