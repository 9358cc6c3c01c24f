"""An explorer in a browser, driven as by a user; JupyterLab's and Voila's pages have the same methods."""

import re
import time
from typing import ClassVar

import nbformat
from playwright.sync_api import expect

from nnlib.storage import REPOSITORY
from tools import app

SCREENS = REPOSITORY / "build" / "screens"

# Among the visible parts of a panel: texts wider than their boxes, and widgets that overlap.
FAULTS = """
panel => {
  const parts = '.widget-label:not(.nnlib-box > *), button, input, select, textarea, .widget-image, .noUi-base';
  const boxes = [...panel.querySelectorAll(parts)]
    .filter(element => element.offsetParent !== null && element.getBoundingClientRect().width > 0);
  const name = element => element.tagName + ' ' + (element.innerText || element.title || element.className);
  const faults = boxes
    .filter(element => element.matches('.widget-label, button') && element.scrollWidth > element.clientWidth + 1)
    .map(element => 'clipped: ' + name(element));
  boxes.forEach((one, i) => boxes.slice(i + 1).forEach(other => {
    if (one.contains(other) || other.contains(one)) return;
    const a = one.getBoundingClientRect(), b = other.getBoundingClientRect();
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 2 && high > 2) faults.push('overlap: ' + name(one) + ' and ' + name(other));
  }));
  return faults;
}
"""


class PanelPage:
    """A tab with a panel in it.

    Attributes:
        tab: Playwright's page.
        errors: the errors on the browser's console.
        panel: the first panel on the page.
    """

    kind: str

    def __init__(self, tab, server, question):
        self.tab, self.question, self.errors = tab, question, []
        tab.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        tab.on("pageerror", lambda error: self.errors.append(str(error)))
        tab.set_default_timeout(15_000)
        tab.set_default_navigation_timeout(120_000)  # a page of `make app` is there when its kernel has run it
        self._open(server)
        self.panel = tab.locator(".nnlib-live").first
        self.panel.locator("img").first.wait_for(timeout=60_000)
        self.line = self.panel.locator("[role=status], [role=alert]").first

    def row(self, label):
        """Return the row of a control."""
        return self.panel.locator(".nnlib-control", has=self.tab.get_by_text(label, exact=True))

    def box(self, label):
        """Return the box next to a slider."""
        return self.row(label).locator("input")

    def press(self, label, key, times=1):
        """Move a slider with the keyboard."""
        handle = self.row(label).locator(".noUi-handle")
        handle.focus()
        for _ in range(times):
            handle.press(key)

    def type(self, label, value):
        """Type a value into the box next to a slider."""
        self.box(label).fill(str(value))
        self.box(label).press("Enter")

    def button(self, name):
        """Return a button of the panel by its text."""
        return self.panel.locator("button", has_text=re.compile(rf"^\s*{name}\s*$"))

    def clock(self, text):
        """Return the label next to the progress bar, if it contains `text`."""
        return self.panel.locator(".widget-label", has_text=re.compile(rf"^Run \d+\b.*{text}"))

    def picture(self):
        """Return the source of the picture, which differs for every image."""
        return self.panel.locator("img").first.get_attribute("src")

    def pictures(self, count):
        """Return the seconds from one picture to the next, over `count` different ones, or fail."""
        seen, times, deadline = set(), [], time.monotonic() + 60
        while len(seen) < count:
            assert time.monotonic() < deadline, f"{len(seen)} different pictures in a minute, {count} expected"
            if (picture := self.picture()) not in seen:
                seen.add(picture)
                times.append(time.monotonic())
            self.tab.wait_for_timeout(30)
        return (times[-1] - times[0]) / (count - 1)

    def faults(self):
        """Return what is clipped or overlaps at the current size."""
        return self.panel.evaluate(FAULTS)

    def screenshot(self, name):
        """Save what the user sees in build/screens/."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.tab.screenshot(path=SCREENS / f"{self.kind}_{self.question}_{name}.png")


class LabPage(PanelPage):
    """A notebook in JupyterLab whose cells have all run."""

    kind = "lab"

    def _open(self, server):
        server.end_kernels()
        self.tab.goto(server.url(f"lab/tree/{self.question}.ipynb", "&reset"))
        self.tab.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
        self.tab.get_by_role("menuitem", name="Run", exact=True).click()
        self.tab.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        self.result().wait_for(timeout=60_000)

    def result(self):
        """Return the second cell's output."""
        return self.tab.locator(".jp-OutputArea-executeResult", has_text="42")

    def run_cell(self, number):
        """Run a code cell, counted from 0, and wait until it has run."""
        cell = self.tab.locator(".jp-CodeCell").nth(number)
        prompt = cell.locator(".jp-InputPrompt").element_handle()
        prompt.evaluate("prompt => prompt.dataset.before = prompt.innerText")
        cell.locator(".cm-content").click()
        self.tab.keyboard.press("Shift+Enter")
        self.tab.wait_for_function("prompt => prompt.innerText !== prompt.dataset.before", arg=prompt)
        self.tab.wait_for_function(r"prompt => /^\[\d+\]:$/.test(prompt.innerText.trim())", arg=prompt, timeout=60_000)


class CommittedPage(LabPage):
    """A committed notebook of the homework of which those cells have run that its explorer needs, and the explorer."""

    kind = "committed"
    cells: ClassVar = {
        "q4_softmax": ("setup", "tools", "load", "explorer"),
        "q5_cnn": ("setup", "functions", "explorer"),
    }

    def _open(self, server):
        server.end_kernels()
        self.tab.goto(server.url(f"lab/tree/{self.question}.ipynb", "&reset"))
        idle = self.tab.get_by_text("Python 3 (ipykernel) | Idle")
        idle.wait_for(timeout=60_000)
        notebook = nbformat.read(REPOSITORY / "notebooks" / f"{self.question}.ipynb", 4)
        ids = [cell.id for cell in notebook.cells if cell.cell_type == "code"]
        for cell in self.cells[self.question]:
            self.run_cell(ids.index(cell))
        idle.wait_for()
        expect(self.tab.locator("[data-mime-type='application/vnd.jupyter.error']")).to_have_count(0)
        self.tab.locator(".nnlib-live").first.scroll_into_view_if_needed()


class VoilaPage(PanelPage):
    """A page of `make app`."""

    kind = "voila"

    def _open(self, server):
        title = next(title for title in app.PAGES if title.lower().startswith(self.question))
        self.tab.goto(server.url(f"voila/render/{title}.ipynb"))
