"""How figures look, as text: sizes, limits, colours, widths, places. What tests draw is compared with listed_looks.txt.

The tests of figures ask what each one says; whether a line is twice as wide or a limit elsewhere none of them asks.
`python tests/looks.py` writes the list from scratch; read its diff.
"""

import os
import re
import sys
from collections import defaultdict
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from matplotlib.collections import Collection
from matplotlib.colors import is_color_like, to_hex
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, PercentFormatter

ROOT = Path(__file__).resolve().parents[1]
LIST = Path(__file__).with_name("listed_looks.txt")
FILES = [
    *(f"tests/homework/test_figures_q{number}.py" for number in range(1, 8)),
    "tests/homework/test_homework_styles.py",
    *(f"tests/plots/test_plots{part}.py" for part in ("", "_ladder", "_sweeps")),
    *(f"tests/widgets/test_widgets_{name}.py" for name in ("curves", "state")),
]
KINDS = {"line": Line2D, "shape": Patch, "collection": Collection, "image": AxesImage, "text": Text}
PLAIN = {"line": Line2D([], []), "shape": Rectangle((0, 0), 1, 1), "text": Text()}
TRAITS = (
    "color facecolor edgecolor alpha linewidth linestyle marker markersize fillstyle drawstyle hatch zorder cmap "
    "interpolation clim fontsize fontweight ha va rotation"
)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]\d+)?")
WRITTEN = {}  # the looks of each test, while the list is written


def looks(figure: Figure) -> list[str]:
    """Return a line per figure, per Axes, and in these per kind and style of what is drawn."""
    words = [f"{text.get_text()} {_style('text', text)}" for text in figure.texts]
    lines = [f"figure {_values(figure.get_size_inches())} {_legends(figure.legends)} {'; '.join(words)}"]
    for ax in figure.axes:
        lines.append(f"axes {_axes(ax)} {_legends(filter(None, [ax.get_legend()]))}")
        groups = defaultdict(list)
        for artist in (*ax.lines, *ax.patches, *ax.collections, *ax.images, *ax.texts):
            kind = next(name for name, type_ in KINDS.items() if isinstance(artist, type_))
            groups[kind, _style(kind, artist)].append(artist)
        for (kind, style), artists in groups.items():
            lines.append(f"{len(artists)} {kind} {style} {_content(kind, artists)}")
    return [" ".join(line.split()) for line in lines]


def _axes(ax) -> str:
    titles = [f"{ax.get_title(place)} {ax.title.get_fontsize():g}" for place in ("left", "center", "right")]
    words = ["" if ax.axison else "hidden", *(title for title in titles if title[0] != " ")]
    if ax.get_subplotspec():
        grid = ax.get_subplotspec().get_gridspec()
        words.append(f"grid {grid.get_geometry()} {grid.get_width_ratios()} {grid.get_height_ratios()}")
    for axis in (ax.xaxis, ax.yaxis):
        words.append(f"{axis.get_label_text()} {axis.get_scale()} {_values(axis.get_view_interval())}")
        if isinstance(axis.get_major_locator(), FixedLocator):
            words.append(f"ticks {_summary(axis.get_major_locator().locs)}")
        form = axis.get_major_formatter()
        if isinstance(form, FixedFormatter) or isinstance(getattr(form, "func", None), partial):  # of set_xticks
            labels = axis.get_ticklabels()
            words.append(f"{[label.get_text() for label in labels]} {_style('text', labels[0]) if labels else ''}")
        elif isinstance(form, (FuncFormatter, PercentFormatter)):
            words.append(f"as {re.sub('[0-9]', '#', str(form.format_ticks([0.25, 12.5])))}")
        ticks = axis.get_tick_params()
        words += [f"{name} {ticks[name]}" for name in ("length", "labelsize", "labelrotation", "pad") if name in ticks]
        if ticks.get("gridOn"):
            words.append(f"lines {_style('line', axis.get_gridlines()[0])}")
    return "; ".join([word for word in words if word.strip()] + [f"aspect {ax.get_aspect()}"])


def _legends(legends) -> str:
    found = []
    for each in legends:
        names, title = [text.get_text() for text in each.get_texts()], each.get_title()
        size = each.get_texts()[0].get_fontsize() if names else 0
        place = f"at {each._loc_real} {each._outside_loc or ''}, {each._ncols} columns, size {size:g}"
        found.append(f"legend {title.get_text()} {names} {place}")
    return "; ".join(found)


def _style(kind: str, artist) -> str:
    """Return the traits in which a thing differs from the default."""
    found = {name: _trait(artist, name) for name in TRAITS.split() if hasattr(artist, f"get_{name}")}
    for name in {"collection": ("linestyle", "zorder"), "shape": ("linestyle",)}.get(kind, ()):
        del found[name]  # each version of matplotlib writes them otherwise
    if getattr(artist, "arrow_patch", None):
        found["arrow"] = f"({_style('shape', artist.arrow_patch)})"
    plain = PLAIN.get(kind)
    default = {name: _trait(plain, name) if plain and name != "arrow" else "None" for name in found}
    return " ".join(f"{name}={value}" for name, value in found.items() if value != default[name])


def _trait(artist, name: str) -> str:
    value = getattr(artist, f"get_{name}", lambda: None)()
    if "color" in name and is_color_like(value):
        return to_hex(value, keep_alpha=True)
    if name == "cmap" and value is not None:
        return value.name.replace("from_list", "unnamed")
    if isinstance(value, (float, int, np.ndarray, tuple, list)) and name != "linestyle":
        return _summary(value)
    return str(value).replace(" ", "").replace("antialiased", "auto")  # one thing, renamed in matplotlib 3.10


def _content(kind: str, artists: list) -> str:
    """Return the labels or texts of things that look the same, and where they are."""
    words = [artist.get_text() if kind == "text" else str(artist.get_label()) for artist in artists]
    words = list(dict.fromkeys(word for word in words if not word.startswith("_")))
    shown = "; ".join(words if len(words) < 4 else [*words[:2], "...", words[-1]])
    places = zip(*(_places(kind, artist) for artist in artists), strict=True)
    return f"{shown} {' '.join(_summary(np.concatenate(numbers)) for numbers in places)}"


def _places(kind: str, artist) -> tuple[np.ndarray, ...]:
    if kind == "line":
        return _plain_numbers(artist.get_xdata(orig=False)), _plain_numbers(artist.get_ydata(orig=False))
    if kind == "image":
        return _plain_numbers(artist.get_array()), _plain_numbers(artist.get_extent())
    if kind == "text":
        offset = getattr(artist, "xyann", artist.get_position())
        return _plain_numbers(getattr(artist, "xy", artist.get_position())), _plain_numbers(offset)
    if isinstance(artist, ContourSet):  # how many points a contour has depends on rounding
        return _plain_numbers(artist.get_offsets()), _plain_numbers(artist.levels)
    if kind == "collection":
        paths = np.concatenate([np.empty((0, 2)), *(path.vertices for path in artist.get_paths())])
        return _plain_numbers(artist.get_offsets()), np.unique(paths, axis=0).ravel()
    return (artist.get_patch_transform().transform(artist.get_path().vertices).ravel(),)


def _plain_numbers(values) -> np.ndarray:
    return np.ma.filled(np.ma.asarray(values, float), np.nan).ravel()


def _values(numbers) -> str:
    return f"[{' '.join(f'{number:.4g}' for number in np.ravel(numbers))}]"


def _summary(values) -> str:
    """Return how many numbers there are, the first, the last, the mean and the deviation of the finite ones."""
    numbers = _plain_numbers(values)
    finite = numbers[np.isfinite(numbers)]
    if len(numbers) < 5:
        return _values(numbers)
    shown = np.array([*finite[[0, -1]], finite.mean(), finite.std()] if len(finite) else [])
    shown[np.abs(shown) <= 1e-9 * np.abs(finite).max(initial=0)] = 0  # rounding
    return f"({len(numbers)}: {_values(shown)[1:-1]})"


def differences(drawn: list[str], listed: list[str]) -> list[str]:
    """Return the pairs of lines that differ by a word, or by a number beyond rounding."""
    count = max(len(drawn), len(listed))
    pairs = zip(*([*lines, *[""] * (count - len(lines))] for lines in (drawn, listed)), strict=True)
    return [f"drawn:  {new}\nlisted: {old}" for new, old in pairs if not _alike(new, old)]


def _alike(new: str, old: str) -> bool:
    numbers = [np.array(NUMBER.findall(line), float) for line in (new, old)]
    return NUMBER.split(new) == NUMBER.split(old) and np.allclose(*numbers, rtol=2e-3, atol=1e-9)


def _listed(name: str) -> list[str]:
    _, found, rest = LIST.read_text(encoding="utf-8").partition(f"{name}\n")
    return rest.partition("\ntests/")[0].splitlines() if found else []


@pytest.fixture(autouse=True)
def looks_are_the_listed_ones(request, monkeypatch):
    """Compare all figures that a test in FILES makes with the list."""
    name = request.node.nodeid
    style = request.node.callspec.params.get("style", "default") if hasattr(request.node, "callspec") else "default"
    if name.split("::")[0] not in FILES or hasattr(request.function, "hypothesis") or style != "default":
        yield
        return
    made, make = [], Figure.__init__

    def remember(figure, *args, **options):
        make(figure, *args, **options)
        made.append(figure)

    monkeypatch.setattr(Figure, "__init__", remember)
    yield
    drawn = [line for figure in made for line in looks(figure)]
    if "LOOKS" in os.environ:
        sys.modules["looks"].WRITTEN[name] = drawn
    else:
        faults = differences(drawn, _listed(name))
        assert not faults, "\n".join([f"Run python {Path(__file__).relative_to(ROOT)} if this is meant.", *faults[:5]])


def write() -> None:
    """Draw everything, and write the list."""
    import looks  # as the tests import it

    os.environ["LOOKS"] = "written"
    ended = pytest.main(["-q", *FILES])
    lines = [line for name, drawn in looks.WRITTEN.items() if drawn for line in (name, *drawn)]
    LIST.write_text("\n".join(lines) + "\n", encoding="utf-8")
    raise SystemExit(ended)


if __name__ == "__main__":
    write()
