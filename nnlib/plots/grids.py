"""The results of a sweep over two hyper-parameters: a heat map."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from nnlib.plots import arguments
from nnlib.plots.points import Rows, slice_points, values_of
from nnlib.plots.style import LINES, percent
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
    arguments.axes(ax)
    points = slice_points(rows, {"x": x, "y": y}, fixed)
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
