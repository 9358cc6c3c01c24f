"""What must be drawn, written as marks, and how a figure differs from it, in words."""

import drawn
import numpy as np
from drawn import Mark, Panel
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure


def line(label, x, y):
    return Mark("line", label, _columns(x, y))


def level(y, label=""):
    """A line from the left to the right edge, as `axhline` draws it."""
    return line(label, [0, 1], [y, y])


def upright(x, label=""):
    """A line from the bottom to the top edge, as `axvline` draws it."""
    return line(label, [x, x], [0, 1])


def errorbar(label, x, y, half):
    return Mark("errorbar", label, _columns(x, y, half))


def bars(label, middles, lengths, begin=0, upright=True):
    kind = "vertical bars" if upright else "horizontal bars"
    return Mark(kind, label, _columns(middles, begin, lengths))


def histogram(label, values, edges, density=False):
    counts, edges = np.histogram(values, edges, density=density)
    return bars(label, (edges[1:] + edges[:-1]) / 2, counts)


def stairs(label, values, edges):
    """A histogram as an outline, as `hist(histtype="step")` draws it."""
    counts, edges = np.histogram(values, edges)
    return Mark("outline", label, _columns(np.repeat(edges, 2), [0, *np.repeat(counts, 2), 0]))


def points(label, x, y):
    return Mark("points", label, _columns(x, y))


def between(label, x, low, high):
    corners = np.concatenate([_columns(x, low), _columns(x, high)])
    return Mark("area", label, np.unique(corners, axis=0))


def contours(x, y, z, levels):
    alone = Figure().subplots()
    alone.contour(x, y, z, levels)
    return next(drawn.marks(alone))


def box(label, left, bottom, right, top):
    return Mark("box", label, np.array([left, bottom, right, top], float))


def image(array, colours="colours"):
    return Mark("image", colours, np.asarray(array, float))


def word(text, x, y):
    return Mark("word", text, np.array([x, y], float))


def _columns(*columns) -> np.ndarray:
    return np.column_stack(np.broadcast_arrays(*(np.asarray(column, float) for column in columns)))


def differences(figure: Figure, expected: list[Panel], above: list[str] = ()) -> list[str]:
    """Return in words how a figure differs from the panels that it must have, and from the headings above them."""
    got = drawn.panels(figure)
    headings = drawn.headings(figure)
    found = [] if headings == list(above) else [f"headings: expected {list(above)}, got {headings}"]
    if len(got) != len(expected):
        return [*found, f"panels: expected {len(expected)}, got {len(got)}: {[panel.title for panel in got]}"]
    for number, (is_, must) in enumerate(zip(got, expected, strict=True), start=1):
        found += [f"panel {number}, {must.title!r}: {each}" for each in _panel_differences(is_, must)]
    return found + [
        f"panel {panel.title!r}: {each}"
        for ax, panel in zip(drawn.shown_axes(figure), got, strict=True)
        for each in _seen(ax)
    ]


def _panel_differences(got: Panel, expected: Panel):
    labels = [mark.label for mark in expected.marks if mark.label and mark.kind not in ("image", "word")]
    texts = labels if expected.legend is True else expected.legend
    for name in ("title", "x", "y", "xticks", "yticks"):
        is_, must = getattr(got, name), getattr(expected, name)
        if is_ != must:
            yield f"{name}: expected {must!r}, got {is_!r}"
    if got.legend != texts:
        yield f"legend: expected {texts}, got {got.legend}"
    names = [[f"{mark.kind} {mark.label!r}" for mark in panel.marks] for panel in (expected, got)]
    if names[0] != names[1]:
        yield f"drawn: expected {', '.join(names[0])}; got {', '.join(names[1])}"
        return
    for is_, must in zip(got.marks, expected.marks, strict=True):
        if not same(is_.data, must.data, "log" in expected.y.split(", ")):
            yield f"{must.kind} {must.label!r}: expected {_numbers(must.data)}, got {_numbers(is_.data)}"


def same(got: np.ndarray, expected: np.ndarray, logarithmic: bool) -> bool:
    """Whether two arrays agree to the rounding of float32: relative to each number where the axis is logarithmic."""
    finite = expected[np.isfinite(expected)]
    smallest = 0 if logarithmic or not finite.size else 1e-5 * np.abs(finite).max()
    return got.shape == expected.shape and np.allclose(got, expected, rtol=1e-4, atol=smallest, equal_nan=True)


def _numbers(data: np.ndarray) -> str:
    flat = data.ravel()
    return f"{data.shape} {np.array2string(flat[:4], precision=4)}.., mean {np.mean(flat) if flat.size else 0:.6g}"


def _seen(ax: Axes):
    """Yield what is wrong with what the reader sees: lines out of view, a legend that shows another line's colour."""
    window = ax.bbox.padded(1)
    inside = [
        window.contains(*point)
        for each in ax.lines
        if each.get_transform() == ax.transData  # a level has its ends at the edges
        for point in ax.transData.transform(each.get_xydata())
        if np.isfinite(point).all()
    ]
    if inside and np.mean(inside) < 0.2:
        yield f"{np.mean(inside):.0%} of the points of its lines are inside the axes, expected a fifth or more"
    handles, labels = ax.get_legend_handles_labels()
    colours = {label: _colour(handle) for handle, label in zip(handles, labels, strict=True)}
    shown = ax.get_legend()
    for handle, text in zip(shown.legend_handles, shown.get_texts(), strict=True) if shown else ():
        expected = colours.get(text.get_text())
        if expected and _colour(handle) != expected:
            yield f"legend: {text.get_text()!r} has the colour {_colour(handle)}, what it names has {expected}"


def _colour(artist) -> str | None:
    """Return the colour of a line, a patch or a collection, of several the first."""
    artist = artist[0] if isinstance(artist, tuple) else artist  # an errorbar's line
    for name in ("get_color", "get_facecolor", "get_edgecolor"):
        colours = np.atleast_1d(getattr(artist, name)()) if hasattr(artist, name) else np.empty(0)
        if colours.size:
            return to_hex(colours[0] if colours.ndim > 1 or colours.dtype.kind == "U" else colours)
    return None
