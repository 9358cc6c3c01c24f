"""7.2: mean and variance over dropout's masks of a layer's outputs, and what a ReLU after it changes.

With M[i] = 1 with probability p and 0 otherwise, all independent, y = (x * M) W + b has

    E y[j] = p sum_i x[i] W[i,j] + b[j] = ((p x) W + b)[j]
    Var y[j] = sum_i x[i]^2 W[i,j]^2 Var M[i] = p (1 - p) sum_i x[i]^2 W[i,j]^2 .
"""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib import backend, checks
from nnlib.homework.arguments import checked
from nnlib.homework.digits import first_digits
from nnlib.layers import arguments
from nnlib.plots import BLUE, GREEN, VERMILION, ink

Affine = tuple[np.ndarray, np.ndarray, np.ndarray]

MASKS = 2000
UNITS = 100


def moments(x: np.ndarray, w: np.ndarray, b: np.ndarray, keep: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the exact mean and variance of y = (x * mask) w + b over all masks, each (Dout,).

    Args:
        x: one input, (Din,).
        w: (Din, Dout).
        b: (Dout,).
        keep: the probability of KEEPING an element of x.
    """
    arguments.fully_connected(checks.floating("x", x, ndim=1)[None], w, b)
    arguments.keep_probability("keep", keep)
    return keep * x @ w + b, keep * (1 - keep) * (x * x) @ (w * w)


@checked
def masked_outputs(x: np.ndarray, w: np.ndarray, b: np.ndarray, keep: float, *, masks: int, rng) -> np.ndarray:
    """Return y = (x * mask) w + b for `masks` random masks, (masks, Dout); other arguments as in `moments`."""
    arguments.keep_probability("keep", keep)
    rows = np.broadcast_to(x, (checks.positive_int("masks", masks), *x.shape))
    layers = backend.functions()  # as networks take them: a student's own, or what stands in for them
    dropped, _ = layers.dropout_forward(rows, {"p": keep, "mode": "train", "rng": checks.generator(rng)})
    return layers.fc_forward(dropped, w, b)[0]


@checked
def rectified_mean(mean: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Return E max(Y, 0) for normal Y: mean Phi(mean/sd) + sd phi(mean/sd), Phi and phi the standard normal's."""
    checks.require(mean.ndim == 1, "mean", "one axis", f"shape {mean.shape}")
    checks.shape("variance", variance, mean.shape, "It has the shape of mean.")
    sd = np.sqrt(variance)
    t = np.divide(mean, sd, out=np.where(mean > 0, np.inf, -np.inf), where=sd > 0)
    below = 0.5 * (1 + np.array([math.erf(value / math.sqrt(2)) for value in t]))
    return mean * below + sd * np.exp(-0.5 * t * t) / math.sqrt(2 * math.pi)


@checked
def draw_dropout(figure: Figure, *, keep: float, layer: Affine | None = None, masks: int = MASKS, rng=0) -> np.ndarray:
    """Draw one unit's outputs over many masks, and the error of p-scaling in every unit's mean after a ReLU.

    Args:
        figure: empty; gets two Axes.
        keep: the probability of KEEPING an input.
        layer: x (Din,), w (Din, Dout), b (Dout,); None for the first digit and units with He initialisation.
        masks: number of masks.
        rng: seed or Generator for the masks.

    Returns:
        The outputs y, (masks, Dout).
    """
    arguments.keep_probability("keep", keep)
    x, w, b = _random_layer() if layer is None else layer
    outputs = masked_outputs(x, w, b, keep, masks=masks, rng=rng)
    mean, variance = moments(x, w, b, keep)
    sd = np.sqrt(variance)
    left, right = figure.subplots(1, 2)
    unit = int(np.argmax(np.abs(x @ w)))
    _draw_unit(left, outputs[:, unit], mean[unit], sd[unit], (x @ w + b)[unit])
    left.set_title(f"One unit, {masks:,} masks, keep {keep:g}")
    varies = sd > 0  # true of all units, unless nothing is dropped
    _draw_error(right, outputs[:, varies], mean[varies], sd[varies])
    return outputs


def _draw_unit(ax: Axes, outputs: np.ndarray, mean: float, sd: float, without_masks: float) -> None:
    edges = {"edgecolor": ax.get_facecolor(), "linewidth": 0.3}
    ax.hist(outputs, 40, density=True, color=BLUE, alpha=0.5, label="$(x \\odot M)W$", **edges)
    if sd > 0:
        y = np.linspace(mean - 4 * sd, mean + 4 * sd, 200)
        density = np.exp(-0.5 * ((y - mean) / sd) ** 2) / (sd * math.sqrt(2 * math.pi))
        ax.plot(y, density, color=ink(ax), linewidth=1, label="normal, var. $p(1-p)\\sum x^2W^2$")
    ax.axvline(mean, color=GREEN, linewidth=2, label="$(px)W$")
    ax.axvline(without_masks, color=VERMILION, linewidth=2, linestyle="--", label="$xW$, not scaled")
    ax.set(xlabel="output $y$", ylabel="density")
    ax.legend(fontsize="small", framealpha=1)  # above the lines


def _draw_error(ax: Axes, outputs: np.ndarray, mean: np.ndarray, sd: np.ndarray) -> None:
    error = np.maximum(outputs, 0).mean(axis=0) - np.maximum(mean, 0)
    ax.plot(mean / sd, error / sd, "o", color=BLUE, markersize=3.5, label="each unit, mean over masks")
    t = np.linspace(-4, 4, 161)
    predicted = rectified_mean(t, np.ones_like(t)) - np.maximum(t, 0)
    ax.plot(t, predicted, color=ink(ax), linewidth=1, label="if $y$ were normal")
    ax.axhline(0, color=GREEN, linewidth=2, label="$p$-scaling, ReLU$((px)W)$", zorder=0)
    ax.set(xlabel="mean of $y$ / its standard deviation", ylabel="error / standard deviation", xlim=(-4, 4))
    ax.set(title="Error of $p$-scaling after a ReLU", ylim=(-0.1, 0.5))
    ax.legend(fontsize="small")


def _random_layer() -> Affine:
    x = first_digits()[0][0]
    w = np.random.default_rng(0).normal(scale=math.sqrt(2 / len(x)), size=(len(x), UNITS))
    return x, w, np.zeros(UNITS)
