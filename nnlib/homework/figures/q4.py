"""Figures of Q4: digits, probabilities and their gradient, splits, curves, weights as images, mistakes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import CenteredNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nnlib.homework.figures import new_panels
from nnlib.plots import (
    BLUE,
    ORANGE,
    VERMILION,
    confusion_matrix,
    ink,
    plot_accuracy,
    plot_confusion,
    plot_images,
    plot_ladder,
    plot_loss,
    plot_mistakes,
)
from nnlib.plots.style import percent
from nnlib.plots.training import Trained
from nnlib.search.sweeps import Point
from nnlib.tables import format_value

SIDE = 28


def draw_digits(X: np.ndarray, y: np.ndarray, each: int = 4) -> Figure:
    """Draw the first images of each digit, one digit per column; X (N, 784), y (N,)."""
    figure, ax = new_panels(8.6, 0.8 * each + 0.3)
    of_each = [np.flatnonzero(y == digit)[:each] for digit in range(10)]
    chosen = np.stack(of_each, axis=1).ravel()
    images = X[chosen].reshape(-1, SIDE, SIDE)
    plot_images(ax, images, columns=10, cmap="gray_r", scale_each=False, pad=3)
    ax.set_title(f"The first {each} training images of each digit")
    return figure


def draw_dlogits(probabilities: np.ndarray, labels: np.ndarray, gradient: np.ndarray) -> Figure:
    """Draw probabilities and N dL/ds as heat maps with their numbers, the label of each row framed.

    Args:
        probabilities: P, (N, K).
        labels: (N,).
        gradient: N dL/ds, (N, K).
    """
    figure, (left, right) = new_panels(8.6, 0.36 * len(labels) + 1.2, ncols=2)
    left.imshow(probabilities, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    right.imshow(gradient, cmap="RdBu_r", norm=CenteredNorm(halfrange=1), aspect="auto")
    for ax, values in ((left, probabilities), (right, gradient)):
        for (row, column), value in np.ndenumerate(values):
            colour = "white" if abs(value) > 0.65 else "black"
            shown = f"{value:.2f}".replace("-", "−") if abs(value) >= 0.005 else "0"
            ax.text(column, row, shown, ha="center", va="center", fontsize=7.5, color=colour)
        for row, label in enumerate(labels):
            corner = (label - 0.5, row - 0.5)
            ax.add_patch(Rectangle(corner, 1, 1, fill=False, edgecolor=ORANGE, linewidth=2.2))
        ax.set(xticks=range(values.shape[1]), xlabel="class", ylabel="example", yticks=range(len(values)))
    left.set_title("probabilities $P$, the label framed")
    right.set_title(r"$N\,\partial L/\partial s$: each row sums to 0")
    return figure


def draw_splits(accuracies: Mapping[str, float], examples: int) -> Figure:
    """Draw the validation accuracy on each held-out part, with bars of one standard error.

    Args:
        accuracies: fractions, by the name of the part.
        examples: in each part.
    """
    figure, ax = new_panels(7.2, 0.42 * len(accuracies) + 0.9)
    values = np.array(list(accuracies.values()))
    errors = np.sqrt(values * (1 - values) / examples)
    rows = np.arange(len(values))
    ax.errorbar(values, rows, xerr=errors, fmt="o", color=BLUE, capsize=4, label="± one standard error")
    for row, value in enumerate(values):
        ax.annotate(f"{value:.2%}", (value, row), xytext=(0, 6), textcoords="offset points", ha="center")
    ax.set_yticks(rows, list(accuracies))
    ax.set(xlabel="validation accuracy", ylim=(len(values) - 0.5, -0.7))
    ax.set_title(f"The same classifier, {examples:,} other images held out")
    ax.grid(axis="x", alpha=0.3)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    percent(ax.xaxis, decimals=1)
    return figure


def draw_curves(solver: Trained, name: str, training: str = "training") -> Figure:
    """Draw loss and accuracies of the training of the model called `name`; `training` says on which examples."""
    figure, (left, right) = new_panels(8.6, 3.0, ncols=2)
    plot_loss(left, solver, window=100)
    losses = np.asarray(solver.loss_history)
    left.set(
        title=f"{name}: loss of each minibatch", yscale="log", ylim=(0.6 * np.quantile(losses, 0.01), losses.max())
    )
    plot_accuracy(right, solver)
    right.lines[0].set_label(training)
    right.legend()
    right.set_title(f"{name}: accuracy after each epoch")
    right.grid(alpha=0.3)
    return figure


def draw_weights(columns: np.ndarray, titles: Sequence[str], rows: int) -> Figure:
    """Draw columns of weights (784, M) as M images: 0 is white, red speaks for, blue against; each with its own scale.

    Args:
        columns: the weights.
        titles: M of them.
        rows: of images.
    """
    per_row = -(-columns.shape[1] // rows)
    figure, axes = new_panels(0.95 * per_row, 1.15 * rows, nrows=rows, ncols=per_row, squeeze=False)
    for ax, weights, title in zip(axes.flat, columns.T, titles, strict=True):
        ax.imshow(weights.reshape(SIDE, SIDE), cmap="RdBu_r", norm=CenteredNorm())
        ax.set_title(title, fontsize=9)
        ax.set(xticks=[], yticks=[])
    return figure


def draw_rungs(accuracies: Mapping[str, float]) -> Figure:
    """Draw validation accuracies, fractions, by the name of the rung, the first at the top."""
    figure, ax = new_panels(8.6, 0.42 * len(accuracies) + 1.0)
    plot_ladder(ax, list(accuracies), list(accuracies.values()))
    return figure


def draw_sizes(points: Sequence[Point], name: str, linear: float, errors: Sequence[float]) -> Figure:
    """Draw training and validation accuracy over one hyper-parameter, and how far each point is from the best.

    Args:
        points: of a sweep, in the order of the x axis.
        name: of the hyper-parameter.
        linear: validation accuracy of the linear classifier.
        errors: standard errors of the differences from the best mean, one per point, 0 for the best.
    """
    figure, (left, right) = new_panels(8.6, 3.4, ncols=2, width_ratios=(3, 2))
    positions = np.arange(len(points))
    trained = [[row.curve.train_acc[-1] for row in point.rows] for point in points]
    means = np.array([point.mean for point in points])
    _draw_seeds(left, trained, BLUE, "o--", "training (first 6,000)")
    _draw_seeds(left, [point.accuracies for point in points], VERMILION, "s-", "validation")
    left.axhline(linear, color=ink(left), linestyle=":", label="linear, validation")
    left.set_title("Every seed is a dot")
    right.axhline(means.max(), color=ink(right), linestyle=":", label="the best")
    bars = {"capsize": 3, "label": "mean ± one standard error\nof its difference from the best"}
    right.errorbar(positions, means, errors, fmt="s-", color=VERMILION, **bars)
    nearest = np.sort(errors)[1]  # after the best's own
    right.set(title="The best, close up", ylim=(means.max() - 8 * nearest, means.max() + 4 * nearest))
    for ax in (left, right):
        ax.set_xticks(positions, [format_value(point.settings[name]) for point in points])
        ax.set(xlabel=name.replace("hidden_dim", "hidden units"), ylabel="accuracy")
        percent(ax.yaxis, decimals=1)
    left.legend(fontsize="small", loc="center right")
    right.legend(fontsize="small", loc="upper left")
    return figure


def _draw_seeds(ax: Axes, accuracies: Sequence[Sequence[float]], color: str, line: str, label: str) -> None:
    """Draw means over the seeds as a line, and each seed as a pale dot."""
    values = np.array(accuracies)  # (points, seeds)
    ax.plot(values.mean(axis=1), line, color=color, markersize=5, label=label)
    for column in values.T:
        ax.plot(column, ".", color=color, alpha=0.4)


def draw_confusions(y: np.ndarray, scores: Mapping[str, np.ndarray]) -> Figure:
    """Draw the confusion matrix of each model; y (N,), scores (N, 10) by the model's name."""
    figure, (axes,) = new_panels(5.6 * len(scores), 5.5, ncols=len(scores), squeeze=False)
    for ax, (name, values) in zip(axes, scores.items(), strict=True):
        counts = confusion_matrix(y, values.argmax(axis=1), 10)
        plot_confusion(ax, counts, large=True)
        ax.set_title(f"{name}: {counts.sum() - np.trace(counts):,} of {len(y):,} wrong")
    return figure


def draw_mistakes(X: np.ndarray, y: np.ndarray, scores: np.ndarray) -> Figure:
    """Draw the 16 mistakes of the highest probability; X (N, 784), y (N,), scores (N, 10)."""
    figure, axes = new_panels(9, 3.4, nrows=2, ncols=8)
    plot_mistakes(axes, X.reshape(-1, SIDE, SIDE), y, scores)
    return figure
