"""Controls: a notebook declares name, label, range and default of each, and gets its widgets.

A number has a slider and a box to type in. The box holds the value; the slider moves to its nearest position, so that
any number in the range may be typed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import ipywidgets

from nnlib import checks
from nnlib.tables import format_value
from nnlib.widgets.style import CONTROL

Value = int | float | str

_LABEL, _SLIDER, _BOX, _NOTE = "116px", "124px", "76px", "76px"


@dataclass(frozen=True)
class Control:
    """One setting that the user may change.

    Attributes:
        name: of the setting, as the model, the Solver or the drawing function calls it.
        label: shown on its left.
        default: its first value.
        note: optionally, a function of the value; returns a text to show after it.
    """

    name: str
    label: str
    default: Value
    note: Callable[[Value], str] | None = field(default=None, kw_only=True)

    @property
    def extremes(self) -> tuple[Value, ...]:
        """The smallest and the largest value; for a choice, every option."""
        raise NotImplementedError

    def view(self) -> View:
        """Return new widgets for this control."""
        raise NotImplementedError


@dataclass(frozen=True)
class LinearSlider(Control):
    """A number from `low` to `high` in equal steps; a whole number if `step` is an int."""

    low: float
    high: float
    step: float = 1

    def __post_init__(self):
        checks.require(self.step > 0, "step", "a number above 0", self.step)
        _check_default(self, self.low, self.high)

    @property
    def extremes(self) -> tuple[Value, ...]:
        """`low` and `high`."""
        return self.low, self.high

    def view(self) -> NumberView:
        """Return a slider and a box."""
        whole = isinstance(self.step, int)
        slider = (ipywidgets.IntSlider if whole else ipywidgets.FloatSlider)(
            value=self.default, min=self.low, max=self.high, step=self.step, **_SLIDER_OPTIONS
        )
        # The browser adds up steps of 0.05: 0.15000000000000002 is meant to be 0.15.
        return NumberView(self, slider, whole, value_at=lambda position: round(position, 10), nearest=lambda x: x)


@dataclass(frozen=True)
class ValueSlider(Control):
    """A number whose slider has one position per element of `values`: for what is tuned by factors.

    Attributes:
        values: two or more, in increasing order.
    """

    values: Sequence[float]

    def __post_init__(self):
        values = list(self.values)
        checks.require(
            len(values) > 1 and values == sorted(set(values)), "values", "two or more in increasing order", values
        )
        _check_default(self, values[0], values[-1])

    @property
    def extremes(self) -> tuple[Value, ...]:
        """The first and the last of `values`."""
        return self.values[0], self.values[-1]

    def view(self) -> NumberView:
        """Return a slider and a box."""

        def nearest(value: float) -> int:
            return min(range(len(self.values)), key=lambda i: abs(self.values[i] - value))

        slider = ipywidgets.SelectionSlider(
            options=[(format_value(value), i) for i, value in enumerate(self.values)],
            value=nearest(self.default),
            **_SLIDER_OPTIONS,
        )
        whole = all(isinstance(value, int) for value in self.values)
        return NumberView(self, slider, whole, value_at=self.values.__getitem__, nearest=nearest)


@dataclass(frozen=True)
class Choice(Control):
    """One of several `options`."""

    options: Sequence[str]

    def __post_init__(self):
        checks.choice("default", self.default, tuple(self.options))

    @property
    def extremes(self) -> tuple[Value, ...]:
        """Every option."""
        return tuple(self.options)

    def view(self) -> ChoiceView:
        """Return a drop-down list."""
        return ChoiceView(self)


class View:
    """The widgets of one control.

    Attributes:
        control: the declaration that they are made from.
        row: the widget to lay out.
    """

    control: Control
    row: ipywidgets.Widget
    _holder: ipywidgets.Widget  # its value is the setting

    @property
    def value(self) -> Value:
        """The setting; assigning it moves the widgets, and a number out of range is clipped, not refused."""
        return self._holder.value

    @value.setter
    def value(self, value: Value) -> None:
        self._holder.value = value

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call `callback` after every change of the value, by the user or by assignment."""
        self._holder.observe(lambda _: callback(), "value")

    def redraw_while_dragged(self, wanted: bool) -> None:
        """Set whether the value follows a slider while it is dragged, or changes only when it is released."""

    def _lay_out(self, *widgets: ipywidgets.Widget) -> None:
        label = ipywidgets.Label(self.control.label, layout={"width": _LABEL})
        self.note = ipywidgets.Label("", layout={"width": _NOTE})
        if self.control.note is not None:
            self._show_note()
            self.on_change(self._show_note)
        self.row = ipywidgets.HBox([label, *widgets, self.note], layout={"align_items": "center"})
        self.row.add_class(CONTROL)

    def _show_note(self) -> None:
        self.note.value = self.control.note(self.value)


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
        control: Control,
        slider: ipywidgets.Widget,
        whole: bool,
        *,
        value_at: Callable[[float], float],
        nearest: Callable[[float], float],
    ):
        low, high = control.extremes
        box = (ipywidgets.BoundedIntText if whole else ipywidgets.BoundedFloatText)(
            value=control.default, min=low, max=high, layout={"width": _BOX}
        )
        slider.tooltip, box.tooltip = (
            control.label,
            f"{control.label}, from {format_value(low)} to {format_value(high)}",
        )
        self.control, self.slider, self.box, self._holder = control, slider, box, box
        self._value_at, self._nearest = value_at, nearest
        self._following = False
        slider.observe(self._slider_moved, "value")
        box.observe(self._box_changed, "value")
        self._lay_out(slider, box)

    def redraw_while_dragged(self, wanted: bool) -> None:
        """Set whether the value follows the slider while it is dragged, or changes only when it is released."""
        self.slider.continuous_update = wanted

    def _slider_moved(self, change: dict) -> None:
        if not self._following:
            self.box.value = self._value_at(change["new"])

    def _box_changed(self, change: dict) -> None:
        self._following = True  # the slider's nearest position may not be what was typed: do not write it back
        try:
            self.slider.value = self._nearest(change["new"])
        finally:
            self._following = False


class ChoiceView(View):
    """A drop-down list."""

    def __init__(self, control: Choice):
        self.control = control
        self._holder = ipywidgets.Dropdown(
            options=list(control.options), value=control.default, tooltip=control.label, layout={"width": "204px"}
        )
        self._lay_out(self._holder)


_SLIDER_OPTIONS = {"readout": False, "layout": {"width": _SLIDER}}


def _check_default(control: Control, low: float, high: float) -> None:
    checks.require(low < high, control.name, "low below high", f"{low} and {high}")
    checks.require(low <= control.default <= high, "default", f"a value from {low} to {high}", control.default)
