"""The playgrounds of Q1 and Q7: figures that follow sliders, each with a description."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib import batchnorm_forward, checks, dropout_forward
from nnlib.homework.arguments import checked
from nnlib.homework.depth import ACTIVATIONS, draw_depth
from nnlib.homework.descent import draw_descent
from nnlib.homework.masks import draw_dropout
from nnlib.layers import arguments
from nnlib.plots import BLUE, GREEN, ORANGE, VERMILION, ink
from nnlib.widgets.controls import Choice, LinearSlider, ValueSlider
from nnlib.widgets.playground import Playground, play

MODE = Choice("mode", "mode", "train", ("train", "test"))

_UNITS = 2000


@checked
def draw_batch_norm(
    figure: Figure, *, mean: float, scale: float, batch_size: int, batches: int, momentum: float, mode: str
) -> str:
    """Draw one feature before and after batch norm, and the running statistics batch by batch.

    Args:
        figure: empty; gets three Axes.
        mean: of the feature over all data.
        scale: the feature's standard deviation over all data.
        batch_size: examples per batch.
        batches: number of training batches before the one that is drawn.
        momentum: of the running statistics.
        mode: 'train' or 'test', for the batch that is drawn.

    Returns:
        A description of the figure.
    """
    checks.not_negative("scale", scale)
    checks.positive_int("batch_size", batch_size)
    checks.positive_int("batches", batches)
    checks.fraction("momentum", momentum)
    checks.choice("mode", mode, MODE.options)
    rng = np.random.default_rng(0)
    bn_param = {"mode": "train", "momentum": momentum}
    one, zero = np.ones(1), np.zeros(1)
    running = []
    for _ in range(batches):
        batchnorm_forward(rng.normal(mean, scale, (batch_size, 1)), one, zero, bn_param)
        running.append((bn_param["running_mean"][0], np.sqrt(bn_param["running_var"][0])))
    x = rng.normal(mean, scale, (batch_size, 1))
    out, _ = batchnorm_forward(x, one, zero, {**bn_param, "mode": mode})
    left, middle, right = figure.subplots(1, 3)
    _histogram(left, x, BLUE, "The batch", "input")
    _histogram(middle, out, ORANGE, f"Normalised, {mode} mode", "output")
    _draw_running(right, np.array(running), mean, scale)
    means, deviations = running[-1]
    return (
        f"The batch has mean {_two(x.mean())} and standard deviation {_two(x.std())}. In {mode} mode the output has "
        f"mean {_two(out.mean())} and standard deviation {_two(out.std())}. After {batches} batches the running mean "
        f"is {_two(means)} and the root of the running variance {_two(deviations)}; over all data they are {mean:g} "
        f"and {scale:g}."
    )


def _draw_running(ax: Axes, running: np.ndarray, mean: float, scale: float) -> None:
    batches = np.arange(1, len(running) + 1)
    for column, label, truth, style in ((0, "mean", mean, "o-"), (1, "deviation", scale, "s-")):
        colour = (VERMILION, GREEN)[column]
        ax.plot(batches, running[:, column], style, color=colour, markersize=3, label=label)
        ax.axhline(truth, color=colour, linestyle=":", linewidth=1.5)
    ax.plot([], [], ":", color=ink(ax), linewidth=1.5, label="over all data")
    ax.set(xlabel="batch", title="Running statistics", xlim=(0, len(running) + 1))
    _legend_above(ax, ncols=2, columnspacing=1)


@checked
def draw_dropout_layer(figure: Figure, *, keep: float, mode: str, seed: int) -> str:
    """Draw a ReLU's outputs before and after dropout, and the mean over many masks against the test mode's output.

    Args:
        figure: empty; gets three Axes.
        keep: the probability of KEEPING an element.
        mode: 'train' or 'test', for the output that is drawn.
        seed: of the masks.

    Returns:
        A description of the figure.
    """
    arguments.keep_probability("keep", keep)
    checks.choice("mode", mode, MODE.options)
    x = np.maximum(np.random.default_rng(0).normal(1, 1, _UNITS), 0)
    rng = np.random.default_rng(seed)
    out, _ = dropout_forward(x, {"p": keep, "mode": mode, "rng": rng})
    test, _ = dropout_forward(x, {"p": keep, "mode": "test"})
    masked = [dropout_forward(x, {"p": keep, "mode": "train", "rng": rng})[0] for _ in range(100)]
    average = np.mean(masked, axis=0)
    left, middle, right = figure.subplots(1, 3)
    bins = np.linspace(0, x.max(), 40)
    _histogram(left, x, BLUE, f"{_UNITS:,} outputs of a ReLU", "input", bins)
    _histogram(middle, out, ORANGE, f"After dropout, {mode} mode", "output", bins)
    right.plot(test, average, ".", color=BLUE, markersize=3, label="each unit")
    right.plot([0, test.max()], [0, test.max()], "--", color=ink(right), linewidth=1, label="equal")
    right.set(xlabel="test mode: input times $p$", ylabel="mean of 100 masks", title="Test mode is the mean")
    right.legend(fontsize="small")
    zeros = float(np.mean(out[x > 0] == 0))
    return (
        f"Of the units that were not 0 before, {zeros:.0%} are 0 in {mode} mode. The mean of the output is "
        f"{out.mean():.2f}, the mean of the input {x.mean():.2f}; times the keep probability that is "
        f"{keep * x.mean():.2f}."
    )


def _legend_above(ax: Axes, **options: object) -> None:
    """Put the legend above the data, with room for it."""
    bottom, top = ax.get_ylim()
    ax.set_ylim(bottom, top + 0.4 * (top - bottom))
    ax.legend(fontsize="small", loc="upper left", **options)


def _histogram(ax: Axes, values: np.ndarray, colour: str, title: str, xlabel: str, bins: object = 30) -> None:
    ax.hist(values.ravel(), bins, color=colour, edgecolor=ax.get_facecolor(), linewidth=0.4)
    ax.axvline(values.mean(), color=ink(ax), linestyle="--", linewidth=1.2, label=f"mean {_two(values.mean())}")
    ax.set(title=title, xlabel=xlabel, ylabel="count")
    ax.legend(fontsize="small")


def _two(value: float) -> str:
    return f"{round(float(value), 2) + 0.0:.2f}"  # + 0.0: no -0.00


@checked
def draw_gradient_norms(figure: Figure, *, depth: int, activation: str) -> str:
    """Draw the gradient's norm per layer and return a description; see `nnlib.homework.depth.draw_depth`."""
    norms = draw_depth(figure, depth=depth, activation=activation).weight_norms
    return (
        f"{depth} layers of {activation}: the gradient's norm is {norms[-1]:.1e} in the last layer and {norms[0]:.1e} "
        f"in the first, {norms[0] / norms[-1]:.1e} times that."
    )


@checked
def draw_train_test(figure: Figure, *, keep: float) -> str:
    """Draw a layer's outputs over many masks and return a description; see `nnlib.homework.masks.draw_dropout`."""
    outputs = np.maximum(draw_dropout(figure, keep=keep, masks=1000), 0)
    for ax in figure.axes:
        _legend_above(ax)
    spread = outputs.std(axis=0).mean()
    mean = outputs.mean()
    return f"Keep probability {keep:g}: after the ReLU, a unit's mean output over masks is {mean:.3f} ± {spread:.3f}."


@checked
def draw_learning_rate(figure: Figure, *, learning_rate: float) -> str:
    """Draw gradient descent and return a description; see `nnlib.homework.descent.draw_descent`."""
    checks.positive("learning_rate", learning_rate)
    losses, _ = draw_descent(figure, learning_rate=learning_rate, steps=40)
    course = "fell" if losses[-1] < losses[0] else "rose"
    ends = f"from {losses[0]:.3g} to {losses[-1]:.3g}"
    return f"Learning rate {learning_rate:g}: in {len(losses)} steps the loss {course} {ends}."


def batch_norm_playground() -> Playground:
    """Return Q1's playground for batch norm."""
    controls = [
        LinearSlider("mean", "mean of the data", 3.0, -5.0, 5.0, 0.5),
        LinearSlider("scale", "its deviation", 2.0, 0.5, 5.0, 0.5),
        ValueSlider("batch_size", "batch size", 100, (2, 5, 10, 30, 100, 300, 1000)),
        LinearSlider("batches", "batches before", 20, 1, 60),
        LinearSlider("momentum", "momentum", 0.9, 0.0, 0.99, 0.01),
        MODE,
    ]
    return play(draw_batch_norm, controls, name="q1_batch_norm")


def dropout_playground() -> Playground:
    """Return Q1's playground for dropout."""
    keep = LinearSlider("keep", "keep probability", 0.8, 0.05, 1.0, 0.05, note=lambda keep: f"drops {1 - keep:.0%}")
    return play(draw_dropout_layer, [keep, MODE, LinearSlider("seed", "seed", 0, 0, 99)], name="q1_dropout")


def gradient_norm_playground() -> Playground:
    """Return Q7's playground for depth and activation."""
    activation = Choice("activation", "activation", "sigmoid", tuple(ACTIVATIONS))
    return play(draw_gradient_norms, [LinearSlider("depth", "layers", 10, 2, 30), activation], name="q7_gradient_norms")


def train_test_playground() -> Playground:
    """Return Q7's playground for the difference between dropout's train and test mode."""
    keep = LinearSlider("keep", "keep probability", 0.5, 0.05, 1.0, 0.05, note=lambda keep: f"drops {1 - keep:.0%}")
    return play(draw_train_test, [keep], size=(8.6, 4.0), name="q7_train_test")


def learning_rate_playground() -> Playground:
    """Return Q7's playground for a learning rate that is too high."""
    rates = ValueSlider("learning_rate", "learning rate", 1.0, (0.03, 0.1, 0.3, 1.0, 2.0, 3.0, 5.0, 10.0))
    return play(draw_learning_rate, [rates], size=(8.6, 4.4), name="q7_learning_rate")
