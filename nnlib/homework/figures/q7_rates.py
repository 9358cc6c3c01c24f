"""The figures of 7.3: losses and sharpness by learning rate, by momentum and by cure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from nnlib.homework.cures import WINDOW, smoothed
from nnlib.homework.figures import new_panels
from nnlib.plots import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION

COLOURS = ((GREEN, "-"), (BLUE, "--"), (VERMILION, "-."), (ORANGE, ":"), (PURPLE, "-"))
CURES = {
    "as it is": ("black", "-"),
    "batch 200": (SKY, "--"),
    "all 1,000 at once": (BLUE, "-."),
    "decay": (ORANGE, "-"),
    "warm-up": ("0.5", "-"),
    "clipping": (GREEN, "--"),
    "a quarter of the rate": (VERMILION, ":"),
    "momentum 0.5": (PURPLE, "-."),
}


@dataclass(frozen=True)
class Descent:
    """Gradient descent on all examples at once.

    Attributes:
        losses: before every step, (steps,).
        sharpness: before the first step and after every `every` steps.
        bound: 2 (1 + momentum) / rate.
        every: steps from one measurement of the sharpness to the next.
    """

    losses: np.ndarray
    sharpness: np.ndarray
    bound: float
    every: int = 1

    @property
    def until_doubled(self) -> tuple[np.ndarray, np.ndarray]:
        """Steps and sharpness until the loss has doubled; what comes after means nothing."""
        end = int(np.argmax(self.losses > 2 * self.losses[0])) or len(self.losses)
        steps = np.arange(0, end, self.every)
        return steps, self.sharpness[: len(steps)]


def draw_bounds(least_squares: Mapping[str, np.ndarray], network: Mapping[str, Descent]) -> Figure:
    """Draw the losses of least squares around the bound, and losses and sharpness of a network.

    Args:
        least_squares: losses by label.
        network: by label.
    """
    figure, (left, middle, right) = new_panels(11, 3.5, ncols=3)
    for (label, losses), (color, line) in zip(least_squares.items(), COLOURS, strict=False):
        left.semilogy(losses, line, color=color, label=label)
    left.set(xlabel="step", ylabel="training loss", title="Least squares: the bound is sharp", ylim=(1e-4, 1e4))
    left.legend(loc="lower left")
    for (label, run), (color, line) in zip(network.items(), COLOURS, strict=False):
        middle.semilogy(run.losses, line, color=color, label=label)
        right.semilogy(*run.until_doubled, line, color=color)
        right.axhline(run.bound, color=color, linewidth=0.8)
        place = (len(run.losses), 1.05 * run.bound)
        right.annotate(f"bound, {label}", place, color=color, va="bottom", ha="right", fontsize="small")
    middle.set(xlabel="step", ylabel="training loss", title="A network, all digits in each step")
    middle.legend()
    right.set(xlabel="step", ylabel="sharpness", title="Its sharpness and the bounds", ylim=(0.1, 30))
    return figure


def draw_momentum(runs: Mapping[str, Descent]) -> Figure:
    """Draw losses, and the sharpness as a multiple of each run's bound, until its loss has doubled."""
    figure, (left, right) = new_panels(11, 3.5, ncols=2)
    for (label, run), (color, line) in zip(runs.items(), COLOURS, strict=False):
        left.semilogy(run.losses, line, color=color, label=label)
        steps, sharpness = run.until_doubled
        right.semilogy(steps, sharpness / run.bound, line, color=color, label=label)
    right.axhline(1, color="black", linewidth=0.8)
    left.set(xlabel="step", ylabel="training loss", title="The network, all digits in each step")
    right.set(xlabel="step", ylabel="sharpness / bound", title="Above 1, overshoots grow")
    right.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def draw_cures(curves: Mapping[tuple[str, str], np.ndarray], first: int = 40) -> Figure:
    """Draw the first steps of case A, each loss by itself, and all cures of A and B, centred means over ten steps.

    Args:
        curves: the loss of every step by (case, cure); of one seed.
        first: steps in the first panel.
    """
    figure, (left, *others) = new_panels(11, 3.7, ncols=3)
    for cure in ("as it is", "warm-up"):
        color, line = CURES[cure]
        losses = curves["A", cure][:first]
        left.semilogy(np.arange(1, len(losses) + 1), losses, line, color=color, label=cure)
    left.set(xlabel="step", ylabel="training loss", title=f"A: the first {first} steps, not averaged")
    left.set_yticks((1, 2, 5, 10, 20, 50), ("1", "2", "5", "10", "20", "50"))
    left.minorticks_off()
    for ax, case, title in zip(others, "AB", ("A: plain, rate 1.6", "B: momentum 0.9, rate 0.4"), strict=True):
        for cure, (color, line) in CURES.items():
            if (case, cure) in curves:
                means = smoothed(curves[case, cure])
                ax.semilogy(np.arange(len(means)) + (WINDOW + 1) / 2, means, line, color=color, label=cure)
        ax.set(xlabel="step", title=title, ylim=(2e-3, 80))
    others[0].set_ylabel(f"training loss, mean of {WINDOW} steps")
    handles, labels = others[1].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4)
    return figure
