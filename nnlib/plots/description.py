"""A figure as text: axes, labels, legends, and the numbers that are drawn. A notebook stores it with the picture.

nbval compares text and ignores pictures, so a wrong series, a swapped label or an image upside down shows up here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import Collection, PathCollection
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D


def describe(figure: Figure) -> str:
    """Return a line per Axes with something in it, and under it one per line, image, legend and so on."""
    shown = [ax for ax in figure.axes if ax.get_visible() and (ax.has_data() or ax.texts)]
    title = f", {_text(figure.get_suptitle())}" if figure.get_suptitle() else ""
    return "\n".join([f"figure with {len(shown)} axes{title}", *("\n  ".join(_axes(ax)) for ax in shown)])


def _axes(ax: Axes) -> Iterator[str]:
    title = next(filter(None, (ax.get_title(loc) for loc in ("left", "center", "right"))), "untitled")
    yield f"{_text(title)}: {_axis('x', ax)}, {_axis('y', ax)}"
    groups = [container for container in ax.containers if isinstance(container, BarContainer)]
    for bars in groups:
        yield f"bars{_label(bars)}: {_numbers(bars.datavalues)}"
    for line in ax.lines:
        yield f"line{_label(line)}: {_points(*line.get_data())}"
    for collection in ax.collections:
        yield _collection(collection)
    for image in ax.images:
        yield f"image: {_image(image)}"
    if others := len(ax.patches) - sum(map(len, groups)):
        yield f"shapes: {others}"
    if words := [_text(text.get_text()) for text in ax.texts if text.get_text()]:
        yield f"words: {'; '.join(words)}"
    if ax.get_legend():
        yield f"legend: {'; '.join(_text(text.get_text()) for text in ax.get_legend().get_texts())}"


def _axis(name: str, ax: Axes) -> str:
    axis = getattr(ax, f"{name}axis")
    low, high = axis.get_view_interval()
    scale = "" if axis.get_scale() == "linear" else f", {axis.get_scale()}"
    return f"{name} {_text(axis.get_label_text()) or 'unlabelled'}{scale}{', reversed' if low > high else ''}"


def _text(text: str) -> str:
    return " ".join(text.split())


def _label(artist: Line2D | Collection | BarContainer) -> str:
    label = str(artist.get_label())
    return "" if label.startswith("_") or not label else f" {_text(label)}"


def _points(x: Iterable, y: Iterable) -> str:
    return f"x {_numbers(x)}; y {_numbers(y)}"


def _collection(collection: Collection) -> str:
    label = _label(collection)
    if isinstance(collection, PathCollection):
        return f"points{label}: {_points(*np.ma.filled(collection.get_offsets(), np.nan).T)}"
    paths = [path.vertices for path in collection.get_paths()]
    return f"{type(collection).__name__}{label}: {_points(*np.concatenate([np.empty((0, 2)), *paths]).T)}"


def _image(image: AxesImage) -> str:
    array = np.ma.filled(np.ma.asarray(image.get_array(), float), np.nan)
    first = _numbers(array[0])  # the first row tells an image from its mirror image and its transpose
    return f"{' x '.join(map(str, array.shape))}, origin {image.origin}; first row {first}; all {_numbers(array)}"


def _numbers(data: Iterable) -> str:
    """Return how many numbers there are, the first, the last and the mean, and how many are not finite."""
    data = np.asarray(data, float).ravel()
    finite = data[np.isfinite(data)]
    missing = f", {len(data) - len(finite)} not finite" if len(finite) < len(data) else ""
    if not len(finite):
        return f"{len(data)}{missing}"
    zero = 1e-9 * abs(finite).max()  # what is below it is rounding
    first, last, mean = (0 if abs(number) <= zero else number for number in (finite[0], finite[-1], finite.mean()))
    return f"{len(data)} from {first:.3g} to {last:.3g}, mean {mean:.3g}{missing}"
