"""A figure in a widget: drawn without pyplot, in any thread, and shown as PNG bytes with a description."""

from __future__ import annotations

import html
import io

import ipywidgets
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

DPI = 150
"""Sharp where a page shows a picture larger than its size in inches says, as on a projector."""


def new_figure(width: float, height: float) -> Figure:
    """Return an empty Figure, its size in inches, that pyplot does not manage."""
    figure = Figure(figsize=(width, height), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def png(figure: Figure) -> bytes:
    """Return a Figure as the bytes of a PNG file."""
    buffer = io.BytesIO()
    # Redrawn a few times a second: better compression would take longer than sending the bytes.
    figure.canvas.print_png(buffer, pil_kwargs={"compress_level": 1})
    return buffer.getvalue()


class Picture(ipywidgets.VBox):
    """An image above a line of text that describes it."""

    def __init__(self):
        self.image = ipywidgets.Image(format="png")
        self.image.layout.width, self.image.layout.max_width = "100%", "1400px"
        self.image.layout.object_fit = "contain"
        self.image.layout.align_self = "flex-start"
        self.line = ipywidgets.HTML()
        super().__init__([self.image, self.line])

    def announce(self, alt_text: str, *, alert: bool = False) -> None:
        """Show a description, plain text; screen readers read an `alert`, an error, at once."""
        role = "alert" if alert else "status"
        self.line.value = f'<div role="{role}">{html.escape(alt_text)}</div>'
