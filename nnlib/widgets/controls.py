"""Controls: a notebook declares name, label, range and default of each, and gets its widgets.

A number has a slider and a box to type in. The slider moves to the position nearest to what is typed, so that any
number in the range may be.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import ipywidgets

from nnlib import checks
from nnlib.tables import format_value
from nnlib.widgets.views import ChoiceView, NumberView, Value, View, slider_options


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

    def __post_init__(self):
        for attribute in ("name", "label"):
            checks.instance(attribute, getattr(self, attribute), str, "a text")
        if self.note is not None:
            checks.function("note", self.note, "(value) -> text")

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
        super().__post_init__()
        checks.positive("step", self.step)
        for attribute in ("low", "high"):
            checks.number(attribute, getattr(self, attribute), "a number", math.isfinite)
        _check_default(self, self.low, self.high)

    @property
    def extremes(self) -> tuple[Value, ...]:
        """`low` and `high`."""
        return self.low, self.high

    def view(self) -> NumberView:
        """Return a slider and a box."""
        whole = isinstance(self.step, int)
        slider = (ipywidgets.IntSlider if whole else ipywidgets.FloatSlider)(
            value=self.default, min=self.low, max=self.high, step=self.step, **slider_options(self)
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
        super().__post_init__()
        values = checks.listed("values", self.values, "two or more in increasing order")
        for index, value in enumerate(values):
            checks.number(f"values[{index}]", value, "a number", math.isfinite)
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
            **slider_options(self),
        )
        whole = all(isinstance(value, int) for value in self.values)
        return NumberView(self, slider, whole, value_at=self.values.__getitem__, nearest=nearest)


@dataclass(frozen=True)
class Choice(Control):
    """One of several `options`."""

    options: Sequence[str]

    def __post_init__(self):
        super().__post_init__()
        options = checks.listed("options", self.options, "a list of texts")
        for index, option in enumerate(options):
            checks.instance(f"options[{index}]", option, str, "a text")
        checks.choice("default", self.default, tuple(options))

    @property
    def extremes(self) -> tuple[Value, ...]:
        """Every option."""
        return tuple(self.options)

    def view(self) -> ChoiceView:
        """Return a drop-down list."""
        return ChoiceView(self)


def _check_default(control: Control, low: float, high: float) -> None:
    checks.require(low < high, control.name, "low below high", f"{low} and {high}")
    checks.number("default", control.default, f"a value from {low} to {high}", lambda value: low <= value <= high)


def check_controls(controls: object) -> list[Control]:
    """Return the controls as a list; a TypeError or ValueError unless there is one, and one for each setting."""
    found = checks.listed("controls", controls, "at least one")
    for index, control in enumerate(found):
        checks.instance(f"controls[{index}]", control, Control, "a control, such as ValueSlider(...)")
    names = [control.name for control in found]
    checks.require(len(set(names)) == len(names), "controls", "one per setting", ", ".join(names))
    return found
