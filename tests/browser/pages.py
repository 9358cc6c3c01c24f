"""An explorer in a browser, with the user's hands on it: JupyterLab's and Voila's page are driven alike."""

import re
import time
from pathlib import Path

from tools import app

SCREENS = Path(app.ROOT) / "build" / "screens"

# In what is visible of a panel: texts wider than their boxes, and widgets that lie on each other.
FAULTS = """
panel => {
  const boxes = [...panel.querySelectorAll('.widget-label, button, input, select, textarea, .widget-image, .noUi-base')]
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
        errors: what the console has complained of.
        panel: the first panel on the page.
    """

    kind: str

    def __init__(self, tab, server, question):
        self.tab, self.question, self.errors = tab, question, []
        tab.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        tab.on("pageerror", lambda error: self.errors.append(str(error)))
        tab.set_default_timeout(15_000)
        self._open(server)
        self.panel = tab.locator(".nnlib-live").first
        self.panel.locator("img").first.wait_for(timeout=60_000)
        self.line = self.panel.locator("[role=status], [role=alert]").first

    def row(self, label):
        """Return the row of the control with this label."""
        return self.panel.locator(".nnlib-control", has=self.tab.get_by_text(label, exact=True))

    def box(self, label):
        """Return the typed box beside a slider."""
        return self.row(label).locator("input")

    def press(self, label, key, times=1):
        """Move a slider by the keyboard."""
        handle = self.row(label).locator(".noUi-handle")
        handle.focus()
        for _ in range(times):
            handle.press(key)

    def type(self, label, value):
        """Type a value into the box beside a slider."""
        self.box(label).fill(str(value))
        self.box(label).press("Enter")

    def button(self, name):
        """Return a button of the panel by what is written on it."""
        return self.panel.locator("button", has_text=re.compile(rf"^\s*{name}\s*$"))

    def clock(self, text):
        """Return the label beside the progress bar, if it shows `text`."""
        return self.panel.locator(".widget-label", has_text=re.compile(rf"^Run \d+\b.*{text}"))

    def picture(self):
        """Return what the picture shows, as the browser knows it."""
        return self.panel.locator("img").first.get_attribute("src")

    def pictures(self, count, seconds):
        """Return the pictures seen until there are `count` different ones, or for so long."""
        seen, deadline = [], time.monotonic() + seconds
        while len(set(seen)) < count and time.monotonic() < deadline:
            seen.append(self.picture())
            self.tab.wait_for_timeout(30)
        return set(seen)

    def faults(self):
        """Return what is clipped or overlaps at the present size."""
        return self.panel.evaluate(FAULTS)

    def screenshot(self, name):
        """Save what a user sees as build/screens/NAME.png."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.tab.screenshot(path=SCREENS / f"{self.kind}_{self.question}_{name}.png")


class LabPage(PanelPage):
    """A notebook in JupyterLab, all cells executed."""

    kind = "lab"

    def _open(self, server):
        self.tab.goto(server.url(f"lab/tree/{self.question}.ipynb", "&reset"))
        self.tab.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
        self.tab.get_by_role("menuitem", name="Run", exact=True).click()
        self.tab.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        self.result().wait_for(timeout=60_000)

    def result(self):
        """Return the second cell's output."""
        return self.tab.locator(".jp-OutputArea-executeResult", has_text="42")

    def run_second_cell(self):
        """Execute the notebook's second cell, and wait until it has a new number."""
        prompt = self.tab.locator(".jp-CodeCell").nth(1).locator(".jp-InputPrompt")
        before = prompt.inner_text()
        self.tab.locator(".jp-CodeCell").nth(1).locator(".cm-content").click()
        self.tab.keyboard.press("Shift+Enter")
        self.tab.wait_for_function(
            r"([cell, before]) => /^\[\d+\]:$/.test(cell.innerText.trim()) && cell.innerText !== before",
            arg=[prompt.element_handle(), before],
        )


class VoilaPage(PanelPage):
    """A page of `make app`."""

    kind = "voila"

    def _open(self, server):
        stem = next(stem for stem in app.PAGES if stem.startswith(self.question))
        self.tab.goto(server.url(f"voila/render/{stem}.ipynb"))
