"""Figures of Q1's convolutions: small matrices with their numbers; frames show what belongs together."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nnlib.homework.figures import new_panels
from nnlib.plots import BLUE, VERMILION

FRAMES = (VERMILION, BLUE)
_LIMIT = 4  # of the colour map


def draw_three(image: np.ndarray, kernel: np.ndarray, filt: np.ndarray, valid: np.ndarray, full: np.ndarray) -> Figure:
    """Draw an image, a 3 x 3 kernel as it is and flipped, and the three convolutions of both.

    Args:
        image: (H, W).
        kernel: (3, 3).
        filt: of image and kernel.
        valid: of image and kernel; the frame round element (1, 1), from 0, belongs to the framed window.
        full: of image and kernel; valid is framed in it.
    """
    figure, axes = new_panels(8.6, 6.2, nrows=2, ncols=3, height_ratios=(6, 8))
    canvas, large = image.shape, full.shape
    _matrix(axes[0, 0], image, f"image $a$ {_size(image)}", canvas)
    _matrix(axes[0, 1], kernel, "kernel $b$, as filt uses it", canvas)
    _matrix(axes[0, 2], kernel[::-1, ::-1], "flipped, as valid and full use it", canvas)
    for ax, values, name in zip(axes[1], (filt, valid, full), ("filt", "valid", "full"), strict=True):
        _matrix(ax, values, f"{name} {_size(values)}", large)
    _frame(axes[0, 0], (1, 1), kernel.shape, VERMILION)
    for ax, corner in zip(axes[1], ((1, 1), (1, 1), (3, 3)), strict=True):
        _frame(ax, corner, (1, 1), VERMILION)
    _frame(axes[1, 1], (0, 0), valid.shape, BLUE, "--")
    _frame(axes[1, 2], (2, 2), valid.shape, BLUE, "--")
    return figure


def draw_im2col(image: np.ndarray, kernel: tuple[int, int], windows: tuple[int, int], pixel: tuple[int, int]) -> Figure:
    """Draw an image and the matrix that has its windows as columns.

    Args:
        image: (H, W).
        kernel: (H', W').
        windows: two windows, by number in row-major order, that are framed in the image and as columns.
        pixel: one pixel, (row, column) from 0; it and its copies are coloured.
    """
    p, q = (side - size + 1 for side, size in zip(image.shape, kernel, strict=True))
    rows = image.shape[0] + 1
    figure, (left, right) = new_panels(8.6, 3.2, ncols=2, width_ratios=(image.shape[1] + 1, p * q + 2))
    columns = np.empty((kernel[0] * kernel[1], p * q))
    copies = np.zeros(columns.shape, dtype=bool)
    for (r, s), _ in np.ndenumerate(columns):
        index = s // q + r // kernel[1], s % q + r % kernel[1]
        columns[r, s], copies[r, s] = image[index], index == pixel
    _matrix(left, image, f"image {_size(image)}", (rows, image.shape[1]), plain=True)
    title = f"im2col: a column for each of {p * q} windows, a row for each of {len(columns)} weights"
    _matrix(right, columns, title, (rows, p * q), plain=True)
    for ax, marked in ((left, [pixel]), (right, np.argwhere(copies))):
        for row, column in marked:
            ax.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=BLUE, alpha=0.3, linewidth=0))
    for window, line, colour in zip(windows, ("-", "--"), (VERMILION, "black"), strict=True):
        _frame(left, divmod(window, q), kernel, colour, line)
        _frame(right, (0, window), (len(columns), 1), colour, line)
    return figure


def draw_stamps(gradient: np.ndarray, kernel: np.ndarray, dx: np.ndarray) -> Figure:
    """Draw the output's gradient, the kernel and the input's gradient; framed, the first two stamps.

    Args:
        gradient: dL/dY, (P, Q), zero except for a few elements.
        kernel: (H', W').
        dx: dL/dX, (H, W).
    """
    figure, axes = new_panels(8.6, 3.7, ncols=3)
    panels = (gradient, r"$G = \partial L/\partial Y$"), (kernel, "kernel $W$"), (dx, r"$\partial L/\partial X$")
    for ax, (values, title) in zip(axes, panels, strict=True):
        _matrix(ax, values, f"{title} {_size(values)}", dx.shape)
    for (row, column), colour in zip(np.argwhere(gradient), FRAMES, strict=False):
        _frame(axes[0], (row, column), (1, 1), colour)
        _frame(axes[2], (row, column), kernel.shape, colour, "--")
    return figure


def _size(values: np.ndarray) -> str:
    return f"({values.shape[0]} × {values.shape[1]})"


def _matrix(ax: Axes, values: np.ndarray, title: str, canvas: tuple[int, int], *, plain: bool = False) -> None:
    """Draw a small matrix as cells with numbers, coloured unless plain, centred on (rows, columns) cells."""
    ax.imshow(np.zeros_like(values) if plain else values, cmap="PuOr", vmin=-_LIMIT, vmax=_LIMIT)
    for (i, j), value in np.ndenumerate(values):
        dark = not plain and abs(value) > 0.65 * _LIMIT
        text = f"{value:g}".replace("-", "−")
        ax.text(j, i, text, ha="center", va="center", color="white" if dark else "black")
    rows, columns = values.shape
    line = {"color": "0.7" if plain else "white", "linewidth": 1.0 if plain else 1.5}
    for index in range(1, rows):
        ax.plot([-0.5, columns - 0.5], [index - 0.5, index - 0.5], **line)
    for index in range(1, columns):
        ax.plot([index - 0.5, index - 0.5], [-0.5, rows - 0.5], **line)
    if plain:
        _frame(ax, (0, 0), values.shape, "0.7")
    top, left = max(0, canvas[0] - rows) / 2 + 0.1, max(0, canvas[1] - columns) / 2 + 0.1
    ax.set(xlim=(-0.5 - left, columns - 0.5 + left), ylim=(rows - 0.5 + top, -0.5 - top))
    ax.set_axis_off()
    ax.set_title(title, fontsize="medium")


def _frame(ax: Axes, corner: tuple[int, int], shape: tuple[int, int], colour: str, line: str = "-") -> None:
    """Frame a block of cells whose first cell is `corner`, (row, column)."""
    (row, column), (height, width) = corner, shape
    xy = (column - 0.5, row - 0.5)
    ax.add_patch(Rectangle(xy, width, height, fill=False, ec=colour, lw=2.2, ls=line, zorder=5, clip_on=False))
