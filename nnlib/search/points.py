"""What a sweep found: rows in the order of the grid, grouped by settings, and a table."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnlib.search.rows import TrialRow
from nnlib.search.trial_log import TrialLog
from nnlib.tables import align, format_value


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
        """The statuses other than 'done' and their reasons, in one line."""
        return "; ".join({f"{row.status}: {row.reason}": None for row in self.rows if row.status != "done"})


class Sweep(Sequence):
    """The rows of a sweep: a sequence in the order of the grid, the seeds of a point next to each other.

    Attributes:
        rows: of the trials.
        points: the settings with their rows, in the order of the grid.
        names: the hyper-parameters that differ between points.
        trial_log: where the rows are kept.
        name: of the sweep, or an empty string.
    """

    def __init__(self, rows: Iterable[TrialRow], trial_log: TrialLog, name: str = ""):
        self.rows = list(rows)
        self.points = group_by_settings(self.rows)
        self.names = varying(self.points)
        self.trial_log = trial_log
        self.name = name

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        return self.rows[index]

    def __repr__(self):
        data, seeds = self.rows[0].data, len(self.points[0].rows)
        title = f"{self.name or 'sweep'}: {len(self.points)} points x {seeds} seed{'s' * (seeds > 1)} on {data.name} "
        return "\n".join([title + f"({data.train:,} train, {data.val:,} val)", *self._table()])

    def _table(self) -> list[str]:
        means = [point.mean for point in self.points]
        best = None if np.isnan(means).all() else int(np.nanargmax(means))
        table = [[" ", *self.names, "validation", "parameters", "seconds", ""]]
        for index, point in enumerate(self.points):
            spread = "" if np.isnan(point.spread) else f" ± {point.spread:.2%}"
            seconds = [row.seconds for row in point.rows if row.seconds is not None]
            table.append(
                [
                    "*" if index == best else " ",
                    *(format_value(point.settings.get(name)) for name in self.names),
                    f"{point.mean:.2%}{spread}" if len(point.accuracies) else "-",
                    "-" if point.num_params is None else f"{point.num_params:,}",
                    f"{np.mean(seconds):.1f}" if seconds else "-",
                    textwrap.shorten(point.trouble, 60, placeholder=" ..."),
                ]
            )
        return align(table)


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
