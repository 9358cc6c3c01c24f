"""The points of a sweep: what to try (a grid), and what came out, rows grouped by their settings, in a table."""

from __future__ import annotations

import itertools
import json
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnlib import checks
from nnlib.provenance.plain_json import jsonable
from nnlib.search.rows import TrialRow
from nnlib.search.trial_log import TrialLog
from nnlib.tables import align, format_value

Settings = dict[str, object]


def grid(values: Mapping[str, Iterable[object]]) -> list[Settings]:
    """Return all combinations of the values of each hyper-parameter; the last name varies fastest."""
    columns = {}
    for name, items in values.items():
        single = not isinstance(items, Iterable) or isinstance(items, (str, bytes))
        todo = f"For a single one write [{items!r}]." if single else ""
        columns[name] = [] if single else list(items)
        checks.require(len(columns[name]) > 0, name, "a list of values to try", repr(items), todo)
    return [dict(zip(columns, combination, strict=True)) for combination in itertools.product(*columns.values())]


def expand_grid(points: Mapping[str, Iterable[object]] | Iterable[Settings]) -> list[Settings]:
    """Return the points of a grid, or of a list of settings; a ValueError if there is none, or the same one twice."""
    expanded = grid(points) if isinstance(points, Mapping) else [dict(point) for point in points]
    checks.require(len(expanded) > 0, "grid", "at least one point", "none")
    described = [jsonable("grid", point) for point in expanded]
    for index, point in enumerate(described):
        checks.require(point not in described[:index], "grid", "every point once", f"{point} twice")
    return expanded


@dataclass(frozen=True)
class Point:
    """One setting of the hyper-parameters and its rows, one per seed."""

    settings: Mapping[str, object]
    rows: Sequence[TrialRow]

    @property
    def accuracies(self) -> np.ndarray:
        """Validation accuracies (fractions) of the trials that are done."""
        return np.array([row.val_acc for row in self.rows if row.status == "done"])

    @property
    def mean(self) -> float:
        """Mean validation accuracy over the seeds that are done; NaN if none is."""
        return float(self.accuracies.mean()) if len(self.accuracies) else float("nan")

    @property
    def spread(self) -> float:
        """Standard deviation over the seeds (of a sample); NaN with fewer than two."""
        return float(self.accuracies.std(ddof=1)) if len(self.accuracies) > 1 else float("nan")

    @property
    def complete(self) -> bool:
        """Whether every seed is done."""
        return all(row.status == "done" for row in self.rows)

    @property
    def num_params(self) -> int | None:
        """Parameters of the model; None if none was made."""
        return next((row.num_params for row in self.rows if row.num_params is not None), None)

    @property
    def trouble(self) -> str:
        """The statuses other than 'done' and their reasons."""
        return "; ".join({f"{row.status}: {row.reason}": None for row in self.rows if row.status != "done"})


class Sweep(Sequence):
    """The rows of a sweep: a sequence in the order of the grid, the seeds of a point next to each other.

    `points` are the settings with their rows, in that order too, `names` the hyper-parameters that differ between them.
    """

    def __init__(self, rows: Iterable[TrialRow], trial_log: TrialLog, name: str = ""):
        self.rows, self.trial_log, self.name = list(rows), trial_log, name
        self.points = group_by_settings(self.rows)
        self.names = varying(self.points)

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        return self.rows[index]

    def __repr__(self):
        data, seeds = self.rows[0].data, len(self.points[0].rows)
        title = f"{self.name or 'sweep'}: {len(self.points)} points x {seeds} seed{'s' * (seeds > 1)} on {data.name} "
        best = max(self.points, key=lambda point: -1 if np.isnan(point.mean) else point.mean)
        table = [[" ", *self.names, "validation", "parameters", "seconds", ""]]
        for point in self.points:
            mark = "*" if point is best and len(point.accuracies) else " "
            values = [format_value(point.settings.get(name)) for name in self.names]
            mean = f"{point.mean:.2%}" if len(point.accuracies) else "-"
            spread = "" if np.isnan(point.spread) else f" ± {point.spread:.2%}"
            params = "-" if point.num_params is None else f"{point.num_params:,}"
            seconds = [row.seconds for row in point.rows if row.seconds is not None]
            trouble = textwrap.shorten(point.trouble, 60, placeholder=" ...")
            table.append([mark, *values, mean + spread, params, f"{np.mean(seconds):.1f}" if seconds else "-", trouble])
        return "\n".join([title + f"({data.train:,} train, {data.val:,} val)", *align(table)])


def group_by_settings(rows: Iterable[TrialRow]) -> list[Point]:
    """Group rows with the same settings, in the order in which these first appear."""
    groups: dict[str, list[TrialRow]] = {}
    for row in rows:
        groups.setdefault(json.dumps(row.settings, sort_keys=True), []).append(row)
    return [Point(same[0].settings, same) for same in groups.values()]


def varying(points: Sequence[Point]) -> list[str]:
    """Return the hyper-parameters that differ between points, in the order in which they first appear."""
    names = dict.fromkeys(name for point in points for name in point.settings)
    return [name for name in names if len({json.dumps(point.settings.get(name)) for point in points}) > 1]
