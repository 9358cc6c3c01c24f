"""The figures of Q7: numbers in, Figure out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.homework.cures import WINDOW, smoothed
from nnlib.homework.depth import COLOURS, LINES, BackpropTrace
from nnlib.homework.figures import empty_figure, new_panels
from nnlib.homework.gains import Factors
from nnlib.homework.masks import MASKS, Affine, draw_dropout, rectified_mean
from nnlib.homework.signs import TARGET
from nnlib.plots import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION
from nnlib.plots import style as styles
from nnlib.plots.style import percent

NORM = {"color": PURPLE, "linestyle": "-", "marker": "D"}
OPTIONS = ((VERMILION, "-"), (BLUE, "--"), (GREEN, "-."), (ORANGE, ":"), (PURPLE, "-"), (SKY, "--"), ("0.45", "-."))


def draw_arrival(
    traces: Mapping[str, BackpropTrace], shares: Mapping[str, np.ndarray], depths: Sequence[int]
) -> Figure:
    """Draw |dL/dW| by layer of one network each, and the share of the gradient that arrives by depth.

    Args:
        traces: by name; a key of depth.py's `ACTIVATIONS` gets its colour there.
        shares: |dL/dz_1| / |dL/dz_{D-1}| of networks of D layers, (len(depths),) for each name.
        depths: D.
    """
    figure, (left, right) = new_panels(10, 3.4, ncols=2)
    for name, trace in traces.items():
        line = {**_activation(name), "markersize": 3.5, "label": name}
        left.semilogy(np.arange(1, len(trace.weight_norms) + 1), trace.weight_norms, **line)
        right.semilogy(depths, shares[name], **line)
    quarters = 0.25 ** (np.array(depths) - 2.0)
    right.semilogy(depths, quarters, color="black", linewidth=1, label="1/4 per layer")
    layers = len(trace.weight_norms)
    left.set(xlabel="layer", ylabel="norm of $\\partial L/\\partial W_l$", title=f"Gradients in {layers} layers")
    right.set(xlabel="layers of the network", title="Share of the gradient that arrives at layer 1")
    for ax in (left, right):
        ax.set_xticks((1, 5, 10, 15, 20))
    right.legend()
    return figure


def draw_gain_window(factors: Factors, accuracies: Mapping[float, Sequence[float]], predicted: float) -> Figure:
    """Draw slope, gain and product over g, and the accuracies over the product.

    Args:
        factors: of G networks.
        accuracies: by learning rate, (G,).
        predicted: g at which the product is 1.
    """
    figure, (left, right) = new_panels(10, 3.6, ncols=2)
    for values, line, color, label in (
        (factors.slope, "o-", VERMILION, "slope of the sigmoids"),
        (factors.gain, "s--", BLUE, "gain of the weights"),
        (factors.product, "D-", "black", "their product"),
    ):
        left.loglog(factors.weight_gains, values, line, color=color, markersize=3.5, label=label)
    left.axhline(1, color="0.6", linewidth=0.8)
    left.axvline(predicted, color=GREEN, linestyle=":", label=f"product 1 at $g$ = {predicted:.1f}")
    left.set(
        xlabel="$g$, weights of deviation $g/\\sqrt{\\mathrm{fan\\ in}}$",
        ylabel="factor per layer",
        title="Before training",
    )
    left.legend(fontsize="small")
    for (rate, values), line in zip(accuracies.items(), styles.LINES, strict=False):
        right.semilogx(factors.product, values, **line, markersize=4, label=f"rate {rate:g}")
    for g, x, top in zip(factors.weight_gains, factors.product, np.max(list(accuracies.values()), axis=0), strict=True):
        side, alignment = (-4, "right") if x < 1 else (4, "left")  # of the slopes, away from the lines
        right.annotate(f"{g:g}", (x, top), (side, 4), textcoords="offset points", ha=alignment, fontsize="small")
    right.axvline(1, color=GREEN, linestyle=":")
    right.margins(x=0.1)
    right.set(xlabel="slope × gain before training", ylabel="validation accuracy", title="After training (number: $g$)")
    right.set(ylim=(0, 1), xticks=(0.25, 0.5, 1, 2), xticklabels=("0.25", "0.5", "1", "2"))
    right.minorticks_off()
    percent(right.yaxis)
    right.legend(loc="upper left")
    return figure


def draw_deep_training(losses: Mapping[str, Sequence[float]], steps: int) -> Figure:
    """Draw the losses of the first `steps` steps, centred means over ten."""
    figure, ax = new_panels(8.4, 3.4)
    for (name, values), (color, line) in zip(losses.items(), OPTIONS, strict=False):
        _draw_smoothed(ax, values[:steps], line, color=color, label=name)
    ax.axhline(math.log(10), color="black", linewidth=0.8, label="guessing, $\\log 10$")
    ax.set(xlabel="step", ylabel=f"training loss, mean of {WINDOW} steps", title="Eight layers", xlim=(0, steps))
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def draw_paths(paths: Mapping[str, np.ndarray], moments: Mapping[str, np.ndarray]) -> Figure:
    """Draw the paths of two weights on the contours of the mean loss.

    Args:
        paths: by activation, (steps + 1, 2).
        moments: E[a^T a] of the inputs, (2, 2), which is the loss's Hessian.
    """
    figure, axes = new_panels(9, 3.8, ncols=2, sharex=True, sharey=True)
    across, up = np.meshgrid(np.linspace(-0.5, 1.6, 80), np.linspace(-1.5, 0.7, 80))
    offset = np.stack([across - TARGET[0], up - TARGET[1]])
    for ax, (name, path) in zip(axes, paths.items(), strict=True):
        loss = np.einsum("iab,ij,jab->ab", offset, moments[name], offset) / 2
        ax.contour(across, up, loss, levels=np.geomspace(0.003, 1.5, 9), colors="0.75", linewidths=0.8)
        ax.plot(*path.T, "o-", color=COLOURS[name], markersize=2.5, linewidth=1, label="one example per step")
        ax.plot(*path[0], "s", color="black", markersize=5, label="start")
        ax.plot(*TARGET, "*", color="black", markersize=12, label="target")
        ax.set(xlabel="first weight", aspect="equal", title=f"{name} inputs")
    axes[0].set_ylabel("second weight")
    axes[0].legend(fontsize="small")
    return figure


def draw_units(layer: Affine, keep: float, masks: int = MASKS) -> Figure:
    """Draw `draw_dropout` of a layer, and how far from the curve so many masks let the points lie.

    Args:
        layer: x (Din,), w (Din, Dout), b (Dout,).
        keep: the probability of KEEPING an input.
        masks: how many.
    """
    figure = empty_figure(10, 3.6)
    draw_dropout(figure, keep=keep, layer=layer, masks=masks)
    ax = figure.axes[1]
    t = np.linspace(-4, 4, 161)
    mean = rectified_mean(t, np.ones_like(t))
    below = 0.5 * (1 + np.array([math.erf(value / math.sqrt(2)) for value in t]))
    square = (t * t + 1) * below + t * np.exp(-0.5 * t * t) / math.sqrt(2 * math.pi)  # E max(Y, 0)^2, Y normal
    error = 2 * np.sqrt(np.maximum(square - mean * mean, 0) / masks)
    missing = mean - np.maximum(t, 0)
    label = f"± 2 standard errors, {masks:,} masks"
    ax.fill_between(t, missing - error, missing + error, color="0.85", zorder=-1, label=label)
    ax.legend(fontsize="small", loc="upper left")
    ax.set_ylim(-0.12, 0.72)
    return figure


def draw_distances(distances: Mapping[tuple[float, str], Sequence[float]], counts: Sequence[int]) -> Figure:
    """Draw how far the mean over n masks is from the scaled network, by n.

    Args:
        distances: by (keep probability, kind of mean), (len(counts),).
        counts: n.
    """
    figure, ax = new_panels(6.4, 3.4)
    for ((keep, kind), values), line in zip(distances.items(), styles.LINES, strict=False):
        ax.loglog(counts, values, **line, markersize=4, label=f"keep {keep:g}, {kind}")
    ax.set_xticks(counts, counts)
    ax.set_yticks((0.005, 0.01, 0.02, 0.05), ("0.005", "0.01", "0.02", "0.05"))
    ax.minorticks_off()
    ax.set(xlabel="masks in the mean", ylabel="distance to the scaled network", title="Which mean is it?")
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def draw_ways(measured: Mapping[tuple[str, str], tuple[float, float]]) -> Figure:
    """Draw accuracy and loss of each network, used in several ways.

    Args:
        measured: (accuracy, loss) by (network, way).
    """
    networks, ways = (list(dict.fromkeys(key[part] for key in measured)) for part in (0, 1))
    figure, axes = new_panels(10, 3.4, ncols=2)
    for ax, which, label in zip(axes, (0, 1), ("validation accuracy", "validation loss"), strict=True):
        for name, line in zip(networks, styles.LINES, strict=False):
            there = [way for way in ways if (name, way) in measured]
            values = [measured[name, way][which] for way in there]
            ax.plot([ways.index(way) for way in there], values, **{**line, "linestyle": "None"}, label=name)
        ax.set_xticks(range(len(ways)), [way.replace(" ", "\n", 1) for way in ways])
        ax.set(ylabel=label, xlim=(-0.4, len(ways) - 0.6))
        ax.grid(axis="y", color="0.9")
    percent(axes[0].yaxis)
    axes[0].legend(loc="lower right")
    axes[1].set_ylim(0, None)
    return figure


def _activation(name: str) -> dict:
    if name not in COLOURS:
        return NORM
    return {"color": COLOURS[name], "linestyle": LINES[name][1:], "marker": LINES[name][0]}


def _draw_smoothed(ax: Axes, losses: Sequence[float], line: str, **options: object) -> None:
    means = smoothed(np.asarray(losses))
    ax.plot(np.arange(len(means)) + (WINDOW + 1) / 2, means, line, **options)  # the first step is 1
