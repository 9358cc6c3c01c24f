"""The widgets of one control. What a browser sends is compared with the declaration: the browser checks nothing."""

from __future__ import annotations

import html
from collections.abc import Callable

import ipywidgets

from nnlib import checks
from nnlib.tables import format_value
from nnlib.widgets.style import BOX, CONTROL

Value = int | float | str

_LABEL, _SLIDER, _BOX, _CHOICE, _NOTE, _ROW = "116px", "244px", "76px", "324px", "76px", "420px"


class View:
    """The widgets of one control.

    Attributes:
        control: the declaration that they are made from.
        row: the widget to lay out.
        note: the text after the value.
        message: what is wrong with the last value that the user gave; empty if nothing is.
    """

    def __init__(self, control, *widgets: ipywidgets.Widget):
        self.control = control
        self.note = ipywidgets.Label("", layout={"width": _NOTE, "display": "none" if control.note is None else "flex"})
        self.message = ipywidgets.HTML(layout={"display": "none", "width": "100%"})
        wrap = {"flex_flow": "row wrap", "align_items": "center", "align_content": "flex-start"}
        self.row = ipywidgets.HBox([*widgets, self.note, self.message])
        self.row.layout = {**wrap, "width": _ROW, "max_width": "100%"}
        self.row.add_class(CONTROL)
        self._value, self._callbacks = control.default, []
        self._show()
        for widget in widgets:
            widget.observe(self._changed_by_user, "value")

    @property
    def value(self) -> Value:
        """The setting; assigning it moves the widgets, and a value that the control does not admit is a ValueError."""
        return self._value

    @value.setter
    def value(self, value: Value) -> None:
        old, self._value = self._value, self._checked(value)
        self._report("")
        self._show()
        if self._value != old:
            for callback in self._callbacks:
                callback()

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call `callback` after every change of the value, by the user or by assignment."""
        self._callbacks.append(callback)

    def _checked(self, value: Value) -> Value:
        raise NotImplementedError

    def _move_widgets(self) -> None:
        raise NotImplementedError

    def _given(self, widget: ipywidgets.Widget) -> Value:
        """Return the setting that a widget's value stands for."""
        return widget.value

    def _show(self) -> None:
        self._moving = True  # the slider's nearest position may not be what was typed: do not read it back
        self._move_widgets()
        self._moving = False
        self.note.value = "" if self.control.note is None else self.control.note(self._value)

    def _changed_by_user(self, change: dict) -> None:
        if self._moving:
            return
        try:
            self.value = self._given(change["owner"])
        except ValueError as error:
            self._report(f"{error} It stays at {format_value(self._value)}.")
            self._show()

    def _report(self, text: str) -> None:
        self.message.value = f'<span role="alert">{html.escape(text)}</span>' if text else ""
        self.message.layout.display = "flex" if text else "none"


class NumberView(View):
    """A slider and a box that move together.

    Args:
        control: what they show.
        slider: the ipywidgets slider.
        whole: whether the value is a whole number.
        value_at: returns the value at a position of the slider.
        nearest: returns the position nearest to a value.
    """

    def __init__(
        self,
        control,
        slider: ipywidgets.Widget,
        whole: bool,
        *,
        value_at: Callable[[float], float],
        nearest: Callable[[float], float],
    ):
        low, high = map(format_value, control.extremes)
        self._range = f"{'a whole number' if whole else 'a number'} from {low} to {high}"
        # Not a bounded one, nor one for integers: those turn 12.7 into 127 and 1e2 into 12, in the browser.
        self.box = ipywidgets.FloatText(description=f"{control.label}, {self._range}", layout={"width": _BOX})
        self.box.add_class(BOX)
        self.slider, self._whole, self._value_at, self._nearest = slider, whole, value_at, nearest
        super().__init__(control, slider, self.box)

    def _checked(self, value: Value) -> Value:
        low, high = self.control.extremes
        number = isinstance(value, (int, float)) and low <= value <= high  # which NaN is not
        checks.require(
            number and (not self._whole or value == int(value)), self.control.label, self._range, format_value(value)
        )
        return int(value) if self._whole else value

    def _move_widgets(self) -> None:
        self.box.value, self.slider.value = self._value, self._nearest(self._value)

    def _given(self, widget: ipywidgets.Widget) -> Value:
        return self._value_at(widget.value) if widget is self.slider else widget.value


class ChoiceView(View):
    """A drop-down list."""

    def __init__(self, control):
        self.list = ipywidgets.Dropdown(
            options=list(control.options), value=control.default, description=control.label, **_label(_CHOICE)
        )
        super().__init__(control, self.list)

    def _checked(self, value: Value) -> Value:
        checks.choice(self.control.label, value, self.control.extremes)
        return value

    def _move_widgets(self) -> None:
        self.list.value = self._value


def _label(width: str) -> dict[str, object]:
    return {"style": {"description_width": _LABEL}, "layout": {"width": width}}


def slider_options(control) -> dict[str, object]:
    """Return the options of a control's slider: its label, its width, no number of its own."""
    return {"readout": False, "description": control.label, **_label(_SLIDER)}
