"""`play`: controls that redraw a figure, for experiments that take a moment and no training to the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import ipywidgets

from nnlib import checks
from nnlib.widgets.controls import Control
from nnlib.widgets.panel import Panel
from nnlib.widgets.picture import Picture, new_figure, png

IMMEDIATE_SECONDS = 0.1
"""A drawing that takes longer waits until the slider is let go."""


class Playground(Panel):
    """What `play` returns.

    Attributes:
        views: the widgets by the controls' names; assigning to `views[name].value` redraws.
        words: what the picture shows.
    """

    def __init__(self, draw: Callable[..., str], controls: Sequence[Control], size: tuple[float, float], name: str):
        checks.require(len(controls) > 0, "controls", "at least one", "none")
        self._draw, self._size = draw, size
        self._png, self.words = b"", ""
        self.views = {control.name: control.view() for control in controls}
        self.picture = Picture()
        rows = [view.row for view in self.views.values()]
        super().__init__(name, [ipywidgets.HBox(rows, layout={"flex_flow": "row wrap"}), self.picture])
        for view in self.views.values():
            view.on_change(self._redraw)
        self._redraw()

    def static_fallback(self) -> tuple[bytes, str]:
        """Return the present picture and its words."""
        return self._png, self.words

    def _redraw(self) -> None:
        start = time.perf_counter()
        figure = new_figure(*self._size)
        words = self._draw(figure, **{name: view.value for name, view in self.views.items()})
        self._png, self.words = png(figure), words
        self.picture.image.value = self._png
        self.picture.announce(words)
        self.refresh_plain_copy()
        immediate = time.perf_counter() - start < IMMEDIATE_SECONDS
        for view in self.views.values():
            view.redraw_while_dragged(immediate)


def play(
    draw: Callable[..., str],
    controls: Sequence[Control],
    *,
    size: tuple[float, float] = (8.6, 3.0),
    name: str,
) -> Playground:
    """Return controls above a figure that is drawn anew whenever one of them changes.

    Args:
        draw: called as draw(figure, **values) with an empty Figure and the controls' values by name; fills the figure
            and returns in words what it shows.
        controls: what can be set.
        size: of the figure, in inches.
        name: of the playground. A later one of the same name closes this one.
    """
    return Playground(draw, controls, size, name)
