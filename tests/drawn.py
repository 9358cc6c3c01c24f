"""What a figure shows, as data: panels with their titles, axes, legends and marks.

A mark is what the reader sees as one thing: a line, bars, points, an image, a word. `panels(figure)` reads them.
"""

from functools import partial
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.category import StrCategoryFormatter
from matplotlib.collections import Collection, LineCollection, PathCollection
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Patch, Polygon
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter, PercentFormatter

COLORBAR = "<colorbar>"


class Mark(NamedTuple):
    """One thing that is drawn: its kind, its label (or its text, or its colour map) and its numbers."""

    kind: str
    label: str
    data: np.ndarray


class Panel(NamedTuple):
    """One Axes; `x` and `y` are the axes' labels and, after commas, log, % and reversed, where they hold.

    `legend` lists its texts in order; True stands for the labels of all marks in their order.
    """

    title: str
    x: str
    y: str
    marks: list
    legend: bool | list | None = None
    xticks: list | None = None
    yticks: list | None = None


def drawn(ax):
    return {line.get_label(): np.array(line.get_xydata()) for line in ax.lines if line.get_label()[0] != "_"}


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def panels(figure: Figure) -> list[Panel]:
    """Return what each Axes shows; one without anything in it is left out."""
    return [_panel(ax) for ax in shown_axes(figure)]


def shown_axes(figure: Figure) -> list[Axes]:
    return [ax for ax in figure.axes if ax.get_visible() and (ax.has_data() or ax.texts)]


def headings(figure: Figure) -> list[str]:
    """Return the titles above several panels, and what the figure's own legends say."""
    parts = [figure, *figure.subfigs]
    above = [part.get_suptitle() for part in parts if part.get_suptitle()]
    return above + [text.get_text() for part in parts for each in part.legends for text in each.get_texts()]


def _panel(ax: Axes) -> Panel:
    if ax.get_label() == COLORBAR:
        return Panel(COLORBAR, "", _axis(ax.yaxis), [])
    title = next(filter(None, (ax.get_title(loc) for loc in ("left", "center", "right"))), "")
    texts = legend(ax) if ax.get_legend() else None
    ticks = [_ticks(axis) if ax.axison else None for axis in (ax.xaxis, ax.yaxis)]
    return Panel(title, _axis(ax.xaxis), _axis(ax.yaxis), list(marks(ax)), texts, *ticks)


def _axis(axis: Axis) -> str:
    low, high = axis.get_view_interval()
    words = [axis.get_label_text() if axis.axes.axison else ""]
    words += [axis.get_scale()] if axis.get_scale() != "linear" else []
    words += ["%"] if isinstance(axis.get_major_formatter(), PercentFormatter) else []
    return ", ".join(words + (["reversed"] if low > high else []))


def _ticks(axis: Axis) -> list[str] | None:
    """Return the labels that somebody wrote at the ticks, None where matplotlib writes the numbers."""
    formatter = axis.get_major_formatter()
    if isinstance(formatter, StrCategoryFormatter):
        return list(axis.units._mapping)
    written = isinstance(formatter, FixedFormatter) or isinstance(getattr(formatter, "func", None), partial)
    return [label.get_text() for label in axis.get_ticklabels()] if written else None


def marks(ax: Axes):
    """Yield the marks in the order in which matplotlib's legends list them: as added, then errorbars and bars."""
    groups = [group for group in ax.containers if isinstance(group, BarContainer | ErrorbarContainer)]
    groups = [group for group in groups if all(_visible(part) for part in _parts(group))]
    parts = {part for group in groups for part in _parts(group)}
    counted = {group.patches[0]: group for group in groups if isinstance(group, BarContainer) and _is_counted(group)}
    added = {each for each in (*ax.lines, *ax.patches, *ax.collections, *ax.images, *ax.texts) if _visible(each)}
    for child in filter(added.__contains__, ax.get_children()):
        if child in counted:
            yield _bars(counted[child], _label(child))
        elif child not in parts:
            yield from _mark(child)
    for group in groups:
        if isinstance(group, ErrorbarContainer):
            yield _errorbar(group)
        elif not _is_counted(group):
            yield _bars(group, _label(group))


def _visible(artist) -> bool:
    return artist.get_visible() and artist.get_alpha() != 0


def _mark(child):
    if isinstance(child, Line2D):
        yield Mark("line", _label(child), np.array(child.get_xydata(), float))
    elif isinstance(child, Collection):
        yield _collection(child)
    elif isinstance(child, AxesImage):
        array = np.ma.filled(np.ma.asarray(child.get_array(), float), np.nan)
        kind = "colours" if array.ndim == 3 else child.get_cmap().name
        yield Mark("image", kind if child.origin == "upper" else f"{kind}, origin {child.origin}", array)
    elif isinstance(child, Text) and child.get_text():
        yield Mark("word", child.get_text(), np.array(getattr(child, "xy", child.get_position()), float))
    elif isinstance(child, Patch) and not isinstance(child, FancyArrowPatch):
        yield _shape(child)


def _is_counted(bars: BarContainer) -> bool:
    """Whether `hist` has drawn them: it labels the first bar, and not all of them."""
    return _label(bars) == "" and _label(bars.patches[0]) != ""


def _parts(group):
    if isinstance(group, BarContainer):
        return group.patches
    line, caps, bars = group.lines
    return [line, *caps, *bars]


def _label(artist) -> str:
    label = str(artist.get_label() or "")
    return "" if label.startswith("_") else label


def _shape(patch) -> Mark:
    """Return a polygon's corners, or the box of another patch: left, bottom, right, top."""
    corners = patch.get_patch_transform().transform(patch.get_path().vertices)
    if type(patch) is Polygon:
        return Mark("outline", _label(patch), corners)
    return Mark("box", _label(patch), np.concatenate([corners.min(axis=0), corners.max(axis=0)]))


def _collection(collection) -> Mark:
    label = _label(collection)
    if isinstance(collection, PathCollection):
        return Mark("points", label, np.ma.filled(collection.get_offsets(), np.nan))
    paths = [path.vertices for path in collection.get_paths()]
    if isinstance(collection, ContourSet):
        boxes = [[level, *_extent(path)] for level, path in zip(collection.levels, paths, strict=True)]
        return Mark("contours", label, np.array(boxes))
    kind = "segments" if isinstance(collection, LineCollection) else "area"
    return Mark(kind, label, np.unique(np.concatenate([np.empty((0, 2)), *paths]), axis=0))


def _extent(path: np.ndarray) -> list[float]:
    """Return the box around a contour: how many corners it has is a matter of rounding."""
    return [*path.min(axis=0), *path.max(axis=0)] if len(path) else [np.nan] * 4


def _bars(group, label: str) -> Mark:
    """Return of each bar its middle, where it begins, and its length; upright ones stand along x, others along y."""
    if group.orientation == "vertical":
        boxes = [(bar.get_x() + bar.get_width() / 2, bar.get_y(), bar.get_height()) for bar in group]
    else:
        boxes = [(bar.get_y() + bar.get_height() / 2, bar.get_x(), bar.get_width()) for bar in group]
    return Mark(f"{group.orientation} bars", label, np.array(boxes))


def _errorbar(group) -> Mark:
    """Return x, y and half the bar's length, 0 without bars."""
    line, _, bars = group.lines
    xy = np.array(line.get_xydata(), float)
    lengths = [np.ptp(np.array(bar.get_segments(), float), axis=1).max(axis=1) / 2 for bar in bars]
    return Mark("errorbar", _label(group), np.column_stack([xy, *(lengths or [np.zeros(len(xy))])]))
