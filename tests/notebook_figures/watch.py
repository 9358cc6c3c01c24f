"""An IPython extension of the kernels in which nbval runs a notebook: it compares each figure with what must be drawn.

The conftest.py of the repository's root loads it and names the notebook in the environment. What it finds becomes an
error of the cell, which nbval reports.
"""

import base64
import functools
import importlib.util
import json
import os
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from notebook_figures.listing import faults
from notebook_figures.stored import unlike

NOTEBOOK = "NNLIB_NOTEBOOK_UNDER_TEST"
PNG = "image/png"
PICTURES = (PNG, "image/jpeg", "image/svg+xml")
KEPT = 50  # pictures of one cell: an explorer draws several while it trains, and shows the last one


class Watch:
    """Keeps the pictures that a cell shows, with the figures that they were made from, and compares them after it."""

    def __init__(self, shell, notebook: Path):
        self.shell, self.figures, self.shown, self.cell = shell, {}, [], None
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        self.cells = {"".join(cell["source"]): cell["id"] for cell in cells}
        outputs = {cell["id"]: [output.get("data", {}) for output in cell.get("outputs", ())] for cell in cells}
        self.stored = {
            cell: [data["image/png"] for data in own if "image/png" in data] for cell, own in outputs.items()
        }
        self.listing = importlib.import_module(f"notebook_figures.{notebook.stem}").shown

    def start(self) -> None:
        print_png = FigureCanvasAgg.print_png

        @functools.wraps(print_png)
        def remember(canvas, file, *args, **options):
            result = print_png(canvas, file, *args, **options)
            if hasattr(file, "getvalue"):
                self.figures[file.getvalue()] = canvas.figure
                for old in list(self.figures)[:-KEPT]:
                    self.figures.pop(old, None)  # an explorer draws in a thread of its own
            return result

        FigureCanvasAgg.print_png = remember
        self.shell.display_pub.register_hook(self.on_display)
        self.shell.events.register("pre_run_cell", self.before)
        self.shell.events.register("post_run_cell", self.after)

    def before(self, info) -> None:
        self.cell = self.cells.get(info.raw_cell)
        self.figures.clear()
        self.shown.clear()

    def on_display(self, message: dict) -> dict:
        """Keep what a cell displays, and the variables as they are now; the message goes on unchanged."""
        content = message["content"]
        data = content.get("data", {})
        if any(_is_picture(kind, value) for kind, value in data.items()):
            alt = content["metadata"].get(PNG, {}).get("alt", "")
            self.shown.append((_bytes(data.get(PNG, b"")), alt, data.get("text/plain"), dict(self.shell.user_ns)))
        return message

    def after(self, result) -> None:
        """Raise an AssertionError that says what is wrong with the figures of the cell that has run."""
        if not result.success:
            return  # its own error is enough
        expected, shown = self.listing.of(self.cell), self.shown
        found = []
        if len(shown) != len(expected):
            found.append(f"expected {len(expected)} of them, got {len(shown)}; list them in tests/notebook_figures/")
        value, formatters = result.result, self.shell.display_formatter.formatters
        if value is not None and any(formatters[kind](value) is not None for kind in PICTURES):
            found.append("the cell's value is a picture: show it by nnlib.plots.show, with an alt text")
        for must, (picture, *said) in zip(expected, shown, strict=False):
            if picture in self.figures:
                found += faults(must, self.figures[picture], *said)
            else:
                found.append(f"{must.alt}: its picture was not drawn by matplotlib in this cell")
        for must, (picture, *_), stored in zip(expected, shown, self.stored.get(self.cell, ()), strict=False):
            found += unlike(picture, _bytes(stored), must.same) if picture else []
        assert not found, "\n".join([f"the figures of cell {self.cell} are not what they must be:", *found])


def _is_picture(kind: str, value: object) -> bool:
    """Whether a part of an output is a picture, or a text that holds one."""
    held = isinstance(value, str) and any(tag in value for tag in ("<img", "<svg", "data:image/"))
    return kind in PICTURES or (held and kind in ("text/html", "text/markdown"))


def _bytes(picture: bytes | str) -> bytes:
    """Return a picture's bytes; a panel has them encoded already."""
    return base64.b64decode(picture) if isinstance(picture, str) else picture


def load_ipython_extension(shell) -> None:
    notebook = Path(os.environ[NOTEBOOK])
    if importlib.util.find_spec(f"notebook_figures.{notebook.stem}"):
        Watch(shell, notebook).start()
