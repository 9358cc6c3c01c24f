"""The points of a sweep that a figure shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from nnlib import checks
from nnlib.search.rows import TrialRow
from nnlib.search.sweeps import Point, group_by_settings, varying

Rows = Iterable[TrialRow]


def slice_points(rows: Rows, shown: Mapping[str, str], fixed: Mapping[str, object] | None) -> list[Point]:
    """Return the points with the settings `fixed`; a ValueError if more than what is shown differs between them.

    `shown` are the names of hyper-parameters, by the names of the arguments that they were given as.
    """
    points = group_by_settings(rows)
    checks.require(len(points) > 0, "rows", "at least one", "none")
    known = sorted({name for point in points for name in point.settings})
    for argument, name in shown.items():
        checks.require(isinstance(name, str) and name in known, argument, f"one of {', '.join(known)}", repr(name))
    names, fixed = list(shown.values()), checks.mapping("fixed", {} if fixed is None else fixed, "{'reg': 0.1}")
    apart = {name: value for name, value in fixed.items() if name not in names}
    points = [point for point in points if all(point.settings.get(name) == value for name, value in apart.items())]
    checks.require(len(points) > 0, "fixed", "values that were tried", apart)
    others = [name for name in varying(points) if name not in names]
    todo = "Fix them: fixed=select(sweep).best, for example."
    checks.require(
        not others, "fixed", f"values of {', '.join(others)}, which differ between points", fixed or None, todo
    )
    return points


def values_of(points: Sequence[Point], name: str) -> list:
    """Return the values of a hyper-parameter, numbers sorted, anything else in the order of the points."""
    values = list({str(point.settings.get(name)): point.settings.get(name) for point in points}.values())
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)
    return sorted(values) if numbers else values
