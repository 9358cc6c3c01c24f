"""`Panel`, what every explorer is: widgets, and a plain picture and text for readers that cannot show widgets."""

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
    """Widgets that display themselves together with a plain copy.

    A cell that ends with a panel has three outputs: the widgets, and a picture and a text that are kept up to date and
    are hidden for as long as the widgets live. A saved notebook, nbconvert and GitHub show these two.

    Args:
        name: what the panel is called. A panel that is made under the name of an earlier one closes that, because the
            cell was run again; give two that shall live side by side two names.
        children: the widgets.
    """

    name = ""  # ipywidgets closes an object whose construction failed, too

    def __init__(self, name: str, children: list[ipywidgets.Widget]):
        fits = re.fullmatch(r"[\w-]+", name) is not None
        checks.require(fits, "name", "letters, digits, _ and -, as of a file", repr(name))
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
        """Return what is shown where no widget can be: a PNG file, and text that stands by itself."""
        raise NotImplementedError

    def close(self) -> None:
        """Take the widgets off the page, for good."""
        self.closed = True
        if _open.get(self.name) is self:
            del _open[self.name]
        _close_all(self.children)
        super().close()

    def refresh_plain_copy(self) -> None:
        """Bring the plain copy up to date in every cell that shows this panel."""
        if self._displayed and not self.closed:
            for data, display_id in self._plain_outputs():
                update_display(data, raw=True, display_id=display_id)

    def _plain_outputs(self) -> list[tuple[dict, str]]:
        image, text = self.static_fallback()
        picture = {
            "image/png": base64.b64encode(image).decode("ascii"),
            "text/plain": f"{self.name}: a picture, told in words below.",
        }
        return [(picture, f"{self._display_id}-picture"), ({"text/plain": text}, f"{self._display_id}-text")]

    def _ipython_display_(self) -> None:
        view = self._repr_mimebundle_()
        view["text/plain"] = f"{self.name}: run this cell for the live controls; what follows is their last state."
        display(view, raw=True)
        for data, display_id in self._plain_outputs():
            display(data, raw=True, display_id=display_id)
        self._displayed = True


def _close_all(widgets: tuple[ipywidgets.Widget, ...]) -> None:
    for widget in widgets:
        _close_all(getattr(widget, "children", ()))
        widget.close()
