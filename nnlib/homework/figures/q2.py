"""Figures of Q2: the data, the logistic loss, steep and flat directions, what a classifier has learned, luck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from nnlib.homework.figures import new_panels
from nnlib.plots import BLUE, GREEN, PURPLE, SKY, VERMILION, plot_accuracy, plot_loss, plot_sweep
from nnlib.plots.training import Trained

STYLES = ((SKY, ":"), (BLUE, "-."), (GREEN, (0, (5, 1, 1, 1))), (VERMILION, "-"), (PURPLE, "--"))
CLASSES = ((0, BLUE, "o", -0.15), (1, VERMILION, "s", 0.15))
PAIRS = ((BLUE, "-"), (VERMILION, "--"))


def _histogram(ax: Axes, values: np.ndarray, bins: np.ndarray, colour: str, label: str) -> None:
    ax.hist(values, bins, color=colour, alpha=0.55, edgecolor="white", label=label)


def draw_classes(X: np.ndarray, y: np.ndarray) -> Figure:
    """Draw each feature's mean and standard deviation by class, and the sums of all features; X (N, D), y (N,)."""
    figure, (left, right) = new_panels(9.6, 3.3, ncols=2, width_ratios=(1.4, 1))
    features, sums = np.arange(1, X.shape[1] + 1), X.sum(axis=1)
    bins = np.linspace(np.floor(sums.min()), np.ceil(sums.max()), 25)
    for label, colour, marker, shift in CLASSES:
        own = X[y == label]
        style = {"fmt": marker, "markersize": 4, "capsize": 2, "color": colour, "label": f"class {label}"}
        left.errorbar(features + shift, own.mean(axis=0), own.std(axis=0), **style)
        _histogram(right, sums[y == label], bins, colour, f"class {label}")
    left.set(xlabel="feature", ylabel="value", xticks=features, ylim=(0, 1.25))
    left.set_title("One feature at a time: mean and standard deviation")
    right.set(xlabel=f"sum of the {X.shape[1]} features", ylabel="training examples", title="All features added up")
    left.legend(loc="upper center", ncols=2)
    right.legend()
    return figure


def draw_losses(
    margins: np.ndarray, losses: np.ndarray, slopes: np.ndarray, wide: np.ndarray, errors: Mapping[str, np.ndarray]
) -> Figure:
    """Draw the logistic loss of one example, its derivative, and the relative errors of its formulas in float32.

    Args:
        margins: (S,).
        losses: in nats, at the margins, (S,).
        slopes: their derivatives, (S,).
        wide: margins of the errors, (E,).
        errors: by formula, (E,); drawn from 1e-9 to 3, an infinite one at 2.
    """
    figure, (left, middle, right) = new_panels(11, 3.4, ncols=3)
    left.plot(margins, losses, color=BLUE, label=r"logistic, $\log(1 + e^{-m})$, in nats")
    left.plot(margins, losses / np.log(2), "--", color=BLUE, label="logistic, in bits")
    left.plot(margins, margins < 0, color="black", linewidth=1, drawstyle="steps-mid", label="zero-one")
    left.set(xlabel="margin $m$", ylabel="loss of one example", title="The loss", ylim=(-0.1, 5))
    middle.plot(margins, slopes, color=BLUE, label=r"logistic, $-\sigma(-m)$")
    middle.plot(margins, np.zeros_like(margins), color="black", linewidth=1, label="zero-one")
    middle.set(xlabel="margin $m$", ylabel="derivative", title="Its derivative", ylim=(-1.1, 0.4))
    for (name, values), (colour, style) in zip(errors.items(), reversed(PAIRS), strict=True):
        shown = np.clip(np.nan_to_num(values, nan=2.0, posinf=2.0), 1e-9, 2.0)
        right.semilogy(wide, shown, style, color=colour, label=name)
    right.set(xlabel="margin $m$", ylabel="relative error", title="Two formulas in float32", ylim=(3e-10, 300))
    for ax in (left, middle, right):
        ax.legend(loc="upper right" if ax is left else "upper left", fontsize="small")
    return figure


def draw_rates(curves: Mapping[str, Mapping[float, np.ndarray]], bounds: Mapping[str, tuple[float, float]]) -> Figure:
    """Draw the loss of gradient descent over its steps, a panel for each set of features.

    Args:
        curves: losses (steps,) by learning rate, by features.
        bounds: 2/h at zero weights and at the minimum, by features.
    """
    figure, axes = new_panels(9.6, 3.6, ncols=len(curves), sharey=True)
    for ax, (name, by_rate) in zip(axes, curves.items(), strict=True):
        for (rate, losses), (colour, style) in zip(by_rate.items(), STYLES, strict=True):
            ax.semilogy(losses, color=colour, linestyle=style, linewidth=1.3, label=f"rate {rate:g}")
        start, end = bounds[name]
        ax.set_title(f"{name}: 2/h is {start:.2f} at the start, {end:.1f} at the minimum", fontsize="medium")
        ax.set(xlabel="step")
        ax.grid(alpha=0.3)
    axes[0].set(ylabel="training loss")
    axes[-1].legend(loc="upper right", ncols=2, fontsize="small")
    return figure


def draw_contours(panels: Mapping[str, tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]]) -> Figure:
    """Draw the loss over two parameters as contours, with a path of gradient descent; one scale for both axes.

    Args:
        panels: by title: values of the weight (A,), of the bias (B,), losses (B, A), the minimum (2,), a path
            (steps + 1, 2).
    """
    figure, axes = new_panels(9.6, 5.0, ncols=len(panels))
    for ax, (title, (weights, biases, losses, minimum, path)) in zip(axes, panels.items(), strict=True):
        levels = np.log(2) * np.geomspace(1 / 8, 32, 13)  # log 2 at zero weights
        ax.contour(weights, biases, losses, levels, norm=LogNorm(), cmap="viridis", linewidths=1)
        ax.plot(*path.T, "o-", color=VERMILION, markersize=2.5, linewidth=0.9, label=f"{len(path) - 1} steps")
        inside = weights[0] < minimum[0] < weights[-1] and biases[0] < minimum[1] < biases[-1]
        where = "minimum" if inside else f"minimum: far outside, at ({minimum[0]:.0f}, {minimum[1]:.0f})"
        ax.plot(*minimum, "*", color="black", markersize=11, linestyle="none", label=where)
        ax.set(xlim=weights[[0, -1]], ylim=biases[[0, -1]])
        ax.set(xlabel="weight of all features", ylabel="bias", title=title, aspect="equal", adjustable="box")
        ax.legend(loc="upper right", fontsize="small")
    return figure


def draw_training(solver: Trained, minimum: float) -> Figure:
    """Draw the loss of each minibatch beside the least loss of the whole training set, and the accuracies."""
    figure, (left, right) = new_panels(9.6, 3.3, ncols=2)
    plot_loss(left, solver, window=25)
    left.axhline(minimum, color="black", linestyle=":", label="Newton's minimum")
    left.set(title="Linear classifier: loss of each minibatch", yscale="log", ylim=(0.01, 2))
    left.legend()
    plot_accuracy(right, solver)
    right.set(title="Accuracy after each epoch", ylim=(0.88, 1))
    return figure


def draw_classifier(weights: np.ndarray, scores: np.ndarray, y: np.ndarray) -> Figure:
    """Draw the weights (D,) of a linear classifier, and its scores (N,) by class."""
    figure, (left, right) = new_panels(9.6, 3.3, ncols=2)
    features = np.arange(1, len(weights) + 1)
    left.bar(features, weights, color=BLUE)
    left.axhline(weights.mean(), color="black", linestyle="--", linewidth=1, label="mean")
    left.set(xlabel="feature", ylabel="weight", xticks=features, title="Learned weights, standardised features")
    left.set_ylim(top=1.15 * left.get_ylim()[1])
    left.legend(loc="upper right")
    bins = np.linspace(-np.abs(scores).max(), np.abs(scores).max(), 31)
    for label, colour, *_ in CLASSES:
        _histogram(right, scores[y == label], bins, colour, f"class {label}")
    right.axvline(0, color="black", linewidth=1)
    right.set(xlabel="score", ylabel="validation examples", title="Scores by class")
    right.legend()
    return figure


def draw_units(cosines: Mapping[str, np.ndarray], losses: Mapping[str, np.ndarray]) -> Figure:
    """Draw the cosines of the hidden units' weights with one direction, and the loss of each epoch, by first weights.

    Args:
        cosines: (units,), by the scale of the first weights.
        losses: (epochs,), by the same names.
    """
    figure, (left, right) = new_panels(9.6, 3.3, ncols=2)
    for (name, values), (colour, style) in zip(cosines.items(), PAIRS, strict=True):
        _histogram(left, values, np.linspace(-1, 1, 41), colour, name)
        right.semilogy(np.arange(1, len(losses[name]) + 1), losses[name], style, color=colour, label=name)
    left.set(xlabel="cosine with the linear classifier's weights", ylabel="hidden units")
    left.set(title="Where the hidden units look", xticks=np.linspace(-1, 1, 5))
    left.legend(loc="upper center")
    right.set(xlabel="epoch", ylabel="mean loss of the epoch", title="Training")
    right.legend()
    return figure


def draw_widths(widths: Sequence[int], accuracies: Mapping[str, np.ndarray], linear: float, error: float) -> Figure:
    """Draw validation accuracies (widths, seeds) by name, and the linear classifier's with one standard error."""
    figure, ax = new_panels(7.2, 3.4, ncols=1)
    ax.set_prop_cycle(color=[BLUE, VERMILION])
    for name, values in accuracies.items():
        plot_sweep(ax, widths, values, xlabel="hidden units", label=name)
    ax.axhline(linear, color="black", linestyle=":", label="linear classifier")
    ax.axhspan(linear - error, linear + error, color="black", alpha=0.08, linewidth=0, label="one standard error")
    ax.set(ylabel="validation accuracy", title="Three seeds of each width")
    ax.set_ylim(bottom=ax.get_ylim()[0] - 0.015)  # the legend's place
    ax.legend(loc="lower right", fontsize="small", ncols=2)
    return figure


def draw_luck(
    best: Mapping[str, np.ndarray], truth: float, correlations: np.ndarray, optimism: np.ndarray, own: tuple
) -> Figure:
    """Draw how accurate the best of equal models looks, and by how much on average, over their correlation.

    Args:
        best: accuracies of many repetitions, by name.
        truth: the accuracy of every model.
        correlations: of whether two models are right, (C,).
        optimism: the mean of the best minus `truth`, (C,).
        own: correlation and optimism of the notebook's own models.
    """
    figure, (left, right) = new_panels(9.6, 3.3, ncols=2)
    every = np.concatenate(list(best.values()))
    bins = np.arange(every.min() - 0.002, every.max() + 0.006, 0.004)
    for (name, values), (colour, style) in zip(best.items(), (*PAIRS, (PURPLE, "-.")), strict=True):
        left.hist(values, bins, histtype="step", color=colour, linestyle=style, linewidth=1.5, label=name)
    left.axvline(truth, color="black", linestyle=":", linewidth=1.5, label="the truth about all")
    left.set(xlabel="accuracy on 250 examples", ylabel="repetitions", title="The best looks better than it is")
    left.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    left.legend(loc="upper left", fontsize="small")
    right.plot(correlations, 100 * optimism, "o-", color=BLUE, markersize=4, label="simulated, equal models")
    right.plot(own[0], 100 * own[1], "*", color="black", markersize=12, label="25 seeds of one network")
    right.set(xlabel="correlation of being right", ylabel="points", ylim=(0, None))
    right.set_title("Optimism of the best of 25")
    right.legend(loc="lower left", fontsize="small")
    return figure


def draw_test(
    accuracies: Mapping[str, np.ndarray], errors: Sequence[float], margins: Mapping[str, np.ndarray]
) -> Figure:
    """Draw the test accuracies of all seeds, the first with its standard error, and the sorted margins.

    Args:
        accuracies: (seeds,), by model.
        errors: a standard error for each model.
        margins: on the test set, (N,), by model.
    """
    figure, (left, right) = new_panels(9.6, 3.4, ncols=2, width_ratios=(1, 1.3))
    for index, ((name, values), (colour, style)) in enumerate(zip(accuracies.items(), PAIRS, strict=True)):
        first, seeds = ("seed 0, one standard error", "all five seeds") if index == 0 else (None, None)
        left.errorbar(index, values[0], errors[index], fmt="D", color=colour, capsize=5, label=first)
        left.plot(index + np.linspace(0.12, 0.28, len(values)), values, ".", color=colour, label=seeds)
        share = np.arange(1, len(margins[name]) + 1) / len(margins[name])
        right.plot(np.sort(margins[name]), share, linestyle=style, color=colour, label=name)
    left.set(xticks=range(len(accuracies)), xticklabels=list(accuracies), xlim=(-0.5, 1.5), ylim=(0.88, 0.98))
    left.set(ylabel="test accuracy", title="Test accuracy")
    right.axvline(0, color="black", linewidth=1)
    right.set(xlabel="margin $m$ on the test set", ylabel="share of examples below", xlim=(-6, 30))
    right.set_title("Left of 0 are the mistakes")
    left.legend(loc="lower center", fontsize="small")
    right.legend()
    for ax in (left, right):
        ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    return figure
