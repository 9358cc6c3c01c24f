"""The points of a sweep that a figure shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from nnlib import checks
from nnlib.search.rows import TrialRow
from nnlib.search.sweeps import Point, group_by_settings, varying

Rows = Iterable[TrialRow]


def slice_points(rows: Rows, names: Sequence[str], fixed: Mapping[str, object]) -> list[Point]:
    """Return the points with the settings `fixed`; a ValueError if more than `names` differs between them."""
    points = group_by_settings(rows)
    known = {name for point in points for name in point.settings}
    for name in names:
        checks.require(name in known, "name", f"one of {', '.join(sorted(known))}", repr(name))
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
