"""`Panel`, what every explorer is: widgets, and a plain picture and text for readers that cannot show widgets."""

from __future__ import annotations

import uuid

import ipywidgets
from IPython.display import display, update_display

LIVE = "nnlib-live"

# Where the widgets are alive, the plain copy behind them is not shown; where they are not, this rule is not there.
_HIDE_PLAIN_COPY = f"<style>.jp-OutputArea-child:has(.{LIVE}) + .jp-OutputArea-child {{ display: none }}</style>"

_open: dict[str, Panel] = {}


class Panel(ipywidgets.VBox):
    """Widgets that display themselves with a plain copy.

    A cell that ends with a panel has two outputs: the widgets, and a picture with text, which is kept up to date and
    hidden for as long as the widgets live. A saved notebook, nbconvert and GitHub show the second.

    Args:
        name: a panel that is opened under the name of an earlier one closes that: the cell was run again.
        children: the widgets.
    """

    def __init__(self, name: str, children: list[ipywidgets.Widget]):
        super().__init__([*children, ipywidgets.HTML(_HIDE_PLAIN_COPY, layout={"display": "none"})])
        self.add_class(LIVE)
        self.name = name
        self.closed = False
        self._display_id = uuid.uuid4().hex
        self._displayed = False
        if name in _open:
            _open[name].close()
        _open[name] = self

    def plain_copy(self) -> tuple[bytes, str]:
        """Return what is shown where no widget can be: a PNG file, and text that stands by itself."""
        raise NotImplementedError

    def close(self) -> None:
        """Take the widgets off the page; they cannot be shown again."""
        self.closed = True
        if _open.get(self.name) is self:
            del _open[self.name]
        super().close()

    def refresh_plain_copy(self) -> None:
        """Bring the plain copies of every cell that shows this panel up to date."""
        if self._displayed:
            update_display(*self._plain_output(), display_id=self._display_id)

    def _ipython_display_(self) -> None:
        view = self._repr_mimebundle_()
        view["text/plain"] = f"{self.name}: run this cell (make lab) for the live controls."
        display(view, raw=True)
        data, metadata = self._plain_output()
        display(data, metadata=metadata, raw=True, display_id=self._display_id)
        self._displayed = True
