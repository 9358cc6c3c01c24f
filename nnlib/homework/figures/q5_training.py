"""Figures of Q5's trainings: the sweeps, the curves, and the comparison at full length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nnlib.homework.figures import new_panels
from nnlib.plots import BLUE, GREEN, ORANGE, PURPLE, VERMILION, ink, plot_accuracy, plot_heat_map, plot_loss
from nnlib.plots.points import slice_points, values_of
from nnlib.plots.style import percent
from nnlib.plots.training import Trained
from nnlib.search.rows import Selection, TrialRow
from nnlib.search.sweeps import Sweep

STYLES = ((BLUE, "-", "o"), (ORANGE, "--", "s"), (GREEN, "-.", "^"), (VERMILION, ":", "D"), (PURPLE, "-", "v"))


def draw_sizes(sizes: Sweep, choice: Selection) -> Figure:
    """Draw the grid of filter sizes and hidden units, and the error of each size over its number of parameters."""
    figure, (left, right) = new_panels(11, 3.6, ncols=2)
    plot_heat_map(left, sizes, "hidden_dim", "filter_size")
    _mark(left, sizes, "hidden_dim", "filter_size", choice)
    left.set(title="The grid", xlabel="hidden units", ylabel="filter size")
    for size, (colour, _, marker) in zip(values_of(sizes.points, "filter_size"), STYLES, strict=False):
        points = [point for point in sizes.points if point.settings["filter_size"] == size]
        xy = np.array([(point.num_params, 1 - point.mean) for point in points])
        right.plot(*xy.T, marker, color=colour, markersize=7, label=f"{size} × {size}")
    least = 1 - max(point.mean for point in sizes.points)
    right.axhspan(
        least, least + choice.standard_error, color="grey", alpha=0.25, linewidth=0, label="one standard error"
    )
    mark = {"facecolors": "none", "edgecolors": ink(right), "linewidths": 1.8, "s": 190, "label": "chosen"}
    right.scatter([choice.num_params], [1 - choice.val_acc], **mark)
    right.set(xscale="log", yscale="log", xlabel="parameters", ylabel="validation error", title="Error and size")
    right.set_yticks([0.02, 0.03, 0.05, 0.1, 0.2])
    right.minorticks_off()
    percent(right.yaxis, decimals=0)
    right.legend(fontsize="small", loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def _mark(ax: Axes, rows: Sweep, x: str, y: str, choice: Selection) -> None:
    """Put a dashed black frame on the chosen cell of a heat map."""
    points = slice_points(rows, {"x": x, "y": y}, {})
    column = values_of(points, x).index(choice.settings[x])
    row = values_of(points, y).index(choice.settings[y])
    ax.add_patch(Rectangle((column - 0.42, row - 0.42), 0.84, 0.84, fill=False, linestyle="--", linewidth=2))


def draw_initialisation(he: Sweep, small: Sweep) -> Figure:
    """Draw accuracy over filter size from He initialisation and from small weights, one panel per hidden size."""
    hidden = values_of(small.points, "hidden_dim")
    figure, (axes,) = new_panels(8.6, 3.2, ncols=len(hidden), sharey=True, squeeze=False)
    for ax, units in zip(axes, hidden, strict=True):
        for (name, rows), (colour, line, marker) in zip(
            {"He": he, "deviation 0.01": small}.items(), STYLES, strict=False
        ):
            points = [point for point in rows.points if point.settings["hidden_dim"] == units]
            xy = np.array([(point.settings["filter_size"], point.mean) for point in points])
            ax.plot(*xy.T, line, color=colour, marker=marker, label=name)
        ax.set(xlabel="filter size", title=f"{units} hidden units", xticks=values_of(he.points, "filter_size"))
    axes[0].set_ylabel("validation accuracy")
    percent(axes[0].yaxis, decimals=1)
    axes[-1].legend(fontsize="small")
    return figure


def draw_training(solver: Trained, window: int = 50) -> Figure:
    """Draw the loss of every step and the accuracies after each epoch."""
    figure, (left, right) = new_panels(8.6, 3.2, ncols=2)
    plot_loss(left, solver, window=window)
    left.set(title="Loss, its L2 term included", yscale="log")
    plot_accuracy(right, solver, training="training (first 1,000)")
    right.set(title="Accuracy after each epoch", xticks=range(1, solver.epoch + 1))
    return figure


def draw_architectures(places: Sweep, choice: Selection) -> Figure:
    """Draw accuracy over architecture and keep probability; the best cell is framed, the chosen one dashed."""
    figure, ax = new_panels(8.6, 2.9)
    plot_heat_map(ax, places, "keep", "architecture")
    _mark(ax, places, "keep", "architecture", choice)
    ax.set(xlabel="keep probability", ylabel="", title="After 8,000 images")
    return figure


def draw_switches(rows: Mapping[str, TrialRow], window: int = 10) -> Figure:
    """Draw the losses of several networks, means over `window` steps centred, and their validation accuracies."""
    figure, (left, right) = new_panels(9.4, 3.4, ncols=2, width_ratios=[2, 1])
    for index, ((name, row), (colour, line, marker)) in enumerate(zip(rows.items(), STYLES, strict=False)):
        mean = np.convolve(row.curve.losses, np.full(window, 1 / window), mode="valid")
        steps = np.convolve(row.curve.steps, np.full(window, 1 / window), mode="valid")
        left.plot(steps, mean, line, color=colour, label=name)
        right.plot(index, row.val_acc, marker, color=colour, markersize=8)
    left.set(xlabel="step", ylabel="training loss", yscale="log", title=f"Loss in train mode, mean of {window} steps")
    left.legend()
    right.set_xticks(range(len(rows)), list(rows), rotation=20)
    right.set(xlim=(-0.5, len(rows) - 0.5), ylabel="validation accuracy", title="At the end, test mode")
    percent(right.yaxis, decimals=1)
    right.grid(axis="y", alpha=0.3)
    return figure


def draw_comparison(histories: Mapping[str, Sequence[float]], differences: Mapping[str, tuple[float, float]]) -> Figure:
    """Draw validation accuracies by epoch, and differences between networks with bars of two standard errors.

    Args:
        histories: by network, its validation accuracy after each epoch.
        differences: by name, a difference of accuracies and its standard error, fractions.
    """
    figure, (left, right) = new_panels(11, 3.4, ncols=2)
    for (name, values), (colour, line, marker) in zip(histories.items(), STYLES, strict=False):
        left.plot(np.arange(1, len(values) + 1), values, line, color=colour, marker=marker, label=name)
    epochs = range(1, 1 + max(map(len, histories.values())))
    left.set(xlabel="epoch", ylabel="validation accuracy", xticks=epochs, title="All digits, the same recipe")
    percent(left.yaxis, decimals=1)
    left.legend(fontsize="small", loc="lower right")
    rows = np.arange(len(differences))
    points = 100 * np.array([pair[0] for pair in differences.values()])
    errors = 200 * np.array([pair[1] for pair in differences.values()])
    right.errorbar(points, rows, xerr=errors, fmt="o", color=BLUE, capsize=4)
    right.axvline(0, color=ink(right), linewidth=1)
    right.set_yticks(rows, list(differences))
    right.set(ylim=(len(rows) - 0.5, -0.5), xlabel="points of validation accuracy, ± 2 standard errors")
    right.set_title("Paired differences")
    return figure
