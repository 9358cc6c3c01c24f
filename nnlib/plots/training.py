"""Training curves: loss and accuracies."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import is_color_like

from nnlib import checks
from nnlib.plots import arguments
from nnlib.plots.style import BLUE, VERMILION, ink, percent


class Trained(Protocol):
    """A Solver, or another record of training with the same attributes."""

    loss_history: list[float]
    train_acc_history: list[float]
    val_acc_history: list[float]
    best_val_acc: float
    epoch: int


def plot_loss(ax: Axes, solver: Trained, *, window: int = 50, label: str = "training loss", color: str = BLUE) -> Axes:
    """Draw the loss of every step, pale, and its running mean over `window` steps, each at the middle of its steps."""
    arguments.axes(ax)
    arguments.trained(solver, "loss_history")
    checks.positive_int("window", window)
    checks.instance("label", label, str, "a text")
    checks.require(is_color_like(color), "color", "a colour of Matplotlib's", repr(color)[:60])
    losses = np.asarray(solver.loss_history)
    checks.require(len(losses) > 0, "solver", "one that has trained", "an empty loss history", "Call solver.train().")
    window = min(window, len(losses))
    steps = np.arange(1, len(losses) + 1)
    ax.plot(steps, losses, color=color, alpha=0.25, linewidth=0.7)
    mean = np.convolve(losses, np.full(window, 1 / window), mode="valid")
    middles = steps[: len(mean)] + (window - 1) / 2  # at its window's end, the mean of a falling curve lies above it
    ax.plot(middles, mean, color=color, label=f"{label}, mean of {window} steps")
    ax.set(xlabel="step", ylabel="loss")
    ax.legend()
    return ax


def plot_accuracy(ax: Axes, solver: Trained, *, training: str = "training") -> Axes:
    """Draw training and validation accuracy after each epoch, the best validation accuracy marked.

    The label `training` can say of which examples the training accuracy is.
    """
    arguments.axes(ax)
    checks.instance("training", training, str, "a text")
    arguments.trained(solver, "train_acc_history", "val_acc_history", "best_val_acc", "epoch")
    checks.require(solver.epoch > 0, "solver", "one that has trained an epoch", "none", "Call solver.train().")
    epochs = np.arange(1, len(solver.val_acc_history) + 1)
    ax.plot(epochs, solver.train_acc_history, "o--", color=BLUE, markersize=4, label=training)
    ax.plot(epochs, solver.val_acc_history, "s-", color=VERMILION, markersize=4, label="validation")
    best = int(np.argmax(solver.val_acc_history))
    ax.plot(
        epochs[best],
        solver.best_val_acc,
        "*",
        color=ink(ax),
        markersize=12,
        label=f"best validation, {solver.best_val_acc:.2%}",
    )
    ax.set(xlabel="epoch", ylabel="accuracy")
    percent(ax.yaxis)
    ax.legend()
    return ax
