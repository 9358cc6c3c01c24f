"""`play`: controls that redraw a figure, for experiments that are computed in a moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ipywidgets

from nnlib import checks
from nnlib.widgets.controls import Control, check_controls
from nnlib.widgets.panel import Panel
from nnlib.widgets.picture import Picture, new_figure, png

SIZE = "(width, height) in inches"


class Playground(Panel):
    """What `play` returns.

    Attributes:
        views: the controls' widgets by name; assigning to `views[name].value` redraws.
        alt_text: a description of the picture.
    """

    def __init__(self, draw: Callable[..., str], controls: Sequence[Control], size: tuple[float, float], name: str):
        checks.function("draw", draw, "(figure, **values) -> description")
        controls = check_controls(controls)
        checks.require(len(checks.listed("size", size, SIZE)) == 2, "size", SIZE, size)
        for index, inches in enumerate(size):
            checks.positive(f"size[{index}]", inches)
        self._draw, self._size = draw, size
        self._png, self.alt_text = b"", ""
        self.views = {control.name: control.view() for control in controls}
        self.picture = Picture()
        rows = [view.row for view in self.views.values()]
        super().__init__(name, [ipywidgets.HBox(rows, layout={"flex_flow": "row wrap"}), self.picture])
        for view in self.views.values():
            view.on_change(self._redraw)
        self._redraw()

    def static_fallback(self) -> tuple[bytes, str]:
        """Return the current picture and its description."""
        return self._png, self.alt_text

    def _redraw(self) -> None:
        figure = new_figure(*self._size)
        alt_text = self._draw(figure, **{name: view.value for name, view in self.views.items()})
        self._png, self.alt_text = png(figure), alt_text
        self.picture.image.value = self._png
        self.picture.announce(alt_text)
        self.refresh_static_fallback()


def play(
    draw: Callable[..., str],
    controls: Sequence[Control],
    *,
    size: tuple[float, float] = (8.6, 3.0),
    name: str,
) -> Playground:
    """Return controls above a figure that is redrawn whenever one of them changes, also while a slider is dragged.

    A slow figure skips positions of the slider: the browser sends the next one when the last one is drawn.

    Args:
        draw: called as draw(figure, **values) with an empty Figure and the controls' values by name; draws into the
            figure and returns a description of it.
        controls: what can be set.
        size: of the figure in inches, (width, height).
        name: of the playground; a new one closes an earlier one of the same name.
    """
    return Playground(draw, controls, size, name)
