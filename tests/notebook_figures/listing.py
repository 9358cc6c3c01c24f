"""The list of a notebook's figures: for each, in order, its cell, its alt text, and what must be drawn."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import NamedTuple

from matplotlib.figure import Figure
from notebook_figures.panels import differences

from nnlib.plots.description import describe


class Expected(NamedTuple):
    """One figure.

    Attributes:
        cell: its cell's id.
        alt: its alt text, or a function of the notebook's variables that returns it.
        panels: a function of the variables that returns what must be drawn; None if nbval compares its description.
        same: whether it is the same on every machine, for all data and in all profiles.
    """

    cell: str
    alt: str | Callable
    panels: Callable | None
    same: bool


class Listing(list):
    """Figures in order. An expectation recomputes what it can from what the cells before the figure's have left."""

    def __call__(self, cell: str, alt: str | Callable, *, same: bool = False):
        """Enter the decorated function, which returns panels, or panels and the headings above them."""

        def enter(panels: Callable) -> Callable:
            self.append(Expected(cell, alt, panels, same))
            return panels

        return enter

    def described(self, cell: str, alt: str) -> None:
        """Enter a figure that is shown with its description, which nbval compares with the saved one."""
        self.append(Expected(cell, alt, None, True))

    def of(self, cell: str) -> list[Expected]:
        """Return the figures of a cell."""
        return [each for each in self if each.cell == cell]


def faults(expected: Expected, figure: Figure, alt: str, text: str, variables: dict) -> list[str]:
    """Return in words what is wrong with a figure, its alt text and the text beside it, given the variables."""
    ns = SimpleNamespace(**variables)
    must = expected.alt(ns) if callable(expected.alt) else expected.alt
    found = [] if alt == must else [f"alt text: expected {must!r}, got {alt!r}"]
    if expected.panels is None:
        return found + ([] if text == describe(figure) else [f"expected its description beside it, got {text!r}"])
    panels = expected.panels(ns)
    panels, above = panels if isinstance(panels, tuple) else (panels, [])
    return found + differences(figure, panels, above)
