"""Figures of Q3: streets, the hinge and its subgradients, steps that do not fade, support vectors and their shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.homework.figures import new_panels
from nnlib.plots import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION, plot_hyperparameter
from nnlib.search import Sweep

CLASSES = ((-1, BLUE, "o", "class 0"), (1, VERMILION, "s", "class 1"))
HINGE, LOGISTIC = {"color": VERMILION}, {"color": BLUE, "linestyle": "--"}
TOLERANCE = 0.02  # of a margin, for what training has not settled
STYLES = ((SKY, ":"), (BLUE, "-"), (PURPLE, "--"), (GREEN, "-."))


class Street(NamedTuple):
    """A linear classifier of points in the plane.

    Attributes:
        points: (N, 2).
        signs: -1 or +1, (N,).
        w: (2,).
        b: a number.
    """

    points: np.ndarray
    signs: np.ndarray
    w: np.ndarray
    b: float


def draw_streets(
    streets: Mapping[str, Street], *, payments: bool = True, labels: tuple[str, str] = ("$x_1$", "$x_2$")
) -> Figure:
    """Draw each street with its boundary, its borders and the examples, a panel each.

    Args:
        streets: by title.
        payments: draw a line from each example with a margin below 1 to its border.
        labels: of the two axes.
    """
    figure, axes = new_panels(4.0 * len(streets), 4.3, ncols=len(streets), sharex=True, sharey=True)
    low, high = (
        pick([pick(street.points, axis=0) for street in streets.values()], axis=0) for pick in (np.min, np.max)
    )
    for ax, (title, street) in zip(np.atleast_1d(axes), streets.items(), strict=True):
        _street(ax, street, float(np.linalg.norm(high - low)), payments)
        room = 0.06 * (high - low)
        ax.set(xlim=(low[0] - room[0], high[0] + room[0]), ylim=(low[1] - room[1], high[1] + room[1]))
        ax.set(xlabel=labels[0], aspect="equal", adjustable="box")
        ax.set_title(f"{title}\nthe street is {2 / np.linalg.norm(street.w):.2f} wide", fontsize="medium")
    np.atleast_1d(axes)[0].set(ylabel=labels[1])
    named = [pair for ax in figure.axes for pair in zip(*ax.get_legend_handles_labels(), strict=True)]
    handles = {label: line for line, label in named}
    figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=5, fontsize="small")
    return figure


def _street(ax: Axes, street: Street, reach: float, payments: bool) -> None:
    points, signs, w, b = street
    margins, across = signs * (points @ w + b), w / (w @ w)
    along = np.array([-w[1], w[0]]) / np.linalg.norm(w) * reach
    lines = {score: (score - b) * across + np.outer((-1, 1), along) for score in (-1, 0, 1)}
    ax.fill(*np.vstack([lines[-1], lines[1][::-1]]).T, color="black", alpha=0.08, linewidth=0)
    ax.plot(*lines[0].T, color="black", linewidth=1.2, label="boundary, $s = 0$")
    for score in (-1, 1):
        ax.plot(*lines[score].T, "--", color="black", linewidth=1, label=r"borders, $s = \pm 1$" if score > 0 else None)
    support = margins < 1 + TOLERANCE
    for sign, colour, marker, name in CLASSES:
        for part, style in ((support, {"label": name}), (~support, {"fillstyle": "none", "alpha": 0.6})):
            here = points[part & (signs == sign)]
            ax.plot(*here.T, marker, color=colour, markersize=4.5, linestyle="none", **style)
    lacking = np.flatnonzero(margins < 1 - TOLERANCE)
    if payments and len(lacking):
        ends = points[lacking] + ((1 - margins) * signs)[lacking, None] * across
        gaps = np.full_like(ends, np.nan)
        path = np.stack([points[lacking], ends, gaps], axis=1).reshape(-1, 2)
        ax.plot(*path.T, color=ORANGE, linewidth=1.5, zorder=0, label="what an example lacks")


def draw_losses(
    margins: np.ndarray, hinge: np.ndarray, hinge_slope: np.ndarray, logistic: np.ndarray, logistic_slope: np.ndarray
) -> Figure:
    """Draw hinge and logistic loss of one example, their derivatives, and lines through the kink; all (S,).

    Args:
        margins: where the others were computed.
        hinge: loss.
        hinge_slope: derivative.
        logistic: loss, in nats.
        logistic_slope: derivative.
    """
    figure, (left, middle, right) = new_panels(11, 3.4, ncols=3)
    left.plot(margins, hinge, **HINGE, label="hinge")
    left.plot(margins, logistic / np.log(2), **LOGISTIC, label="logistic, in bits")
    left.plot(margins, margins < 0, color="black", linewidth=1, drawstyle="steps-mid", label="zero-one")
    left.set(xlabel="margin $m$", ylabel="loss of one example", title="The loss")
    left.legend()
    for side in (margins < 1, margins > 1):
        middle.plot(margins[side], hinge_slope[side], **HINGE, label="hinge" if side[0] else None)
    middle.plot([1, 1], [-1, 0], color=VERMILION, linewidth=5, alpha=0.3, label="subgradients at the kink")
    middle.plot(margins, logistic_slope, **LOGISTIC, label="logistic, in nats")
    middle.set(xlabel="margin $m$", ylabel="derivative", title="Its derivative", ylim=(-1.15, 0.8))
    middle.legend(loc="upper left", fontsize="small")
    near = (margins >= -0.5) & (margins <= 2.5)
    right.plot(margins[near], hinge[near], **HINGE, linewidth=2.5, label="hinge")
    for slope, colour, style in ((0, GREEN, "-"), (-0.3, GREEN, "--"), (-0.7, GREEN, ":"), (-1.6, PURPLE, "-.")):
        name = f"slope {slope:g}: " + ("never above it" if -1 <= slope <= 0 else "above it on the left")
        right.plot(margins[near], slope * (margins[near] - 1), style, color=colour, linewidth=1.3, label=name)
    right.set(xlabel="margin $m$", title="Lines through the kink", ylim=(-1, 3.9))
    right.legend(loc="upper right", fontsize="small")
    return figure


def draw_descent(norms: Mapping[str, np.ndarray], by_rate: Mapping[float, np.ndarray]) -> Figure:
    """Draw the norms of the gradients of plain gradient descent, and the loss of each epoch by learning rate.

    Args:
        norms: (steps,), of "logistic" and "hinge".
        by_rate: (epochs,), by learning rate.
    """
    figure, (left, right) = new_panels(9.6, 3.4, ncols=2)
    for name, style in (("logistic", LOGISTIC), ("hinge", HINGE)):
        left.semilogy(norms[name], **style, label=name)
    left.set(xlabel="step", ylabel="norm of the gradient", title="Gradient descent at a constant rate")
    left.legend()
    for (rate, losses), (colour, style) in zip(by_rate.items(), STYLES, strict=False):
        right.semilogy(np.arange(1, len(losses) + 1), losses, style, color=colour, label=f"learning rate {rate:g}")
    right.set(xlabel="epoch", ylabel="mean loss of the epoch", title="Momentum, with a rate that falls")
    right.legend()
    return figure


def draw_retraining(scores: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> Figure:
    """Draw scores of the same examples by a model of all training examples and by one of a part, a panel per pair."""
    figure, axes = new_panels(3.7 * len(scores), 3.6, ncols=len(scores))
    for ax, (title, (of_all, of_part)), (colour, _) in zip(axes, scores.items(), STYLES[1:], strict=False):
        limit = 1.05 * np.abs(of_all).max()
        ax.plot([-limit, limit], [-limit, limit], color="black", linewidth=1, label="equal")
        ax.plot(of_all, of_part, ".", color=colour, markersize=5, alpha=0.7, label="validation examples")
        ax.set(xlabel="score, trained on all", ylabel="score, trained on the part")
        ax.set_title(title, fontsize="medium")
        ax.legend(loc="upper left", fontsize="small")
    return figure


def draw_shares(margins: np.ndarray, shares: np.ndarray, on_border: np.ndarray) -> Figure:
    """Draw each training example's share over its margin; `on_border` (N,) marks the examples with a margin of 1."""
    figure, ax = new_panels(7.2, 3.3, ncols=1)
    groups = {
        "below 1": ((margins < 1) & ~on_border, VERMILION, "s"),
        "on the border": (on_border, GREEN, "D"),
        "above 1": ((margins > 1) & ~on_border, BLUE, "o"),
    }
    for name, (part, colour, marker) in groups.items():
        ax.plot(margins[part], shares[part], marker, color=colour, markersize=4, alpha=0.6, label=name)
    ax.set(xlabel="margin $m$ of a training example", ylabel=r"share $\alpha$", title="Shares in the weights")
    ax.legend(title="margin")
    return figure


def draw_rivals(
    weights: Mapping[str, np.ndarray],
    margins: Mapping[str, np.ndarray],
    forces: Mapping[str, np.ndarray],
    scores: Mapping[str, np.ndarray],
    signs: np.ndarray,
) -> Figure:
    """Draw two linear classifiers side by side; every mapping has the keys "hinge" and "logistic".

    Args:
        weights: of norm 1, (D,).
        margins: of the training examples, (N,).
        forces: how hard each training example pulls, (N,).
        scores: of the validation examples, (V,).
        signs: their labels, -1 or +1, (V,).
    """
    figure, (left, middle, right) = new_panels(12, 3.5, ncols=3)
    for name, colour, marker, shift in (("hinge", VERMILION, "s", -0.2), ("logistic", BLUE, "o", 0.2)):
        features = np.arange(1, len(weights[name]) + 1)
        left.bar(features + shift, weights[name], width=0.4, color=colour, label=name)
        middle.plot(margins[name], forces[name], marker, color=colour, markersize=4, alpha=0.5, label=name)
    left.set(xlabel="feature", ylabel="weight, norm 1", xticks=features[::3], title="Weights")
    left.set_ylim(top=1.3 * left.get_ylim()[1])
    left.legend(loc="upper right")
    middle.set(xlabel="margin $m$ of a training example", ylabel=r"force, $N\,|\partial L / \partial s_n|$")
    middle.set(title="Which examples pull", xlim=(-8, 8))
    middle.legend(loc="center left")
    for sign, colour, marker, name in CLASSES:
        here = signs == sign
        pair = scores["logistic"][here], scores["hinge"][here]
        right.plot(*pair, marker, color=colour, markersize=4, alpha=0.6, label=name)
    right.axhline(0, color="black", linewidth=1)
    right.axvline(0, color="black", linewidth=1)
    right.set(xlabel="logistic score (log-odds)", ylabel="hinge score", title="Validation examples")
    right.legend()
    return figure


def draw_networks(
    networks: Sweep, reg: float, linear: float, error: float, active: Mapping[str, Sequence[int]]
) -> Figure:
    """Draw validation accuracy over the width, by learning rate, and how many examples still pull.

    Args:
        networks: the sweep over `hidden_dim`, `learning_rate` and `reg`.
        reg: the L2 strength to draw.
        linear: validation accuracy of the linear classifier.
        error: one standard error of it.
        active: number of training examples with a margin below 1 after each epoch, by model.
    """
    figure, (left, right) = new_panels(10.4, 3.8, ncols=2)
    plot_hyperparameter(left, networks, "hidden_dim", by="learning_rate", fixed={"reg": reg})
    left.axhline(linear, color="black", linestyle=":", label="linear classifier")
    left.axhspan(linear - error, linear + error, color="black", alpha=0.08, linewidth=0, label="one standard error")
    left.set(title=f"Three seeds, L2 {reg:g}; bars: one standard deviation", xlabel="hidden units")
    left.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), fontsize="small", ncols=3)
    # A rate that fails lies far below, and its bars would reach beyond 100 %.
    left.set_ylim(max(left.get_ylim()[0], linear - 0.07) - 0.02, min(linear + error + 0.015, 1.0))
    for (name, counts), (colour, style) in zip(active.items(), STYLES[1:], strict=False):
        right.plot(np.arange(1, len(counts) + 1), counts, style, color=colour, label=name)
    right.set(xlabel="epoch", ylabel="training examples with $m < 1$", title="How many still pull", ylim=(0, None))
    right.legend()
    return figure


def draw_test_scores(scores: Mapping[str, np.ndarray], signs: np.ndarray) -> Figure:
    """Draw a histogram of the test scores by class, and the street, for each model."""
    figure, axes = new_panels(9.6, 3.3, ncols=len(scores))
    for ax, (title, values) in zip(axes, scores.items(), strict=True):
        bins = np.linspace(-np.abs(values).max(), np.abs(values).max(), 41)
        ax.axvspan(-1, 1, color="black", alpha=0.12, linewidth=0, label="the street")
        for sign, colour, _, name in CLASSES:
            ax.hist(values[signs == sign], bins, color=colour, alpha=0.55, edgecolor="white", label=name)
        ax.axvline(0, color="black", linewidth=1)
        ax.set(xlabel="score", ylabel="test examples", title=title)
        ax.legend()
    return figure
