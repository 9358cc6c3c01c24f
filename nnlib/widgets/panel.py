"""`Panel`, the base class of all explorers: widgets, with a picture and a text for readers without widgets."""

from __future__ import annotations

import base64
import re
import uuid

import ipywidgets
from IPython.display import display, update_display

from nnlib import checks
from nnlib.widgets.style import LIVE, SHEET

_open: dict[str, Panel] = {}


class Panel(ipywidgets.VBox):
    """Widgets that display themselves together with a static fallback.

    A cell that ends with a panel has three outputs: the widgets, a picture and a text. The latter two are kept up to
    date and hidden while the widgets are live; a saved notebook, nbconvert and GitHub show them.

    Args:
        name: of the panel. A new panel closes an earlier one of the same name, since that means that its cell ran
            again; give panels that are open at the same time different names.
        children: the widgets.
    """

    name = ""  # ipywidgets also closes an object whose construction failed

    def __init__(self, name: str, children: list[ipywidgets.Widget]):
        fits = isinstance(name, str) and re.fullmatch(r"[\w-]+", name) is not None
        checks.require(fits, "name", "letters, digits, _ and - only: it names a file", repr(name))
        sheet = ipywidgets.HTML(SHEET, layout={"display": "none"})
        super().__init__([*children, sheet])
        self.add_class(LIVE)
        self.name = name
        self.closed = False
        self._display_id = uuid.uuid4().hex
        self._displayed = False
        if name in _open:
            _open[name].close()
        _open[name] = self

    def static_fallback(self) -> tuple[bytes, str]:
        """Return what is shown where widgets cannot be: PNG bytes, and a text that can be read without the picture.

        The text's first line is also the picture's alt text.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Remove the widgets from the page for good."""
        self.closed = True
        if _open.get(self.name) is self:
            del _open[self.name]
        _close_all(self.children)
        super().close()

    def refresh_static_fallback(self) -> None:
        """Update the static fallback in every cell that shows this panel."""
        if self._displayed and not self.closed:
            for data, metadata, display_id in self._static_outputs():
                update_display(data, metadata=metadata, raw=True, display_id=display_id)

    def _static_outputs(self) -> list[tuple[dict, dict, str]]:
        image, text = self.static_fallback()
        alt = {"image/png": {"alt": text.partition("\n")[0]}}
        picture = {
            "image/png": base64.b64encode(image).decode("ascii"),
            "text/plain": f"{self.name}: a picture, described below.",
        }
        return [(picture, alt, f"{self._display_id}-picture"), ({"text/plain": text}, {}, f"{self._display_id}-text")]

    def _ipython_display_(self) -> None:
        view = self._repr_mimebundle_()
        view["text/plain"] = f"{self.name}: run this cell for live controls; their last state follows."
        display(view, raw=True)
        for data, metadata, display_id in self._static_outputs():
            display(data, metadata=metadata, raw=True, display_id=display_id)
        self._displayed = True


def opened(name: str) -> Panel | None:
    """Return the open panel of that name, None without one."""
    return _open.get(name) if isinstance(name, str) else None


def _close_all(widgets: tuple[ipywidgets.Widget, ...]) -> None:
    for widget in widgets:
        _close_all(getattr(widget, "children", ()))
        widget.close()
