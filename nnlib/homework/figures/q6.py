"""Figures of Q6: the images, what a layer sees and costs, trainings, the ladder, what a start tells apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from nnlib.homework.figures import new_panels
from nnlib.homework.recorded import Training
from nnlib.plots import (
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    plot_accuracy,
    plot_images,
    plot_ladder,
    plot_learning_rate,
    plot_loss,
)
from nnlib.plots.style import percent
from nnlib.plots.training import Trained

STYLES = ((BLUE, "-"), (VERMILION, "--"), (GREEN, "-."), (ORANGE, ":"), (PURPLE, "-"))
SIDE = 32


def draw_examples(images: np.ndarray, labels: np.ndarray, names: Sequence[str], each: int = 3) -> Figure:
    """Draw the first `each` images (N, 3, 32, 32) uint8 of each class, a class per column."""
    figure, ax = new_panels(9, 2.9)
    first = np.array([np.flatnonzero(labels == label)[:each] for label in range(len(names))])
    shown = images[first.T.ravel()].transpose(0, 2, 3, 1) / 255
    plot_images(ax, shown, columns=len(names), scale_each=False)
    for index, name in enumerate(names):
        ax.text((SIDE + 1) * index + SIDE / 2, -4, name, ha="center")
    return figure


def draw_fields(image: np.ndarray, fields: Mapping[str, int], products: Mapping[str, float]) -> Figure:
    """Draw the receptive field of each layer's middle pixel on an image, and each layer's share of the multiplications.

    Args:
        image: (3, 32, 32) uint8.
        fields: the fields' sides in pixels by layer, growing.
        products: the numbers of multiplications by layer.
    """
    figure, (left, right) = new_panels(10, 3.9, ncols=2, width_ratios=[1, 1.2])
    margin = (max(fields.values()) - SIDE) / 2 + 2
    left.imshow(image.transpose(1, 2, 0), extent=(0, SIDE, SIDE, 0))
    for index, (layer, field) in enumerate(fields.items()):
        color, line = STYLES[index % len(STYLES)]
        corner = SIDE / 2 - field / 2
        square = {"facecolor": "none", "edgecolor": color, "linestyle": line, "linewidth": 1.5}
        frame = Rectangle((corner, corner), field, field, **square, label=f"{layer}: {field} × {field}")
        left.add_patch(frame).set_path_effects([withStroke(linewidth=3, foreground="white")])
    left.set(xlim=(-margin, SIDE + margin), ylim=(SIDE + margin, -margin), aspect="equal", xticks=[], yticks=[])
    left.set_title("receptive fields, on an image of 32 × 32")
    left.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize="small")
    shares = np.array(list(products.values())) / sum(products.values())
    bars = right.barh(list(products), shares, color=SKY, edgecolor="black", linewidth=0.5)
    right.bar_label(bars, [f"{share:.1%}" for share in shares], padding=3, fontsize="small")
    right.set(xlim=(0, 1.15 * shares.max()), xlabel="share of the multiplications")
    right.invert_yaxis()
    percent(right.xaxis)
    return figure


def draw_training(history: Trained, note: str = "") -> Figure:
    """Draw the loss of each step, and the accuracies after each epoch, under a note."""
    figure, (left, right) = new_panels(9, 3.2, ncols=2)
    plot_loss(left, history, window=100)
    left.set_title("Handout's VGG11: loss")
    plot_accuracy(right, history)
    right.set_title("Accuracy after each epoch")
    _write_note(figure, note)
    return figure


def draw_curves(histories: Mapping[str, Trained], note: str = "") -> Figure:
    """Draw the accuracies of some trainings by epoch, and the learning rates of the first and last, under a note."""
    figure, (left, middle, right) = new_panels(11, 3.2, ncols=3)
    middle.sharey(left)
    for (title, history), (color, line) in zip(histories.items(), STYLES, strict=False):
        epochs = range(1, history.epoch + 1)
        for ax, accuracies in ((left, history.train_acc_history), (middle, history.val_acc_history)):
            ax.plot(epochs, accuracies, color=color, linestyle=line, marker=".", label=title)
    left.set(xlabel="epoch", ylabel="accuracy", title="on the minibatches, while training")
    percent(left.yaxis)
    middle.set(xlabel="epoch", title="on the validation set")
    middle.legend()
    for title in dict.fromkeys((next(iter(histories)), list(histories)[-1])):
        plot_learning_rate(right, histories[title].learning_rates, label=title)
    right.set_title("learning rate")
    _write_note(figure, note)
    return figure


def _write_note(figure: Figure, note: str) -> None:
    if note:
        figure.suptitle(note, color=VERMILION, fontsize=10)


def draw_ladder(trainings: Sequence[Training], heading: str) -> Figure:
    """Draw the rungs' accuracies, and the test accuracy over the minutes of training: a point per rung, numbered.

    Args:
        trainings: the rungs in order.
        heading: what and where was measured.
    """
    figure, (left, right) = new_panels(11, 3.6, ncols=2, width_ratios=[3, 2])
    titles = [f"{rung.title} · {number}" for number, rung in enumerate(trainings, start=1)]
    plot_ladder(left, titles, [rung.val_acc for rung in trainings], [rung.test_acc for rung in trainings])
    left.set_title("The ladder, its rungs numbered", loc="left")
    _draw_minutes(right, trainings)
    figure.suptitle(heading, fontsize=10)
    return figure


def _draw_minutes(ax: Axes, trainings: Sequence[Training]) -> None:
    small = min(training.parameters for training in trainings)
    for wide, color, label in ((False, BLUE, "the handout's width"), (True, VERMILION, "four times the width")):
        points = [(n, t) for n, t in enumerate(trainings, start=1) if (t.parameters > small) is wide]
        minutes, accuracies = [t.seconds / 60 for _, t in points], [t.test_acc for _, t in points]
        ax.plot(minutes, accuracies, "s" if wide else "o", color=color, markersize=6, label=label)
        for (number, _), x, y in zip(points, minutes, accuracies, strict=True):
            aside, above = (8, -1) if number % 2 else (-14, -5)  # neighbours may lie close together
            ax.annotate(str(number), (x, y), (aside, above), textcoords="offset points", fontsize="small")
    ax.set(xlabel="minutes of training", ylabel="test accuracy", title="What it costs")
    ax.set_xlim(0, 1.15 * max(training.seconds for training in trainings) / 60)
    percent(ax.yaxis)
    ax.legend(loc="lower right", fontsize="small")


def draw_spreads(spreads: Mapping[str, Sequence[float]]) -> Figure:
    """Draw how much the outputs of each layer differ from image to image, by network, before any training."""
    figure, ax = new_panels(8.4, 3.4)
    for (name, values), (color, line) in zip(spreads.items(), STYLES, strict=False):
        ax.semilogy(range(1, len(values) + 1), values, color=color, linestyle=line, marker=".", label=name)
    ax.set(xlabel="layer, the last one gives the scores", ylabel="deviation over the images", title="Before training")
    ax.set_xticks(range(1, len(next(iter(spreads.values()))) + 1))
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure
