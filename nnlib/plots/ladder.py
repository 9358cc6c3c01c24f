"""How a model was improved: the accuracy after each change, and the learning rate of every step."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes

from nnlib import checks
from nnlib.plots import arguments
from nnlib.plots.style import LINES, percent

SMALL = {"fontsize": "small", "color": "0.35"}


def plot_ladder(
    ax: Axes, names: Sequence[str], validation: Sequence[float], test: Sequence[float] | None = None
) -> Axes:
    """Draw the accuracy of a model that was improved step by step, one rung per line, the first at the top.

    To the right of each rung are its test accuracy (without one, its validation accuracy) and, small, its gain over the
    rung before in percentage points.

    Args:
        ax: where to draw; the numbers are written to the right of it.
        names: of the R rungs.
        validation: validation accuracies, fractions, (R,).
        test: test accuracies, fractions, (R,).
    """
    arguments.axes(ax)
    checks.require(not isinstance(names, Sequence) or len(names) > 0, "names", "at least one rung", "none")
    arguments.texts("names", names)
    rungs = np.arange(len(names))
    validation = _fractions("validation", validation, len(names))
    dots = {"linestyle": "none"}
    ring = {"markersize": 8, "fillstyle": "none"}  # a test accuracy close to it is visible inside
    ax.plot(validation, rungs, **LINES[0] | dots | ring, label="validation")
    what, shown = "validation", validation
    if test is not None:
        what, shown = "test", _fractions("test", test, len(names))
        ax.plot(shown, rungs, **LINES[1] | dots, markersize=4.5, label="test")
        ax.legend()
    _write_right(ax, -0.5, what, "gain", above=0.8, **SMALL)
    for rung, accuracy in enumerate(shown):
        gain = f"{100 * (accuracy - shown[rung - 1]):+.2f}" if rung else ""
        _write_right(ax, rung, f"{accuracy:.2%}", gain)
    ax.set_yticks(rungs, names)
    ax.set(xlabel="accuracy" if test is not None else "validation accuracy", ylim=(len(names) - 0.5, -0.5))
    ax.grid(axis="y", color="0.9")
    ax.set_axisbelow(True)
    percent(ax.xaxis)
    return ax


def plot_learning_rate(ax: Axes, rates: Sequence[float], label: str | None = None) -> Axes:
    """Draw the learning rate of every step; schedules drawn into the same Axes differ in colour and line style.

    Args:
        ax: where to draw, in the next line style that it does not show yet.
        rates: of the steps, in order.
        label: of the schedule, for the legend.
    """
    arguments.axes(ax)
    checks.instance("label", label, (str, type(None)), "a text or None")
    array = arguments.numbers("rates", rates)
    checks.require(array.ndim == 1 and len(array) > 0, "rates", "the rate of at least one step", f"shape {array.shape}")
    bad = array[~(np.isfinite(array) & (array >= 0))]
    checks.require(len(bad) == 0, "rates", "finite numbers of at least 0", bad[0] if len(bad) else "")
    style = LINES[len(ax.lines) % len(LINES)] | {"marker": ""}
    ax.plot(np.arange(1, len(array) + 1), array, **style, label=label)
    ax.set(xlabel="step", ylabel="learning rate")
    if label is not None:
        ax.legend()
    return ax


def _fractions(name: str, values: Sequence[float], count: int) -> np.ndarray:
    """Return the accuracies of `count` rungs as an array."""
    array = arguments.numbers(name, values)
    expected = f"{count} accuracies, one per name"
    checks.require(array.shape == (count,), name, expected, f"shape {array.shape}")
    bad = array[~((array >= 0) & (array <= 1))]  # also NaN
    todo = "Divide percentages by 100." if (bad > 1).any() else ""
    checks.require(len(bad) == 0, name, "finite fractions from 0 to 1", bad[0] if len(bad) else "", todo)
    return array


def _write_right(ax: Axes, rung: float, accuracy: str, gain: str, *, above: float = 0, **style: object) -> None:
    """Write two columns to the right of the Axes, at the height of a rung or `above` letters higher."""
    letter = matplotlib.rcParams["font.size"]
    style |= {"xycoords": ax.get_yaxis_transform(), "textcoords": "offset points", "ha": "right", "va": "center"}
    for text, right, own in ((accuracy, 4.6, {}), (gain, 7.8, SMALL)):
        offset = (right * letter, above * letter)
        ax.annotate(text, (1, rung), xytext=offset, **own | style)  # x from the Axes' edge, y in data
