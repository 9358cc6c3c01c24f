"""The points of a sweep: all combinations of a grid, or a list of settings."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping

from nnlib import checks
from nnlib.provenance.plain_json import checksum, jsonable

Settings = dict[str, object]


def grid(values: Mapping[str, Iterable[object]]) -> list[Settings]:
    """Return all combinations of the values of each hyper-parameter; the last name varies fastest."""
    columns = {name: _values(name, items) for name, items in values.items()}
    return [dict(zip(columns, combination, strict=True)) for combination in itertools.product(*columns.values())]


def expand_grid(points: Mapping[str, Iterable[object]] | Iterable[Settings]) -> list[Settings]:
    """Return the points of a sweep from a dictionary of lists (a grid) or a list of settings.

    Raises:
        ValueError: no point, or the same one twice.
    """
    expanded = grid(points) if isinstance(points, Mapping) else [dict(point) for point in points]
    checks.require(len(expanded) > 0, "grid", "at least one point", "none")
    seen: set[str] = set()
    for point in expanded:
        name = checksum(jsonable("grid", point))
        checks.require(name not in seen, "grid", "every point once", f"{point} twice")
        seen.add(name)
    return expanded


def _values(name: str, items: Iterable[object]) -> list[object]:
    checks.require(
        isinstance(items, Iterable) and not isinstance(items, (str, bytes)),
        name,
        "a list of values to try",
        repr(items),
        f"For a single one write [{items!r}].",
    )
    values = list(items)
    checks.require(len(values) > 0, name, "a list of values to try", "an empty one")
    return values
