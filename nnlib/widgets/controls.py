"""Controls: what a notebook declares of each (name, label, range, default), and the widgets made from it.

A number has a slider with a typed box beside it. The box is the value; the slider stands at the nearest place that it
has, so that any number of the range may be typed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import ipywidgets

from nnlib import checks
from nnlib.widgets.style import CONTROL

Value = int | float | str

_LABEL, _SLIDER, _BOX, _NOTE = "116px", "124px", "76px", "76px"


@dataclass(frozen=True)
class Control:
    """One setting that the user may change.

    Attributes:
        name: of the setting, as the model, the Solver or the drawing function calls it.
        label: shown beside it.
        default: where it starts.
        note: optionally, what to show behind the value, as a function of it.
    """

    name: str
    label: str
    default: Value
    note: Callable[[Value], str] | None = field(default=None, kw_only=True)

    @property
    def extremes(self) -> tuple[Value, ...]:
        """The smallest and the largest value; of a choice, every option."""
        raise NotImplementedError

    def view(self) -> View:
        """Return fresh widgets for this control."""
        raise NotImplementedError

    def text(self, value: Value) -> str:
        """Return a value as it is shown to the user."""
        return f"{value:g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class LinearSlider(Control):
    """A number from `low` to `high` in equal steps: whole numbers if `step` is one."""

    low: float
    high: float
    step: float = 1

    def __post_init__(self):
        checks.require(self.step > 0, "step", "a number above 0", self.step)
        _check_default(self, self.low, self.high)

    @property
    def extremes(self) -> tuple[Value, ...]:
        """The ends of the range."""
        return self.low, self.high

    def view(self) -> NumberView:
        """Return a slider with a box beside it."""
        whole = isinstance(self.step, int)
        slider = (ipywidgets.IntSlider if whole else ipywidgets.FloatSlider)(
            value=self.default, min=self.low, max=self.high, step=self.step, **_SLIDER_OPTIONS
        )
        return NumberView(self, slider, whole, at=lambda place: round(place, 10), place=lambda value: value)


@dataclass(frozen=True)
class ValueSlider(Control):
    """A number whose slider has a notch for each of `values`, in rising order: for what is tuned by factors."""

    values: Sequence[float]

    def __post_init__(self):
        values = list(self.values)
        checks.require(
            len(values) > 1 and values == sorted(set(values)), "values", "two or more in rising order", values
        )
        _check_default(self, values[0], values[-1])

    @property
    def extremes(self) -> tuple[Value, ...]:
        """The first and the last notch."""
        return self.values[0], self.values[-1]

    def view(self) -> NumberView:
        """Return a slider with a box beside it."""

        def place(value: float) -> int:
            return min(range(len(self.values)), key=lambda i: abs(self.values[i] - value))

        slider = ipywidgets.SelectionSlider(
            options=[(self.text(value), i) for i, value in enumerate(self.values)],
            value=place(self.default),
            **_SLIDER_OPTIONS,
        )
        whole = all(isinstance(value, int) for value in self.values)
        return NumberView(self, slider, whole, at=self.values.__getitem__, place=place)


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
        control: what it shows.
        row: the widget to lay out.
    """

    control: Control
    row: ipywidgets.Widget
    _holder: ipywidgets.Widget  # of the value

    @property
    def value(self) -> Value:
        """The setting; assigning it moves the widgets, and raises nothing for a number beyond the range: it is cut."""
        return self._holder.value

    @value.setter
    def value(self, value: Value) -> None:
        self._holder.value = value

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call `callback` whenever the value has changed, by hand or by assignment."""
        self._holder.observe(lambda _: callback(), "value")

    def redraw_while_dragged(self, wanted: bool) -> None:
        """Whether the value follows a slider while it is dragged, or only when it is let go."""

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
    """A slider and a typed box that move together."""

    def __init__(
        self,
        control: Control,
        slider: ipywidgets.Widget,
        whole: bool,
        *,
        at: Callable[[float], float],
        place: Callable[[float], float],
    ):
        low, high = control.extremes
        box = (ipywidgets.BoundedIntText if whole else ipywidgets.BoundedFloatText)(
            value=control.default, min=low, max=high, layout={"width": _BOX}
        )
        slider.tooltip, box.tooltip = (
            control.label,
            f"{control.label}, from {control.text(low)} to {control.text(high)}",
        )
        self.control, self.slider, self.box, self._holder = control, slider, box, box
        self._at, self._place = at, place
        self._following = False
        slider.observe(self._slider_moved, "value")
        box.observe(self._box_changed, "value")
        self._lay_out(slider, box)

    def redraw_while_dragged(self, wanted: bool) -> None:
        """Have the value follow the slider while it is dragged, or only when it is let go."""
        self.slider.continuous_update = wanted

    def _slider_moved(self, change: dict) -> None:
        if not self._following:
            self.box.value = self._at(change["new"])

    def _box_changed(self, change: dict) -> None:
        self._following = True  # the slider goes to the nearest place, and that place is not what was typed
        try:
            self.slider.value = self._place(change["new"])
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
