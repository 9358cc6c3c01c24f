"""The results of a sweep: accuracy against one hyper-parameter, and the best learning curves.

`rows` is a Sweep, or any TrialRows. Points are drawn with the seeds that are done; a point without any (it diverged, or
died) is marked as failed at its value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from nnlib import checks
from nnlib.plots import arguments
from nnlib.plots.points import Rows, slice_points, values_of
from nnlib.plots.style import LINES, percent
from nnlib.search.sweeps import Point
from nnlib.tables import format_value


def plot_sweep(ax: Axes, values: Sequence, accuracies: np.ndarray, *, xlabel: str, label: str = "validation") -> Axes:
    """Draw mean accuracy against the values of one hyper-parameter.

    Args:
        ax: where to draw.
        values: the V values tried, in order; drawn evenly spaced.
        accuracies: fractions, (V,) or (V, seeds); with seeds, each is a dot and bars show one standard deviation.
        xlabel: the hyper-parameter.
        label: of the line.
    """
    arguments.axes(ax)
    for name, text in (("xlabel", xlabel), ("label", label)):
        checks.instance(name, text, str, "a text")
    values = checks.listed("values", values, "the values tried")
    accuracies = arguments.numbers("accuracies", accuracies)
    if accuracies.ndim == 1:
        accuracies = accuracies[:, None]
    checks.require(
        accuracies.ndim == 2 and len(accuracies) == len(values),
        "accuracies",
        f"({len(values)},) or ({len(values)}, seeds)",
        f"shape {accuracies.shape}",
    )
    positions = np.arange(len(values))
    seeds = accuracies.shape[1]
    spread = accuracies.std(axis=1, ddof=1) if seeds > 1 else None
    line = ax.errorbar(positions, accuracies.mean(axis=1), yerr=spread, fmt="o-", capsize=4, label=label)
    if seeds > 1:
        colour = line.lines[0].get_color()
        for column in accuracies.T:
            ax.plot(positions, column, ".", color=colour, alpha=0.35)
    ax.set_xticks(positions, [str(value) for value in values])
    ax.set(xlabel=xlabel, ylabel="accuracy")
    percent(ax.yaxis, decimals=1)
    ax.legend()
    return ax


def plot_hyperparameter(
    ax: Axes, rows: Rows, name: str, *, by: str | None = None, fixed: Mapping[str, object] | None = None
) -> Axes:
    """Draw mean validation accuracy against one hyper-parameter, with bars of one standard deviation over the seeds.

    Args:
        ax: where to draw.
        rows: of a sweep.
        name: the hyper-parameter along the x axis; its values are drawn evenly spaced.
        by: another one, with a line for each of its values.
        fixed: values of all other hyper-parameters that differ between points, such as `select(sweep).best`.

    Raises:
        ValueError: a name that no point has, or another hyper-parameter that differs and is not fixed.
    """
    arguments.axes(ax)
    points = slice_points(rows, {"name": name} if by is None else {"name": name, "by": by}, fixed)
    values = values_of(points, name)
    lines = [None] if by is None else values_of(points, by)
    for index, line in enumerate(lines):
        here = [point for point in points if by is None or point.settings.get(by) == line]
        label = "validation" if by is None else f"{by} {format_value(line)}"
        shift = 0.12 * (index - (len(lines) - 1) / 2) * min(1, 4 / len(lines))  # bars side by side
        _draw_line(ax, here, name, values, {**LINES[index % len(LINES)], "label": label}, shift)
    ax.set_xticks(range(len(values)), [format_value(value) for value in values])
    ax.set(xlabel=name, ylabel="validation accuracy")
    percent(ax.yaxis, decimals=1)
    ax.legend()
    return ax


def _draw_line(
    ax: Axes, points: Sequence[Point], name: str, values: list, style: Mapping[str, object], shift: float
) -> None:
    """Draw the points' means at their values, with bars over several seeds, and a cross where no seed is done."""
    points = sorted(points, key=lambda point: values.index(point.settings.get(name)))
    done = [point for point in points if len(point.accuracies)]
    positions = np.array([values.index(point.settings.get(name)) + shift for point in done])
    means, spreads = (np.array([getattr(point, what) for point in done]) for what in ("mean", "spread"))
    bars = None if np.isnan(spreads).all() else np.nan_to_num(spreads)
    ax.errorbar(positions, means, yerr=bars, capsize=4, markersize=5, **style)
    for position, point in zip(positions, done, strict=True):
        if len(point.accuracies) > 1:
            ax.plot([position] * len(point.accuracies), point.accuracies, ".", color=style["color"], alpha=0.35)
    failed = [values.index(point.settings.get(name)) + shift for point in points if not len(point.accuracies)]
    if failed:
        axes = ax.get_xaxis_transform()  # x in data, y in the Axes: at the bottom
        ax.plot(failed, [0.03] * len(failed), "x", color=style["color"], transform=axes, label="failed")
