"""Which settings to try: all combinations of a grid, or a random sample of a space."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from nnlib import checks
from nnlib.provenance.plain_json import checksum, jsonable

Settings = dict[str, object]
Draw = Callable[[np.random.Generator], object]


def grid(values: Mapping[str, Iterable[object]]) -> list[Settings]:
    """Return all combinations of the values of each hyper-parameter; the last name varies fastest."""
    columns = {name: _values(name, items) for name, items in values.items()}
    return [dict(zip(columns, combination, strict=True)) for combination in itertools.product(*columns.values())]


def sample(space: Mapping[str, Sequence[object] | Draw], n: int, rng: int | np.random.Generator) -> list[Settings]:
    """Return `n` different points drawn at random (Bergstra and Bengio, JMLR 2012, say why rather than a grid).

    Args:
        space: for each hyper-parameter a list to pick from, or a function of a Generator, such as `log_uniform(...)`.
        n: how many.
        rng: seed or Generator.

    Raises:
        ValueError: a space with fewer than `n` points.
    """
    rng = checks.generator(rng)
    n = checks.positive_int("n", n)
    lists = {name: _values(name, items) for name, items in space.items() if not callable(items)}
    if len(lists) == len(space):
        size = math.prod(len(items) for items in lists.values())
        checks.require(n <= size, "n", f"at most {size}, all that the space holds", n)
    points: dict[str, Settings] = {}
    while len(points) < n:
        point = {
            name: items(rng) if callable(items) else lists[name][rng.integers(len(lists[name]))]
            for name, items in space.items()
        }
        points.setdefault(checksum(jsonable("space", point)), point)
    return list(points.values())


def log_uniform(low: float, high: float) -> Draw:
    """Return a distribution for `sample`: every factor of ten between `low` and `high` is as likely as another."""
    checks.require(0 < low < high, "low, high", "0 < low < high", (low, high))
    return lambda rng: float(math.exp(rng.uniform(math.log(low), math.log(high))))


def expand_grid(points: Mapping[str, Iterable[object]] | Iterable[Settings]) -> list[Settings]:
    """Return the points of a sweep, each once, from a dictionary of lists (a grid) or a list of settings.

    Raises:
        ValueError: none at all, or the same one twice.
    """
    made = grid(points) if isinstance(points, Mapping) else [dict(point) for point in points]
    checks.require(len(made) > 0, "grid", "at least one point", "none")
    names: dict[str, Settings] = {}
    for point in made:
        name = checksum(jsonable("grid", point))
        checks.require(name not in names, "grid", "every point once", f"{point} twice")
        names[name] = point
    return made


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
