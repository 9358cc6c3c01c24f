"""A figure in words: axes, labels, legends, and the numbers that are drawn. It stands beside the picture in a notebook.

nbval compares text and ignores pictures, so a wrong series, a swapped label or an image upside down shows up here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import Collection, PathCollection
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D


def describe(figure: Figure, *, values: bool = True) -> str:
    """Return a line per Axes with something in it, and under it one per line, image, legend and so on.

    Args:
        figure: what is described; it is not changed.
        values: False for data that differ from machine to machine, such as times and trainings: then it is told how
            many numbers are drawn and whether they are finite and differ, and "#" stands for a number in a label.
    """
    shown = [ax for ax in figure.axes if ax.get_visible() and (ax.has_data() or ax.texts)]
    title = f", {_text(figure.get_suptitle(), values)}" if figure.get_suptitle() else ""
    return "\n".join([f"figure with {len(shown)} axes{title}", *("\n  ".join(_axes(ax, values)) for ax in shown)])


def _axes(ax: Axes, values: bool) -> Iterator[str]:
    title = next(filter(None, (ax.get_title(loc) for loc in ("left", "center", "right"))), "untitled")
    yield f"{_text(title, values)}: {_axis('x', ax, values)}, {_axis('y', ax, values)}"
    groups = [container for container in ax.containers if isinstance(container, BarContainer)]
    for bars in groups:
        yield f"bars{_label(bars, values)}: {_numbers(bars.datavalues, values)}"
    for line in ax.lines:
        yield f"line{_label(line, values)}: {_points(*line.get_data(), values)}"
    for collection in ax.collections:
        yield f"{_collection(collection, values)}"
    for image in ax.images:
        yield f"image: {_image(image, values)}"
    if others := len(ax.patches) - sum(map(len, groups)):
        yield f"shapes: {others}"
    if words := [_text(text.get_text(), values) for text in ax.texts if text.get_text()]:
        yield f"words: {'; '.join(words)}"
    if ax.get_legend():
        yield f"legend: {'; '.join(_text(text.get_text(), values) for text in ax.get_legend().get_texts())}"


def _axis(name: str, ax: Axes, values: bool) -> str:
    axis = getattr(ax, f"{name}axis")
    low, high = axis.get_view_interval()
    scale = "" if axis.get_scale() == "linear" else f", {axis.get_scale()}"
    return f"{name} {_text(axis.get_label_text(), values) or 'unlabelled'}{scale}{', reversed' if low > high else ''}"


def _text(text: str, values: bool) -> str:
    text = " ".join(text.split())
    return text if values else re.sub(r"\d[\d.,]*", "#", text)


def _label(artist: Line2D | Collection | BarContainer, values: bool) -> str:
    label = str(artist.get_label())
    return "" if label.startswith("_") or not label else f" {_text(label, values)}"


def _points(x: Iterable, y: Iterable, values: bool) -> str:
    return f"x {_numbers(x, values)}; y {_numbers(y, values)}"


def _collection(collection: Collection, values: bool) -> str:
    label = _label(collection, values)
    if isinstance(collection, PathCollection):
        return f"points{label}: {_points(*np.ma.filled(collection.get_offsets(), np.nan).T, values)}"
    paths = [path.vertices for path in collection.get_paths()]
    return f"{type(collection).__name__}{label}: {_points(*np.concatenate([np.empty((0, 2)), *paths]).T, values)}"


def _image(image: AxesImage, values: bool) -> str:
    array = np.ma.filled(np.ma.asarray(image.get_array(), float), np.nan)
    first = _numbers(array[0], values)  # the first row tells an image from its mirror image and its transpose
    return (
        f"{' x '.join(map(str, array.shape))}, origin {image.origin}; first row {first}; all {_numbers(array, values)}"
    )


def _numbers(data: Iterable, values: bool) -> str:
    """Return how many numbers there are, the first, the last and the mean, or only if they are finite and differ."""
    data = np.asarray(data, float).ravel()
    finite = data[np.isfinite(data)]
    missing = f", {len(data) - len(finite)} not finite" if len(finite) < len(data) else ""
    if not values or not len(finite):
        return f"{len(data)}{', all equal' if len(finite) > 1 and np.ptp(finite) == 0 else ''}{missing}"
    zero = 1e-9 * abs(finite).max()  # what is below it is rounding
    first, last, mean = (0 if abs(number) <= zero else number for number in (finite[0], finite[-1], finite.mean()))
    return f"{len(data)} from {first:.3g} to {last:.3g}, mean {mean:.3g}{missing}"
