"""The results of a sweep: over two hyper-parameters (a heat map) or over all of them (parallel coordinates)."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from nnlib import checks
from nnlib.plots.points import Rows, slice_points, values_of
from nnlib.plots.style import LINES, ink, percent
from nnlib.search.sweeps import group_by_settings, varying
from nnlib.tables import format_value

COLOURS = "cividis"  # for accuracies: perceptually uniform with any colour vision, and in grey


def plot_heat_map(ax: Axes, rows: Rows, x: str, y: str, *, fixed: Mapping[str, object] | None = None) -> Axes:
    """Draw mean validation accuracy over two hyper-parameters, each cell with its percentage, the best cell framed.

    Args:
        ax: where to draw.
        rows: of a sweep.
        x: the hyper-parameter along the x axis.
        y: the one along the y axis.
        fixed: values of all other hyper-parameters that differ between points, such as `select(sweep).best`.

    Raises:
        ValueError: a name that no point has, or another hyper-parameter that differs and is not fixed.
    """
    points = slice_points(rows, [x, y], fixed or {})
    columns, lines = values_of(points, x), values_of(points, y)
    means = np.full((len(lines), len(columns)), np.nan)
    for point in points:
        means[lines.index(point.settings.get(y)), columns.index(point.settings.get(x))] = point.mean
    tried = {(lines.index(point.settings.get(y)), columns.index(point.settings.get(x))) for point in points}
    image = ax.imshow(means, cmap=COLOURS, aspect="auto", origin="lower")
    middle = (np.nanmin(means) + np.nanmax(means)) / 2 if np.isfinite(means).any() else 0
    for (row, column), mean in np.ndenumerate(means):
        failed = "failed" if (row, column) in tried else ""
        colour = "black" if np.isnan(mean) or mean > middle else "white"
        text = failed if np.isnan(mean) else f"{100 * mean:.2f}"
        ax.text(column, row, text, ha="center", va="center", color=colour, fontsize="small")
    if np.isfinite(means).any():
        row, column = np.unravel_index(np.nanargmax(means), means.shape)
        frame = Rectangle((column - 0.48, row - 0.48), 0.96, 0.96, fill=False, linewidth=2.5)
        ax.add_patch(frame).set_edgecolor(LINES[1]["color"])
    ax.set_xticks(range(len(columns)), [format_value(value) for value in columns])
    ax.set_yticks(range(len(lines)), [format_value(value) for value in lines])
    ax.set(xlabel=x, ylabel=y)
    percent(ax.figure.colorbar(image, ax=ax, label="validation accuracy").ax.yaxis)
    return ax


def plot_parallel_coordinates(ax: Axes, rows: Rows) -> Axes:
    """Draw every point as a line through its hyper-parameters to its mean validation accuracy, coloured by it.

    Each hyper-parameter that differs has its own axis, with its values evenly spaced. The last axis is logarithmic in
    the error: halving it is the same distance at the top as at the bottom. The best point is the heavy
    line in the text's colour; a point without a finished seed ends before the last axis, at a cross.
    """
    points = group_by_settings(rows)
    names = varying(points)
    checks.require(len(names) > 0, "rows", "points that differ in a hyper-parameter", f"{len(points)} that do not")
    values = {name: values_of(points, name) for name in names}
    means = np.array([point.mean for point in points])
    checks.require(np.isfinite(means).any(), "rows", "a point with a trial that is done", "none")
    errors = np.log(np.maximum(1 - means, 0.5 / points[0].rows[0].data.val))  # for no error, half an example
    worst, least = np.nanmax(errors), np.nanmin(errors)
    colours = matplotlib.colormaps[COLOURS]
    for index in np.argsort(np.where(np.isnan(means), -1, means), kind="stable"):  # the best on top
        point, mean = points[index], means[index]
        heights = [_height(values[name].index(point.settings.get(name)), len(values[name])) for name in names]
        if np.isnan(mean):
            ax.plot(range(len(names)), heights, ":", color="0.6", linewidth=0.8)
            ax.plot(len(names) - 1, heights[-1], "x", color="0.4")
            continue
        share = (worst - errors[index]) / (worst - least) if worst > least else 1.0
        best = mean == np.nanmax(means)
        style = (
            {"color": ink(ax), "linewidth": 2.5} if best else {"color": colours(share), "linewidth": 1, "alpha": 0.8}
        )
        ax.plot(range(len(names) + 1), [*heights, share], **style, label=f"best, {mean:.2%}" if best else None)
    ticks = {share: 1 - np.exp(worst + share * (least - worst)) for share in (0.0, 0.5, 1.0)}
    _draw_scales(ax, names, values, ticks if worst > least else {1.0: ticks[1.0]})
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.14), frameon=False)
    return ax


def _draw_scales(ax: Axes, names: list[str], values: Mapping[str, list], accuracies: Mapping[float, float]) -> None:
    """Draw the axes of parallel coordinates, with their values and, by their heights, the accuracies."""
    paper = {"boxstyle": "square,pad=0.15", "facecolor": ax.get_facecolor(), "edgecolor": "none", "alpha": 0.8}
    style = {"textcoords": "offset points", "va": "center", "fontsize": "small", "bbox": paper}
    for axis, name in enumerate(names):
        for index, value in enumerate(values[name]):
            height = _height(index, len(values[name]))
            ax.annotate(format_value(value), (axis, height), xytext=(-5, 0), ha="right", **style)
    for height, accuracy in accuracies.items():
        ax.annotate(f"{accuracy:.2%}", (len(names), height), xytext=(5, 0), **style)
    ax.vlines(range(len(names) + 1), 0, 1, color=ink(ax), linewidth=0.8)
    ax.set_xticks(range(len(names) + 1), [*names, "validation accuracy"])
    ax.set(yticks=[], xlim=(-0.3, len(names) + 0.3), ylim=(-0.04, 1.04))
    for spine in ax.spines.values():
        spine.set_visible(False)


def _height(index: int, count: int) -> float:
    """Return the height of a value on an axis from 0 to 1; of a single value the middle."""
    return index / (count - 1) if count > 1 else 0.5
