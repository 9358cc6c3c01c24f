"""Images in grids, confusion matrices, mistakes."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from nnlib import checks


def image_grid(images: np.ndarray, *, columns: int, pad: int = 1, scale_each: bool = True) -> np.ndarray:
    """Lay images (N, H, W) out row by row as one picture in [0, 1], NaN between them.

    Args:
        images: (N, H, W).
        columns: images in a row.
        pad: pixels between two images.
        scale_each: stretch each image to [0, 1] by itself; otherwise all share one scale.
    """
    checks.floating("images", images, ndim=3)
    checks.positive_int("columns", columns)
    n, height, width = images.shape
    checks.require(n > 0, "images", "at least one image", f"shape {images.shape}")
    axes = (1, 2) if scale_each else None
    low, high = images.min(axis=axes, keepdims=True), images.max(axis=axes, keepdims=True)
    scaled = (images - low) / np.where(high > low, high - low, 1)
    rows = -(-n // columns)
    grid = np.full((rows * (height + pad) - pad, columns * (width + pad) - pad), np.nan)
    for place, image in enumerate(scaled):
        top, left = place // columns * (height + pad), place % columns * (width + pad)
        grid[top : top + height, left : left + width] = image
    return grid


def plot_images(
    ax: Axes, images: np.ndarray, *, columns: int, cmap: str = "gray", scale_each: bool = True, pad: int = 1
) -> Axes:
    """Draw images (N, H, W) as one grid: filters, feature maps, the weights of linear classes."""
    ax.imshow(image_grid(images, columns=columns, scale_each=scale_each, pad=pad), cmap=cmap, interpolation="nearest")
    ax.set_axis_off()
    return ax


def confusion_matrix(y_true: np.ndarray, y_pred: np.ndarray, num_classes: int) -> np.ndarray:
    """Count examples by true class (rows) and predicted class (columns), (K, K)."""
    true = checks.class_labels(y_true, len(y_true), num_classes)
    predicted = checks.class_labels(y_pred, len(true), num_classes)
    counts = np.bincount(true.astype(np.int64) * num_classes + predicted, minlength=num_classes**2)  # uint8 wraps
    return counts.reshape(num_classes, num_classes)


def plot_confusion(ax: Axes, counts: np.ndarray) -> Axes:
    """Draw a confusion matrix (K, K): colour shows the mistakes alone, which the diagonal would drown."""
    mistakes = counts.astype(float)
    np.fill_diagonal(mistakes, np.nan)
    ax.imshow(mistakes, cmap="Blues")
    half = np.nanmax(mistakes) / 2
    for (row, column), count in np.ndenumerate(counts):
        dark = row != column and count > half
        ax.text(
            column, row, str(count), ha="center", va="center", fontsize="x-small", color="white" if dark else "black"
        )
    classes = np.arange(len(counts))
    ax.set(xticks=classes, yticks=classes, xlabel="predicted class", ylabel="true class")
    return ax


def plot_mistakes(axes: np.ndarray, images: np.ndarray, y_true: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Draw the most confident mistakes, one in each of `axes`, titled "true, taken for predicted, at probability".

    Args:
        axes: an array of Axes.
        images: (N, H, W).
        y_true: labels, (N,).
        scores: (N, K), before the softmax.
    """
    y_pred = scores.argmax(axis=1)
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    confidence = 1 / shifted.sum(axis=1)  # the softmax of the highest score
    wrong = np.flatnonzero(y_pred != y_true)
    worst = wrong[np.argsort(-confidence[wrong], kind="stable")]
    for ax in axes.flat:
        ax.set_axis_off()
    for ax, i in zip(axes.flat, worst, strict=False):
        ax.imshow(images[i], cmap="gray_r", interpolation="nearest")
        ax.set_title(f"{y_true[i]}, read as {y_pred[i]}\n({confidence[i]:.1%})", fontsize="small")
    return axes
