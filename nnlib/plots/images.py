"""Images in grids, confusion matrices, mistakes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Colormap

from nnlib import checks
from nnlib.plots import arguments


def image_grid(images: np.ndarray, *, columns: int, pad: int = 1, scale_each: bool = True) -> np.ndarray:
    """Arrange images row by row in one picture in [0, 1], (H', W') or (H', W', 3), with NaN between them.

    Args:
        images: (N, H, W), or in colour (N, H, W, 3).
        columns: images per row.
        pad: pixels between two images.
        scale_each: stretch each image to [0, 1] on its own, all its channels together; otherwise all share one scale.
    """
    checks.floating("images", images)
    _check_images(images)
    checks.positive_int("columns", columns)
    checks.whole("pad", pad, "a whole number of at least 0", lambda pad: pad >= 0)
    checks.boolean("scale_each", scale_each)
    n, height, width, *channels = images.shape
    checks.require(n > 0, "images", "at least one image", f"shape {images.shape}")
    scaled = _stretch(images, axes=tuple(range(1, images.ndim)) if scale_each else None)
    rows = -(-n // columns)
    grid = np.full((rows * (height + pad) - pad, columns * (width + pad) - pad, *channels), np.nan)
    for index, image in enumerate(scaled):
        top, left = index // columns * (height + pad), index % columns * (width + pad)
        grid[top : top + height, left : left + width] = image
    return grid


def plot_images(
    ax: Axes, images: np.ndarray, *, columns: int, cmap: str = "gray", scale_each: bool = True, pad: int = 1
) -> Axes:
    """Draw images (N, H, W) or (N, H, W, 3) as one grid: filters, feature maps, the weights of linear classes."""
    arguments.axes(ax)
    known = isinstance(cmap, Colormap) or (isinstance(cmap, str) and cmap in colormaps)
    checks.require(known, "cmap", "a colour map of Matplotlib's, or its name", repr(cmap)[:60])
    grid = image_grid(images, columns=columns, scale_each=scale_each, pad=pad)
    if grid.ndim == 3:  # a colour map leaves NaN out, but as a colour it would be black
        opaque = np.isfinite(grid).all(axis=2, keepdims=True)
        grid = np.concatenate([np.where(opaque, grid, 1.0), opaque], axis=2)  # (H', W', 4)
    ax.imshow(grid, cmap=cmap, interpolation="nearest")
    ax.set_axis_off()
    return ax


def confusion_matrix(y_true: np.ndarray, y_pred: np.ndarray, num_classes: int) -> np.ndarray:
    """Count examples by true class (rows) and predicted class (columns), (K, K)."""
    checks.positive_int("num_classes", num_classes)
    true = checks.class_labels(y_true, np.size(checks.as_array("y_true", y_true)), num_classes, "y_true")
    predicted = checks.class_labels(y_pred, len(true), num_classes, "y_pred")
    counts = np.bincount(true.astype(np.int64) * num_classes + predicted, minlength=num_classes**2)  # uint8 wraps
    return counts.reshape(num_classes, num_classes)


def plot_confusion(ax: Axes, counts: np.ndarray, *, classes: Sequence[str] | None = None, large: bool = False) -> Axes:
    """Draw a confusion matrix (K, K); only the mistakes are coloured, next to the diagonal they would all be pale.

    Args:
        ax: where to draw.
        counts: true classes in rows, predicted classes in columns.
        classes: K names, shown instead of the indices.
        large: whether the counts are written large, and zeros pale.
    """
    arguments.axes(ax)
    checks.boolean("large", large)
    mistakes = arguments.numbers("counts", counts)
    square = mistakes.ndim == 2 and mistakes.shape[0] == mistakes.shape[1]
    checks.require(square, "counts", "a matrix (K, K)", f"shape {mistakes.shape}")
    if classes is not None:
        arguments.texts("classes", classes, len(counts))
    np.fill_diagonal(mistakes, np.nan)
    ax.imshow(mistakes, cmap="Blues")
    limit = 0.7 * np.nanmax(mistakes)  # below it black has the greater contrast
    size, zero = (11, 0.35) if large else ("x-small", 1)
    for (row, column), count in np.ndenumerate(counts):
        dark = row != column and count > limit
        style = {"fontsize": size, "alpha": 1 if count else zero, "color": "white" if dark else "black"}
        ax.text(column, row, str(count), ha="center", va="center", **style)
    ticks = np.arange(len(counts))
    ax.set(xticks=ticks, yticks=ticks, xlabel="predicted class", ylabel="true class")
    if classes is not None:
        ax.set_xticklabels(classes, rotation=45, ha="right", rotation_mode="anchor")
        ax.set_yticklabels(classes)
    return ax


def plot_mistakes(
    axes: np.ndarray,
    images: np.ndarray,
    y_true: np.ndarray,
    scores: np.ndarray,
    *,
    classes: Sequence[str] | None = None,
) -> np.ndarray:
    """Draw the most confident mistakes, one in each of `axes`, titled "true, read as predicted (probability)".

    Args:
        axes: an array of Axes.
        images: (N, H, W), or in colour (N, H, W, 3); each is stretched to the whole scale on its own.
        y_true: labels, (N,).
        scores: (N, K), before the softmax.
        classes: K names, shown instead of the labels, each on its own line.
    """
    grid = isinstance(axes, np.ndarray) and axes.size > 0 and all(isinstance(ax, Axes) for ax in axes.flat)
    checks.require(grid, "axes", "an array of Axes, such as plt.subplots(2, 3)[1]", type(axes).__name__)
    checks.instance("images", images, np.ndarray, "an array")
    _check_images(images)
    checks.floating("scores", scores, ndim=2)
    checks.shape("scores", scores, (len(images), scores.shape[1]), "One row for each image.")
    y_true = checks.class_labels(y_true, *scores.shape, "y_true")
    if classes is not None:
        arguments.texts("classes", classes, scores.shape[1])
    y_pred = scores.argmax(axis=1)
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    confidence = 1 / shifted.sum(axis=1)  # the softmax of the highest score
    wrong = np.flatnonzero(y_pred != y_true)
    worst = wrong[np.argsort(-confidence[wrong], kind="stable")]
    for ax in axes.flat:
        ax.set_axis_off()
    for ax, i in zip(axes.flat, worst, strict=False):
        image = _stretch(images[i]) if images.ndim == 4 else images[i]  # imshow stretches grey, and clips colours
        ax.imshow(image, cmap="gray_r", interpolation="nearest")
        true, predicted = (y_true[i], y_pred[i]) if classes is None else (classes[y_true[i]], classes[y_pred[i]])
        gap = " " if classes is None else "\n"
        ax.set_title(f"{true},{gap}read as {predicted}\n({confidence[i]:.1%})", fontsize="small")
    return axes


def _check_images(images: np.ndarray) -> None:
    first = images.ndim == 4 and images.shape[1] == 3
    checks.require(
        images.ndim == 3 or (images.ndim == 4 and images.shape[3] == 3),
        "images",
        "(N, H, W), or in colour (N, H, W, 3)",
        f"shape {images.shape}",
        "Put the channels last: images.transpose(0, 2, 3, 1)." if first else "",
    )


def _stretch(images: np.ndarray, axes: tuple[int, ...] | None = None) -> np.ndarray:
    """Return the images stretched to [0, 1] over these axes (None: all of them); constant images become 0."""
    low, high = images.min(axis=axes, keepdims=True), images.max(axis=axes, keepdims=True)
    return (images - low) / np.where(high > low, high - low, 1)
