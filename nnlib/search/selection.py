"""Select a point by its validation accuracy, and only then open the test set; the trial log records both."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter

import numpy as np

from nnlib import checks
from nnlib.data import Dataset, open_test
from nnlib.provenance.machine import utc_now
from nnlib.search.rows import OpeningRow, Selection, TrialRow
from nnlib.search.sweeps import Point, Sweep, group_by_settings, varying
from nnlib.search.trial_log import TrialLog
from nnlib.tables import format_value


def select(
    source: Sweep | TrialLog | Iterable[TrialRow],
    *,
    one_standard_error: bool = True,
    complexity: Callable[[Point], float] | None = None,
) -> Selection:
    """Select a point by its mean validation accuracy over the seeds, and write the selection to the trial log.

    The best mean wins, or with `one_standard_error` the simplest point whose mean is within one standard error of it
    (Breiman et al., 1984, section 3.4.3): the one with the fewest parameters; ties go to the higher accuracy. The error
    is that of the difference of the two means, on the same examples. A point with a trial that is not done is left out
    and named in the reason. A setting at the edge of three or more values tried is named in a warning.

    Args:
        source: a sweep; a trial log, of which the rows of the latest sweep count; or rows.
        one_standard_error: whether simplicity counts.
        complexity: lower for the simpler of two points, such as minus the L2 strength; None: the number of parameters.

    Raises:
        TypeError, ValueError: another source, or no function; there is no point whose trials are all done.
    """
    checks.boolean("one_standard_error", one_standard_error)
    complexity = attrgetter("num_params") if complexity is None else complexity
    cost = checks.function("complexity", complexity, "(point) -> number")
    rows = source.trials() if isinstance(source, TrialLog) else source
    rows = rows if isinstance(rows, Sequence) or not isinstance(rows, Iterable) else list(rows)
    if isinstance(source, TrialLog):  # those of other code or data than the latest are outdated
        version = attrgetter("make_model", "solver", "data.checksum", "fingerprint")
        rows = [row for row in rows if version(row) == version(rows[-1])]
    points = group_by_settings(rows, "source")
    names = varying(points) or list(points[0].settings) if points else []
    complete = [point for point in points if point.complete]
    trouble = next((point.trouble for point in points), "the trial log has no trials")
    checks.require(len(complete) > 0, "source", "a point whose trials are all done", f"none of {len(points)}", trouble)
    best = max(complete, key=lambda point: round(point.mean, 9))  # the first of equals
    equals = [p for p in complete if best.mean - p.mean <= error_of_difference(best, p)[0] + 1e-9]
    chosen = min(equals if one_standard_error else [best], key=lambda point: (cost(point), -round(point.mean, 9)))
    error = standard_error(best) if chosen is best else error_of_difference(best, chosen)  # and its origin
    reason = _because(chosen, best, names, *error) + _left_out(points, names) + _at_the_edge(chosen, points, names)
    found = dict(chosen.settings), chosen.mean, error[0], chosen.num_params, dict(best.settings)
    selection = Selection(*found, reason, rows[-1].sweep, utc_now())
    if isinstance(source, (TrialLog, Sweep)):
        getattr(source, "trial_log", source).append(selection)
    return selection


def standard_error(point: Point) -> tuple[float, str]:
    """Return the standard error of a point's mean validation accuracy, and what it was computed from.

    For a mean p over S seeds on n examples it is sqrt(p (1 - p) / n + s^2 / S), with s the seeds' standard deviation (0
    for one seed): all seeds are tested on the same n examples, so more of them do not make the first term any smaller.
    """
    checks.instance("point", point, Point, "a point of a sweep, such as sweep.points[0]")
    seeds, examples = len(point.accuracies), point.rows[0].data.val
    variance = point.mean * (1 - point.mean) / examples + (point.spread**2 / seeds if seeds > 1 else 0)
    return math.sqrt(variance), f"{'one run' if seeds == 1 else f'{seeds} seeds'} on {examples:,} validation examples"


def error_of_difference(best: Point, point: Point) -> tuple[float, str]:
    """Return the standard error of the difference of two points' means, and what it was computed from.

    For each of n examples let d be the mean over the S seeds of 1 where `best` alone is right, -1 where `point` alone
    is, else 0. The error is sqrt(var(d) / n + s^2 / S), with s the standard deviation of the seeds' differences.
    Examples on which the two agree do not count, as in McNemar's test (1947).

    With one seed nothing is known of s, and var(d) alone is too small; then it is the best mean's own `standard_error`.
    The same holds where the two differ in data or seeds, or where a row does not say which examples are wrong.
    """
    error, origin = standard_error(best)
    rows, others = (sorted(each.rows, key=lambda row: row.seed) for each in (best, point))
    same = [(row.seed, row.data) for row in rows] == [(row.seed, row.data) for row in others]
    if len(rows) == 1 or not same or None in [row.wrong for row in (*rows, *others)]:
        return error, origin
    n, wrong = rows[0].data.val, [index for row in (*rows, *others) for index in row.wrong]
    indices = np.unique(np.array(wrong, np.int64))  # (U,) on all other examples d is 0
    d = np.zeros((len(rows), len(indices)))  # (S, U)
    for of_seed, row, other in zip(d, rows, others, strict=True):
        of_seed[np.isin(indices, row.wrong)] -= 1
        of_seed[np.isin(indices, other.wrong)] += 1
    means = d.mean(axis=0)
    over_examples = max(0.0, np.sum(means**2) - np.sum(means) ** 2 / n) / max(n - 1, 1)
    variance = over_examples / n + (d.sum(axis=1) / n).var(ddof=1) / len(d)
    return math.sqrt(variance), f"in pairs, {origin}"


def open_test_logged(trial_log: TrialLog | Sweep, data: Dataset, question: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the test examples (X_test, y_test), once `select` has written its selection to the trial log.

    The opening is written there too. A second one for the same `question`, such as "4.4", warns with the time of the
    first: a test accuracy that was seen while something was still being changed is an optimistic estimate.

    Raises:
        RuntimeError: the trial log has no selection.
        TypeError, ValueError: no trial log; as nnlib.data.open_test.
    """
    checks.instance("question", question, str, "a text such as '4.4'")
    trial_log = getattr(trial_log, "trial_log", trial_log)
    checks.require(isinstance(trial_log, TrialLog), "trial_log", "a sweep or TrialLog(path)", repr(trial_log))
    if not trial_log.of_kind(Selection):
        todo = "Call select(sweep) first: the test set measures what was selected without it."
        raise RuntimeError(f"trial_log: expected a selection before the test set of {question}, got none. {todo}")
    earlier = [row for row in trial_log.of_kind(OpeningRow) if row.question == question]
    examples = open_test(data)
    trial_log.append(OpeningRow(question, data.name, data.checksum, utc_now()))
    if earlier:
        opened = f"The test set was opened for question {question} before, at {earlier[0].time}. "
        warnings.warn(opened + "If anything was changed since, its accuracy is an optimistic estimate.", stacklevel=2)
    return examples


def _because(chosen: Point, best: Point, names: Sequence[str], error: float, origin: str) -> str:
    if chosen is best:
        return f"{_name(best, names)}: the best mean validation accuracy, {best.mean:.2%} ± {error:.2%} ({origin})."
    fewer = f"with fewer parameters: {chosen.num_params:,} instead of {best.num_params:,}"
    how = fewer if chosen.num_params < best.num_params else "and simpler"
    near = f"within one standard error, {error:.2%} ({origin}), of the best, {best.mean:.2%} at {_name(best, names)}"
    return f"{_name(chosen, names)}: {chosen.mean:.2%} is {near}, {how}."


def _at_the_edge(chosen: Point, points: Sequence[Point], names: Sequence[str]) -> str:
    """Return a line that warns of settings with no value tried to one side of the chosen one."""
    found = []
    for name in names:
        value, values = chosen.settings.get(name), [point.settings.get(name) for point in points]
        numbers = {number for number in values if type(number) in (int, float)}
        if len(numbers) > 2 and value in (min(numbers), max(numbers)):
            which = "smallest" if value == min(numbers) else "largest"
            found.append(f"{name} {format_value(value)} is the {which} of {len(numbers)} values")
    return f"\nWarning: {'; '.join(found)}. A better one may lie beyond." if found else ""


def _left_out(points: Sequence[Point], names: Sequence[str]) -> str:
    incomplete = [f"{_name(point, names)} ({point.trouble})" for point in points if not point.complete]
    more = [f"and {len(incomplete) - 3} more"] if len(incomplete) > 3 else []
    return f" Left out: {'; '.join(incomplete[:3] + more)}." if incomplete else ""


def _name(point: Point, names: Sequence[str]) -> str:
    return ", ".join(f"{name} {format_value(point.settings.get(name))}" for name in names)
