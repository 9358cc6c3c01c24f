"""Figures of Q6's extra notebook: augmented images, the whitening layer, curves of ours, its mistakes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from nnlib.homework.figures import new_panels
from nnlib.plots import (
    confusion_matrix,
    plot_accuracy,
    plot_confusion,
    plot_images,
    plot_learning_rate,
    plot_loss,
    plot_mistakes,
)
from nnlib.plots.training import Trained


def draw_augmented(rows: np.ndarray, title: str) -> Figure:
    """Draw images (R, N, 3, 32, 32) in [-1, 1], a row per epoch."""
    figure, ax = new_panels(5.4, 4.2)
    images = rows.reshape(-1, *rows.shape[2:]).transpose(0, 2, 3, 1) / 2 + 0.5
    plot_images(ax, images.astype(float), columns=rows.shape[1], scale_each=False)
    ax.set_title(title)
    return figure


def draw_ours(history: Trained, rates: Mapping[str, Sequence[float]]) -> Figure:
    """Draw loss and accuracies of one training, and the learning rates of several by name."""
    figure, axes = new_panels(11, 3.2, ncols=3)
    plot_loss(axes[0], history, window=100)
    plot_accuracy(axes[1], history)
    for name, values in rates.items():
        plot_learning_rate(axes[2], values, label=name)
    for ax, title in zip(axes, ("ours, long: loss", "ours, long: accuracy", "learning rates"), strict=True):
        ax.set_title(title)
    return figure


def draw_whitening(directions: np.ndarray, shares: np.ndarray) -> Figure:
    """Draw the principal directions of patches, the strongest first, each with its share of the energy as the title.

    All are drawn on one symmetric scale: grey is 0, lighter is positive, darker negative, in each colour. A
    direction's sign means nothing; the one with the larger sum is drawn.

    Args:
        directions: unit vectors (D, 3, K, K).
        shares: of the patches' mean square that lies along each, (D,).
    """
    figure, axes = new_panels(9, 3.4, nrows=2, ncols=-(-len(directions) // 2))
    largest = np.abs(directions).max()
    order = np.argsort(shares)[::-1]
    for ax, index in zip(axes.flat, order, strict=False):
        sign = 1 if directions[index].sum() >= 0 else -1
        ax.imshow(sign * directions[index].transpose(1, 2, 0) / largest / 2 + 0.5)
        ax.set(xticks=[], yticks=[])
        ax.set_title(f"{shares[index]:.{2 if shares[index] >= 5e-5 else 3}%}", fontsize="small")
    for ax in axes.flat[len(directions) :]:
        ax.set_axis_off()
    return figure


def draw_confusion(y: np.ndarray, scores: np.ndarray, classes: Sequence[str]) -> Figure:
    """Draw how often each class is taken for each other one; the title counts the mistakes."""
    figure, ax = new_panels(5, 5)
    counts = confusion_matrix(y, scores.argmax(axis=1), len(classes))
    plot_confusion(ax, counts, classes=classes)
    ax.set_title(f"{counts.sum() - np.trace(counts):,} of {len(y):,} wrong")
    return figure


def draw_surest_mistakes(images: np.ndarray, y: np.ndarray, scores: np.ndarray, classes: Sequence[str]) -> Figure:
    """Draw the sixteen mistakes with the highest probability, from images (N, 3, 32, 32) uint8 and scores (N, 10)."""
    figure, axes = new_panels(9, 3.6, nrows=2, ncols=8)
    plot_mistakes(axes, images.transpose(0, 2, 3, 1) / 255, y, scores, classes=classes)
    return figure
