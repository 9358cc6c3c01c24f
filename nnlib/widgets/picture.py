"""A picture in a widget: a Figure without pyplot, drawn in whatever thread, set as PNG bytes and told in words."""

from __future__ import annotations

import html
import io

import ipywidgets
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

DPI = 100


def new_figure(width: float, height: float) -> Figure:
    """Return an empty Figure of so many inches that pyplot does not know of."""
    figure = Figure(figsize=(width, height), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def png(figure: Figure) -> bytes:
    """Return a Figure as the bytes of a PNG file."""
    buffer = io.BytesIO()
    # Drawn for the screen a few times a second: packing it well would take longer than sending it.
    figure.canvas.print_png(buffer, pil_kwargs={"compress_level": 1})
    return buffer.getvalue()


class Picture(ipywidgets.VBox):
    """An image with a line below that says in words what it shows."""

    def __init__(self):
        self.image = ipywidgets.Image(format="png")
        self.image.layout.max_width = "100%"
        self.image.layout.object_fit = "contain"
        self.image.layout.align_self = "flex-start"
        self.line = ipywidgets.HTML()
        super().__init__([self.image, self.line])

    def announce(self, words: str, *, alert: bool = False) -> None:
        """Replace the words, which are plain text; a screen reader announces an `alert`, an error, at once."""
        role = "alert" if alert else "status"
        style = "color: var(--jp-error-color0, #a4000f); line-height: 1.4" if alert else "line-height: 1.4"
        self.line.value = f'<div role="{role}" style="{style}">{html.escape(words)}</div>'
