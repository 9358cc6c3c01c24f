"""Figures of Q5: max pooling, costs, feature maps, mistakes; those of its trainings are in q5_training.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nnlib.homework.figures import empty_figure, new_panels
from nnlib.plots import BLUE, GREEN, ORANGE, VERMILION, confusion_matrix, plot_confusion, plot_images, plot_mistakes
from nnlib.plots.style import percent

COLOURS = (BLUE, ORANGE, GREEN, VERMILION)


def draw_pooling(x: np.ndarray, out: np.ndarray, dout: np.ndarray, dx: np.ndarray, size: int) -> Figure:
    """Draw one image (H, W), its maxima (P, Q), their gradients and the image's, with windows side by side.

    Each window and its output share a colour; the elements that receive a gradient are bold.
    """
    figure, axes = new_panels(9.4, 2.7, ncols=4, width_ratios=[2, 1.2, 1.2, 2])
    titles = ("$X$", r"$Y$, the maxima", r"$G = \partial L/\partial Y$", r"$\partial L/\partial X$")
    for ax, values, title in zip(axes, (x, out, dout, dx), titles, strict=True):
        side = size if values.shape == x.shape else 1
        bold = dx != 0 if values.shape == x.shape else np.ones(values.shape, dtype=bool)
        _draw_matrix(ax, values, side, bold)
        ax.set_title(title)
    return figure


def _draw_matrix(ax: Axes, values: np.ndarray, side: int, bold: np.ndarray) -> None:
    rows, columns = values.shape
    per_row = columns // side
    for p, q in np.ndindex(rows // side, per_row):
        colour = COLOURS[(p * per_row + q) % len(COLOURS)]
        window = Rectangle((q * side, p * side), side, side, facecolor=colour, alpha=0.25, edgecolor="black")
        ax.add_patch(window)
    for (i, j), value in np.ndenumerate(values):
        weight = "bold" if bold[i, j] else "normal"
        ax.text(j + 0.5, i + 0.5, f"{value:g}", ha="center", va="center", weight=weight, fontsize=12)
    ax.set(xlim=(0, columns), ylim=(rows, 0), aspect="equal", xticks=[], yticks=[])


def draw_costs(shares: Mapping[str, Mapping[str, float]]) -> Figure:
    """Draw how each total is shared by the layers: one bar per total, stacked.

    Args:
        shares: for each total, such as "parameters", a number for each layer; all bars have the same layers.
    """
    figure, ax = new_panels(8.6, 2.6)
    for row, by_layer in enumerate(shares.values()):
        left, total = 0.0, sum(by_layer.values())
        for (layer, value), colour in zip(by_layer.items(), COLOURS, strict=False):
            width = value / total
            ax.barh(row, width, left=left, color=colour, edgecolor="white", label=layer if row == 0 else None)
            if width > 0.05:
                ink = "white" if colour == BLUE else "black"
                ax.text(left + width / 2, row, f"{width:.0%}", ha="center", va="center", weight="bold", color=ink)
            left += width
    ax.set_yticks(range(len(shares)), list(shares))
    ax.set(xlim=(0, 1), ylim=(len(shares) - 0.5, -0.5), xlabel="share of the total")
    percent(ax.xaxis, decimals=0)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), title="layer")
    return figure


def draw_way(digit: np.ndarray, stages: Mapping[str, np.ndarray], chosen: Sequence[int]) -> Figure:
    """Draw a digit (H, W) and some of its feature maps after each stage, on one grey scale per stage.

    Args:
        digit: the image.
        stages: arrays (F, H, W) by the stage's name.
        chosen: indices of the maps to draw; their number is a multiple of 4.
    """
    figure, axes = new_panels(11, 3.0, ncols=1 + len(stages), width_ratios=[1, *[2] * len(stages)])
    axes[0].imshow(digit, cmap="gray_r")
    axes[0].set_axis_off()
    axes[0].set_title("the digit")
    for ax, (name, maps) in zip(axes[1:], stages.items(), strict=True):
        plot_images(ax, maps[list(chosen)], columns=4, cmap="viridis", scale_each=False)
        ax.set_title(f"{name}, {maps.shape[1]} × {maps.shape[2]}")
    return figure


def draw_claims(
    permuted: Mapping[str, tuple[float, float]],
    shifts: Sequence[int],
    shifted: Mapping[str, Sequence[float]],
    images: Sequence[np.ndarray],
) -> Figure:
    """Draw accuracies with pixels in and out of order, and accuracies on shifted images.

    Args:
        permuted: by network, its accuracy on digits as they are and on digits with permuted pixels.
        shifts: in pixels, to the right.
        shifted: by network, its accuracy at each shift.
        images: a digit as it is and with its pixels permuted, (H, W) each.
    """
    figure, (pictures, left, right) = new_panels(11, 3.3, ncols=3, width_ratios=[1, 1.4, 2])
    plot_images(pictures, np.stack(images), columns=1, cmap="gray_r", pad=2)
    pictures.set_title("a digit, and permuted")
    for index, ((name, pair), marker) in enumerate(zip(permuted.items(), "os", strict=False)):
        left.plot([0, 1], pair, marker, color=COLOURS[index], markersize=9, label=name)
        for x, value in enumerate(pair):
            left.annotate(f"{100 * value:.1f}", (x, value), xytext=(9, 0), textcoords="offset points", va="center")
    left.set_xticks([0, 1], ["in order", "permuted"])
    left.set(xlim=(-0.5, 1.7), ylim=(0.88, 1.0), ylabel="validation accuracy", title="The order of the pixels")
    for index, ((name, values), line) in enumerate(zip(shifted.items(), ("o-", "s--", "^-."), strict=False)):
        right.plot(shifts, values, line, color=COLOURS[index], label=name)
    right.set(xlabel="shift to the right in pixels", ylim=(0, 1.02), title="Images shifted in testing")
    right.axhline(0.1, color="grey", linewidth=1, linestyle=":", label="chance")
    for ax in (left, right):
        percent(ax.yaxis, decimals=0)
    left.legend(loc="upper right", fontsize="small")
    right.legend(loc="lower center", fontsize="small")
    return figure


def draw_mistakes(images: np.ndarray, y_true: np.ndarray, scores: np.ndarray) -> Figure:
    """Draw the confusion matrix of scores (N, K) and the twelve most confident mistakes among images (N, H, W)."""
    figure = empty_figure(12, 5.2)
    left, right = figure.subfigures(1, 2, width_ratios=[1, 1.3])
    confusion = confusion_matrix(y_true, scores.argmax(axis=1), scores.shape[1])
    ax = left.subplots()
    plot_confusion(ax, confusion, large=True)
    ax.set_title(f"{confusion.sum() - np.trace(confusion)} of {len(y_true):,} wrong")
    plot_mistakes(right.subplots(2, 6), images, y_true, scores)
    right.suptitle("The mistakes made with the highest probability", fontsize="medium")
    return figure
