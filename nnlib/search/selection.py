"""`select` by the validation set, with its reason; only then `open_test_logged`, which the trial log records."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import numpy as np

from nnlib import data as nnlib_data
from nnlib.data import Dataset
from nnlib.search.points import Point, Sweep, format_value, group_by_settings, varying
from nnlib.search.trial_log import TrialLog


@dataclass(frozen=True)
class Selection:
    """The chosen point of a sweep.

    Attributes:
        settings: its hyper-parameters.
        val_acc: its mean validation accuracy over the seeds.
        standard_error: of the best point's mean.
        num_params: parameters of its model.
        best: the settings of the point with the best mean; the chosen one's, unless a simpler one was within reach.
        reason: why, in words; what `print` shows.
    """

    settings: Mapping[str, object]
    val_acc: float
    standard_error: float
    num_params: int
    best: Mapping[str, object]
    reason: str

    def __str__(self):
        return self.reason


def select(source: Sweep | TrialLog | Iterable[Mapping[str, object]], *, one_standard_error: bool = True) -> Selection:
    """Choose a point by its mean validation accuracy over the seeds, and write the choice into the trial log.

    The best mean wins, or with `one_standard_error` the simplest point whose mean is within one standard error of it
    (Breiman et al., 1984, section 3.4.3): the one with the fewest parameters, of equals the better. The error of a mean
    p over S seeds on n validation examples is sqrt(p (1 - p) / n + s^2 / S), with s the seeds' standard deviation (0
    for one seed): all seeds answer the same n questions, so more of them do not make the first term any smaller. A
    point with a trial that is not done is left out, and named in the reason.

    Args:
        source: a sweep; a trial log, which stands for the rows of the sweep that wrote last; or rows.
        one_standard_error: whether simplicity counts.

    Raises:
        ValueError: there is no point whose trials are all done.
    """
    rows = _latest(source.trials()) if isinstance(source, TrialLog) else list(source)
    points = group_by_settings(rows)
    names = varying(points) or list(points[0].settings) if points else []
    complete = [point for point in points if point.complete]
    if not complete:
        trouble = next((point.trouble for point in points), "the trial log has no trials")
        raise ValueError(f"source: expected a point whose trials are all done, got none of {len(points)}. {trouble}")
    best = max(complete, key=lambda point: round(point.mean, 9))  # the first of equals
    error, origin = standard_error(best)
    within = [point for point in complete if point.mean >= best.mean - error - 1e-9] if one_standard_error else [best]
    chosen = min(within, key=lambda point: (point.num_params, -round(point.mean, 9)))
    reason = " ".join([_because(chosen, best, error, origin, names), *_left_out(points, names)])
    choice = Selection(chosen.settings, chosen.mean, error, chosen.num_params, best.settings, reason)
    trial_log = source if isinstance(source, TrialLog) else getattr(source, "trial_log", None)
    if trial_log is not None:
        trial_log.append({"kind": "choice", "sweep": rows[-1].get("sweep", ""), **asdict(choice), "time": _now()})
    return choice


def standard_error(point: Point) -> tuple[float, str]:
    """Return the standard error of a point's mean validation accuracy, and in words what it was taken from."""
    seeds, examples = len(point.accuracies), point.rows[0]["data"]["val"]
    variance = point.mean * (1 - point.mean) / examples
    if seeds == 1:
        return math.sqrt(variance), f"one run on {examples:,} validation examples"
    return math.sqrt(variance + point.spread**2 / seeds), f"{seeds} seeds on {examples:,} validation examples"


def open_test_logged(trial_log: TrialLog | Sweep, data: Dataset, question: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the test examples (X_test, y_test), once `select` has written its choice into the trial log.

    The opening goes into the trial log too. A second one for the same question gets a warning with the time of the
    first: a test set that is looked at again while something is being changed no longer measures.

    Args:
        trial_log: the trial log of the choices, or a sweep that has one.
        data: the Dataset that a loader returned.
        question: what is answered with it, such as "4.4".

    Raises:
        RuntimeError: the trial log has no choice.
        TypeError, DataError: as nnlib.data.open_test, which does the opening.
    """
    trial_log = trial_log if isinstance(trial_log, TrialLog) else trial_log.trial_log
    if not trial_log.of_kind("choice"):
        raise RuntimeError(
            f"open_test_logged: expected a choice in the trial log, got none for question {question}. "
            "Call select(sweep) first: the test set measures what was chosen without it."
        )
    earlier = [row for row in trial_log.of_kind("opening") if row["question"] == question]
    examples = nnlib_data.open_test(data)
    info = {"name": data.name, "checksum": data.checksum}
    trial_log.append({"kind": "opening", "question": question, "data": info, "time": _now()})
    if earlier:
        warnings.warn(
            f"The test set was opened for question {question} before, at {earlier[0]['time']}. "
            "If anything was changed since, its accuracy flatters.",
            stacklevel=2,
        )
    return examples


def _latest(rows: Sequence[Mapping[str, object]]) -> list[Mapping[str, object]]:
    """Return the rows of the sweep that wrote last: those before a change of the code or the data are history."""

    def origin(row: Mapping[str, object]) -> tuple:
        return row["make_model"], row["solver"], row["data"]["checksum"], row["fingerprint"]

    return [row for row in rows if origin(row) == origin(rows[-1])]


def _because(chosen: Point, best: Point, error: float, origin: str, names: Sequence[str]) -> str:
    if chosen is best:
        return f"{_name(best, names)}: the best mean validation accuracy, {best.mean:.2%} ± {error:.2%} ({origin})."
    comparison = "fewer" if chosen.num_params < best.num_params else "no more"
    return (
        f"{_name(chosen, names)}: {chosen.mean:.2%} is within one standard error, {error:.2%} ({origin}), of the best, "
        f"{best.mean:.2%} at {_name(best, names)}, with {comparison} parameters: {chosen.num_params:,} instead of "
        f"{best.num_params:,}."
    )


def _left_out(points: Sequence[Point], names: Sequence[str]) -> list[str]:
    incomplete = [point for point in points if not point.complete]
    if not incomplete:
        return []
    listed = "; ".join(f"{_name(point, names)} ({point.trouble})" for point in incomplete[:3])
    more = f"; and {len(incomplete) - 3} more" if len(incomplete) > 3 else ""
    return [f"Left out: {listed}{more}."]


def _name(point: Point, names: Sequence[str]) -> str:
    return ", ".join(f"{name} {format_value(point.settings.get(name))}" for name in names)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
