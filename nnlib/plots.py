"""Figures of the notebooks: Axes in, Axes out.

Every function draws into the Axes it is given and returns it; figures are made, titled and asserted by the caller.
Colours are Okabe and Ito's, which readers with any colour vision can tell apart, and lines differ in style as well.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from nnlib import checks
from nnlib.solver import Solver

BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, YELLOW = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
    "#F0E442",
)


def plot_loss(ax: Axes, solver: Solver, *, window: int = 50, label: str = "training loss", color: str = BLUE) -> Axes:
    """Draw the loss of every step, faint, under its running mean over `window` steps."""
    losses = np.asarray(solver.loss_history)
    checks.require(len(losses) > 0, "solver", "one that has trained", "an empty loss history", "Call solver.train().")
    window = min(window, len(losses))
    steps = np.arange(1, len(losses) + 1)
    ax.plot(steps, losses, color=color, alpha=0.25, linewidth=0.7)
    mean = np.convolve(losses, np.full(window, 1 / window), mode="valid")
    ax.plot(steps[window - 1 :], mean, color=color, label=f"{label}, mean of {window} steps")
    ax.set(xlabel="step", ylabel="loss")
    ax.legend()
    return ax


def plot_accuracy(ax: Axes, solver: Solver) -> Axes:
    """Draw training and validation accuracy after each epoch, the best validation accuracy marked."""
    checks.require(solver.epoch > 0, "solver", "one that has trained an epoch", "none", "Call solver.train().")
    epochs = np.arange(1, len(solver.val_acc_history) + 1)
    ax.plot(epochs, solver.train_acc_history, "o--", color=BLUE, markersize=4, label="training")
    ax.plot(epochs, solver.val_acc_history, "s-", color=VERMILION, markersize=4, label="validation")
    best = int(np.argmax(solver.val_acc_history))
    ax.plot(
        epochs[best],
        solver.best_val_acc,
        "*",
        color="black",
        markersize=12,
        label=f"best validation, {solver.best_val_acc:.2%}",
    )
    ax.set(xlabel="epoch", ylabel="accuracy")
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    ax.legend()
    return ax


def plot_sweep(ax: Axes, values: Sequence, accuracies: np.ndarray, *, xlabel: str, label: str = "validation") -> Axes:
    """Draw mean accuracy against the values of one hyper-parameter.

    Args:
        ax: where to draw.
        values: the V values tried, in order; drawn evenly spaced.
        accuracies: fractions, (V,) or (V, seeds); with seeds, each is a dot and bars show one standard deviation.
        xlabel: the hyper-parameter.
        label: of the line.
    """
    accuracies = np.asarray(accuracies, dtype=float)
    if accuracies.ndim == 1:
        accuracies = accuracies[:, None]
    checks.require(
        accuracies.ndim == 2 and len(accuracies) == len(values),
        "accuracies",
        f"({len(values)},) or ({len(values)}, seeds)",
        f"shape {accuracies.shape}",
    )
    places = np.arange(len(values))
    seeds = accuracies.shape[1]
    spread = accuracies.std(axis=1, ddof=1) if seeds > 1 else None
    line = ax.errorbar(places, accuracies.mean(axis=1), yerr=spread, fmt="o-", capsize=4, label=label)
    if seeds > 1:
        colour = line.lines[0].get_color()
        for column in accuracies.T:
            ax.plot(places, column, ".", color=colour, alpha=0.35)
    ax.set_xticks(places, [str(value) for value in values])
    ax.set(xlabel=xlabel, ylabel="accuracy")
    ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=1))
    ax.legend()
    return ax


def image_grid(images: np.ndarray, *, columns: int, pad: int = 1, scale_each: bool = True) -> np.ndarray:
    """Lay images (N, H, W) out row by row as one picture in [0, 1], NaN between them.

    Args:
        images: (N, H, W).
        columns: images in a row.
        pad: pixels between two images.
        scale_each: stretch each image to [0, 1] by itself; otherwise all share one scale.
    """
    checks.floating("images", images, ndim=3)
    checks.positive_int("columns", columns)
    n, height, width = images.shape
    checks.require(n > 0, "images", "at least one image", f"shape {images.shape}")
    axes = (1, 2) if scale_each else None
    low, high = images.min(axis=axes, keepdims=True), images.max(axis=axes, keepdims=True)
    scaled = (images - low) / np.where(high > low, high - low, 1)
    rows = -(-n // columns)
    grid = np.full((rows * (height + pad) - pad, columns * (width + pad) - pad), np.nan)
    for place, image in enumerate(scaled):
        top, left = place // columns * (height + pad), place % columns * (width + pad)
        grid[top : top + height, left : left + width] = image
    return grid


def plot_images(
    ax: Axes, images: np.ndarray, *, columns: int, cmap: str = "gray", scale_each: bool = True, pad: int = 1
) -> Axes:
    """Draw images (N, H, W) as one grid: filters, feature maps, the weights of linear classes."""
    ax.imshow(image_grid(images, columns=columns, scale_each=scale_each, pad=pad), cmap=cmap, interpolation="nearest")
    ax.set_axis_off()
    return ax


def confusion_matrix(y_true: np.ndarray, y_pred: np.ndarray, num_classes: int) -> np.ndarray:
    """Count examples by true class (rows) and predicted class (columns), (K, K)."""
    true = checks.class_labels(y_true, len(y_true), num_classes)
    predicted = checks.class_labels(y_pred, len(true), num_classes)
    counts = np.bincount(true.astype(np.int64) * num_classes + predicted, minlength=num_classes**2)  # uint8 wraps
    return counts.reshape(num_classes, num_classes)


def plot_confusion(ax: Axes, counts: np.ndarray) -> Axes:
    """Draw a confusion matrix (K, K): colour shows the mistakes alone, which the diagonal would drown."""
    mistakes = counts.astype(float)
    np.fill_diagonal(mistakes, np.nan)
    ax.imshow(mistakes, cmap="Blues")
    half = np.nanmax(mistakes) / 2
    for (row, column), count in np.ndenumerate(counts):
        dark = row != column and count > half
        ax.text(
            column, row, str(count), ha="center", va="center", fontsize="x-small", color="white" if dark else "black"
        )
    classes = np.arange(len(counts))
    ax.set(xticks=classes, yticks=classes, xlabel="predicted class", ylabel="true class")
    return ax


def plot_mistakes(axes: np.ndarray, images: np.ndarray, y_true: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Draw the most confident mistakes, one in each of `axes`, titled "true, taken for predicted, at probability".

    Args:
        axes: an array of Axes.
        images: (N, H, W).
        y_true: labels, (N,).
        scores: (N, K), before the softmax.
    """
    y_pred = scores.argmax(axis=1)
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    confidence = 1 / shifted.sum(axis=1)  # the softmax of the highest score
    wrong = np.flatnonzero(y_pred != y_true)
    worst = wrong[np.argsort(-confidence[wrong], kind="stable")]
    for ax in axes.flat:
        ax.set_axis_off()
    for ax, i in zip(axes.flat, worst, strict=False):
        ax.imshow(images[i], cmap="gray_r", interpolation="nearest")
        ax.set_title(f"{y_true[i]}, read as {y_pred[i]}\n({confidence[i]:.1%})", fontsize="small")
    return axes
