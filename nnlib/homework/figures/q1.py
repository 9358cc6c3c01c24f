"""Figures of Q1: numerical gradients, ReLU, dropout, batch norm; those of convolution are in q1_convolution.py."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from nnlib.homework.figures import new_panels
from nnlib.plots import BLUE, GREEN, ORANGE, PURPLE, VERMILION, ink

STYLES = ((BLUE, "-"), (VERMILION, "--"), (GREEN, "-."), (PURPLE, ":"))


def draw_step_sweep(
    steps: np.ndarray, errors: Mapping[str, np.ndarray], truncation: np.ndarray, rounding: np.ndarray, used: float
) -> Figure:
    """Draw the error of difference quotients over the step, with the two terms of the centred one in theory.

    Args:
        steps: h, (S,).
        errors: relative errors (S,) by the quotient's name.
        truncation: predicted, (S,).
        rounding: predicted, (S,).
        used: nnlib's step.
    """
    figure, ax = new_panels(8.6, 4.4)
    for (name, values), (colour, _), marker in zip(errors.items(), STYLES, "o^sD", strict=False):
        ax.loglog(steps, values, marker=marker, color=colour, markersize=3.5, linewidth=1.4, label=name)
    for theory, line, name in ((truncation, "--", "truncation, predicted"), (rounding, ":", "rounding, at most")):
        ax.loglog(steps, theory, line, color=ink(ax), linewidth=1.2, label=name)
    ax.axvline(used, color="grey", linewidth=1, label="the step of nnlib.gradcheck")
    ax.set(xlabel="step $h$", ylabel="median relative error", ylim=(1e-13, 5))
    ax.set_title("The best step balances truncation and rounding")
    ax.grid(alpha=0.3)
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize="small")
    return figure


def draw_kink(x: np.ndarray, relu: np.ndarray, derivative: np.ndarray, measured: np.ndarray, h: float) -> Figure:
    """Draw ReLU, and its derivative beside what a centred difference with step h measures; arrays (S,)."""
    figure, (left, right) = new_panels(8.6, 3.0, ncols=2)
    left.plot(x, relu, color=BLUE, linewidth=2, label="ReLU")
    left.plot(x, x / 2, "--", color=VERMILION, label="slope ½: what the difference sees at 0")
    left.set(xlabel="$x$", ylabel="$y$", title="A kink at 0")
    right.axvspan(-h, h, color="grey", alpha=0.2, linewidth=0, label="within $h$ of the kink")
    right.plot(x, derivative, color=BLUE, linewidth=2, drawstyle="steps-mid", label="derivative")
    right.plot(x, measured, "--", color=VERMILION, linewidth=2, label=f"centred difference, $h = {h:g}$")
    right.set(xlabel="$x$", ylabel="slope", title="The measured slope is wrong near the kink")
    right.set_ylim(-0.1, 1.7)
    for ax in (left, right):
        ax.legend(loc="upper left", fontsize="small")
    return figure


def draw_masks(panels: Mapping[str, np.ndarray]) -> Figure:
    """Draw grey images in [0, 1] in a row, each under its title."""
    figure, axes = new_panels(8.6, 2.3, ncols=len(panels))
    for ax, (title, image) in zip(axes, panels.items(), strict=True):
        ax.imshow(image, cmap="gray", vmin=0, vmax=1)
        ax.set_title(title, fontsize="medium")
        ax.set(xticks=[], yticks=[])
    return figure


def draw_moments(x: float, p: float, draws: np.ndarray, keep: np.ndarray, variances: np.ndarray) -> Figure:
    """Draw the mean over more and more masks at keep probability p, and the variance over keep probabilities.

    Args:
        x: the input of every draw.
        p: the keep probability of the draws.
        draws: outputs in train mode, (S,).
        keep: keep probabilities, (K,).
        variances: of the outputs at each of them, (K,).
    """
    figure, (left, right) = new_panels(8.6, 3.1, ncols=2)
    counts = np.arange(1, len(draws) + 1)
    band = 2 * x * np.sqrt(p * (1 - p) / counts)
    left.fill_between(
        counts, p * x - band, p * x + band, color=ORANGE, alpha=0.35, linewidth=0, label="± 2 std. errors"
    )
    left.semilogx(counts, np.cumsum(draws) / counts, color=BLUE, label="mean over the masks so far")
    left.axhline(p * x, color=ink(left), linestyle="--", linewidth=1, label="test mode, $pX$")
    left.set(xlabel="masks", ylabel="output", title=f"$X = {x:g}$, $p = {p:g}$: the mean tends to $pX$")
    left.set_ylim(p * x - 0.75, p * x + 0.75)
    left.legend(loc="lower right", fontsize="small")
    grid = np.linspace(0, 1, 101)
    right.plot(grid, x**2 * grid * (1 - grid), color=ORANGE, linewidth=2, label="$p(1-p)X^2$")
    right.plot(keep, variances, "o", color=BLUE, label="measured")
    right.set(xlabel="keep probability $p$", ylabel="variance of the output", title="Noise is greatest at $p = ½$")
    right.legend(loc="lower center", fontsize="small")
    return figure


def draw_distributions(names: list[str], before: np.ndarray, after: np.ndarray) -> Figure:
    """Draw the densities of D features before and after batch norm, both (N, D)."""
    figure, axes = new_panels(8.6, 3.2, ncols=2)
    for ax, values, title in zip(axes, (before, after), ("before", "after"), strict=True):
        edges = np.linspace(values.min(), values.max(), 90)
        for column, name, (colour, line) in zip(values.T, names, STYLES, strict=False):
            density, _ = np.histogram(column, bins=edges, density=True)
            ax.plot((edges[1:] + edges[:-1]) / 2, density, line, color=colour, label=name, linewidth=1.6)
        ax.set(xlabel="value of the feature", ylabel="density", title=f"{title.capitalize()} batch norm")
    ax.legend(fontsize="small")
    return figure


def draw_running(names: list[str], means: np.ndarray, variances: np.ndarray, rho: float, batch: int) -> Figure:
    """Draw running statistics divided by the true ones, both (steps, D), and what is expected of them.

    Args:
        names: of the D features.
        means: running means / true means.
        variances: running variances / true variances.
        rho: momentum of the running averages.
        batch: examples in a batch.
    """
    figure, axes = new_panels(8.6, 3.2, ncols=2, sharey=True)
    steps = np.arange(1, len(means) + 1)
    factors = (1, (batch - 1) / batch)
    for ax, values, factor, what in zip(axes, (means, variances), factors, ("mean", "variance"), strict=True):
        for column, name, (colour, line) in zip(values.T, names, STYLES, strict=False):
            ax.plot(steps, column, line, color=colour, label=name, linewidth=1.4)
        ax.plot(steps, factor * (1 - rho**steps), color=ink(ax), linewidth=1.2, label="expected")
        ax.set(xlabel=f"training steps (batches of {batch})", title=f"Running {what} / true {what}")
    axes[0].set(ylabel="ratio", ylim=(0, 1.8))
    axes[1].legend(loc="upper left", fontsize="small", ncols=2)
    return figure


_NODES = {
    "X": (0.5, 2.0),
    "μ": (3.0, 3.4),
    "σ": (3.0, 0.6),
    "X̂": (5.6, 2.0),
    "Y": (8.0, 2.0),
    "L": (9.9, 2.0),
    "γ": (7.1, 3.5),
    "β": (8.9, 3.5),
}
_EDGES = {  # from, to: the path's name, its colour
    ("X", "X̂"): ("path 1, direct", BLUE),
    ("X", "μ"): ("path 2", VERMILION),
    ("μ", "X̂"): ("", VERMILION),
    ("X", "σ"): ("path 3", GREEN),
    ("σ", "X̂"): ("", GREEN),
    ("μ", "σ"): ("adds 0", "dimgrey"),
    ("X̂", "Y"): ("", "black"),
    ("Y", "L"): ("", "black"),
    ("γ", "Y"): ("", "black"),
    ("β", "Y"): ("", "black"),
}
GRADIENTS = {  # of L with respect to a node, at the point (x, y) where it is written
    "Y": (r"$G$", 8.0, 1.25),
    "X̂": (r"$\gamma\,G$", 5.6, 1.25),
    "μ": (r"$-\dfrac{1}{\sigma}\,\sum_n \gamma\,G_n$", 3.0, 4.2),
    "σ": (r"$-\dfrac{1}{\sigma}\,\sum_n \gamma\,G_n \hat X_n$", 3.0, -0.25),
    "γ": (r"$\sum_n G_n \hat X_n$", 7.1, 4.25),
    "β": (r"$\sum_n G_n$", 8.9, 4.25),
    "X": ("sum of\nthree paths", 0.5, 1.05),
}


def draw_batch_norm_graph(*, gradients: bool = False) -> Figure:
    """Draw which variables of batch norm depend on which, and with `gradients` what flows back to each."""
    figure, ax = new_panels(8.6, 4.0)
    for (start, end), (name, colour) in _EDGES.items():
        _arrow(ax, start, end, name, colour)
    for name, centre in _NODES.items():
        ax.add_patch(Circle(centre, 0.36, facecolor="white", edgecolor="black", linewidth=1.5, zorder=3))
        ax.text(*centre, name, ha="center", va="center", fontsize=14, zorder=4)
    for text, x, y in GRADIENTS.values() if gradients else ():
        ax.text(x, y, text, ha="center", va="center", fontsize=13, color="black", zorder=4)
    title = (
        "Backward: the gradient of L with respect to each node" if gradients else "Forward: X reaches Y on three paths"
    )
    ax.set(xlim=(-0.3, 10.5), ylim=(-0.6, 4.7), aspect="equal", title=title)
    ax.set_axis_off()
    return figure


def _arrow(ax: Axes, start: str, end: str, name: str, colour: str) -> None:
    tail, head = np.array(_NODES[start]), np.array(_NODES[end])
    along = (head - tail) / np.hypot(*(head - tail))
    style = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.8, "linestyle": "--" if name == "adds 0" else "-"}
    ax.annotate("", head - 0.38 * along, tail + 0.38 * along, arrowprops=style)
    if name:
        at = tail + 0.4 * (head - tail) if start == "X" and end != "X̂" else tail + 0.7 * (head - tail)
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
        ax.text(*at, name, ha="center", va="center", color=colour, fontsize=10, bbox=box, zorder=5)
