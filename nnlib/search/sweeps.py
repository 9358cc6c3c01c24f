"""A sweep: the points of a grid, `sweep`, which trains each with every seed, and the rows that come out, in a table."""

from __future__ import annotations

import itertools
import json
import os
import textwrap
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nnlib import checks, held_out
from nnlib.progress import progress_bar
from nnlib.provenance.plain_json import jsonable
from nnlib.search.rows import TrialRow
from nnlib.search.trial import Trial, data_info, make_row
from nnlib.search.trial_log import TrialLog
from nnlib.search.workers import Job
from nnlib.solver_checks import check_data
from nnlib.tables import align, format_value

FINAL = ("done", "diverged")  # a trial of any other status is run again
Settings = dict[str, object]


def grid(values: Mapping[str, Iterable[object]]) -> list[Settings]:
    """Return all combinations of the values of each hyper-parameter; the last name varies fastest."""
    checks.mapping("grid", values, "{'reg': [0.0, 1e-3]}")
    columns = {name: checks.listed(name, items, "a list of values to try") for name, items in values.items()}
    return [dict(zip(columns, combination, strict=True)) for combination in itertools.product(*columns.values())]


def expand_grid(points: Mapping[str, Iterable[object]] | Iterable[Settings]) -> list[Settings]:
    """Return the points of a grid, or of a list of settings; a ValueError if there is none, or the same one twice."""
    is_list = isinstance(points, Iterable) and not isinstance(points, (Mapping, str))
    expanded = checks.listed("grid", points, "at least one point") if is_list else grid(points)
    described = [jsonable("grid", point) for point in expanded]
    for index, point in enumerate(described):
        checks.require(point not in described[:index], "grid", "every point once", f"{point} twice")
    return [dict(point) for point in expanded]


@dataclass(frozen=True)
class Point:
    """One setting of the hyper-parameters and its rows, one per seed."""

    settings: Mapping[str, object]
    rows: Sequence[TrialRow]

    def __post_init__(self):
        checks.mapping("settings", self.settings, "{'reg': 0.1}")
        are_rows = all(hasattr(row, "status") for row in checks.listed("rows", self.rows, "rows of trials"))
        checks.require(are_rows, "rows", "rows of trials", repr(self.rows))

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
        self.rows, self.trial_log, self.name = checks.listed("rows", rows, "rows of trials"), trial_log, name
        checks.instance("trial_log", trial_log, TrialLog, "a TrialLog", "TrialLog() keeps rows in memory.")
        checks.instance("name", name, str, "a text")
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


def group_by_settings(rows: Iterable[TrialRow], argument: str = "rows") -> list[Point]:
    """Group rows with the same settings, in the order in which these first appear; a ValueError if they are no rows."""
    items = list(rows) if isinstance(rows, Iterable) else [rows]
    are_rows = all(hasattr(row, "status") for row in items)
    checks.require(are_rows, argument, "a sweep, its rows or TrialLog(path)", repr(rows))
    groups: dict[str, list[TrialRow]] = {}
    for row in items:
        groups.setdefault(json.dumps(row.settings, sort_keys=True), []).append(row)
    return [Point(same[0].settings, same) for same in groups.values()]


def varying(points: Sequence[Point]) -> list[str]:
    """Return the hyper-parameters that differ between points, in the order in which they first appear."""
    names = dict.fromkeys(name for point in points for name in point.settings)
    return [name for name in names if len({json.dumps(point.settings.get(name)) for point in points}) > 1]


def sweep(
    make_model: Callable,
    data: Mapping[str, np.ndarray],
    grid: Mapping[str, Iterable[object]] | Iterable[Settings],
    *,
    seeds: Iterable[int] = (0,),
    solver: Mapping[str, object] | None = None,
    n_jobs: int | None = None,
    trial_log: TrialLog | str | os.PathLike | None = None,
    verbose: bool = True,
    name: str = "",
    cost: Callable[[Settings], float] | None = None,
) -> Sweep:
    """Train every point with every seed and return the rows; trials that the trial log already holds are not run.

    A trial that diverges, raises an error or kills its worker becomes a row with its reason, and the sweep goes on.
    Ctrl-C keeps what is finished; the same call then runs the rest. After a change of settings, solver options, data or
    code, such as an edit of a layer, trials are run again. They run on processes of this machine, one BLAS thread each,
    or inside `joblib.parallel_config(backend="dask")` on the Dask cluster whose client is open.

    Args:
        make_model: makes a model from its share of the settings and `rng`; see `Trial`.
        data: `X_train`, `y_train`, `X_val`, `y_val`; a test set is refused.
        grid: a dictionary from names to lists of values, all combinations of which are tried; or a list of settings.
        seeds: every point is trained with each.
        solver: options of the Solver and its update rule for all trials; see `Trial`.
        n_jobs: processes; 1 trains in this one. None leaves it to joblib.parallel_config, else takes all cores.
        trial_log: a TrialLog or a file's path; None keeps the rows in memory only.
        verbose: show a progress bar.
        name: of the sweep, in its rows and in tables.
        cost: estimates a point's time, in any unit; the longest trials are started first.

    Raises:
        TypeError, ValueError: an unknown setting, a point or a seed twice, data or another argument of another form.
        TrialLogError: the trial log cannot be read or written; the latter is found before the first trial.
        CodeError, RuntimeError: code was edited and not loaded again; the workers run different code.
    """
    check_data(data)
    checks.instance("name", name, str, "a text", "It is written into the rows.")
    checks.whole("n_jobs", 1 if n_jobs is None else n_jobs, "a number of processes, -1 for all cores, or None", bool)
    points, seeds = expand_grid(grid), checks.listed("seeds", seeds, "at least one, each once")
    trials = [Trial(make_model, point, seed, {} if solver is None else solver) for point in points for seed in seeds]
    checks.require(len(seeds) == len(set(seeds)), "seeds", "at least one, each once", seeds)
    checks.instance("trial_log", trial_log, (TrialLog, str, os.PathLike, type(None)), "a TrialLog, a path, or None")
    trial_log = trial_log if isinstance(trial_log, TrialLog) else TrialLog(trial_log)
    info, code = data_info(data), trials[0].fingerprint()
    by_id = {identity["id"]: (trial, identity) for trial in trials for identity in [trial.identity(info, code)]}
    rows = {row.id: row for row in trial_log.trials() if row.status in FINAL}
    missing = [key for key in by_id if key not in rows]
    if cost is not None:
        checks.function("cost", cost, "(settings) -> time")
        missing.sort(key=lambda key: -cost(by_id[key][0].settings))
    if missing:
        trial_log.check_writable()
        held_out.trained(data["X_train"], data["X_val"])
    count = {"total": len(trials), "initial": len(trials) - len(missing), "unit": "trial"}
    with progress_bar(hidden=not checks.boolean("verbose", verbose), desc=name or "sweep", **count) as bar:
        _run(Job({key: by_id[key] for key in missing}, data), n_jobs, trial_log, rows, name, bar)
    return Sweep([rows[key] for key in by_id], trial_log, name)


def _run(job: Job, n_jobs: int | None, trial_log: TrialLog, rows: dict[str, TrialRow], name: str, bar: object) -> None:
    """Run a job, and put each row into the trial log and into `rows` when it is finished."""
    best, failed = 0.0, 0
    try:
        for row in job.outcomes(n_jobs):
            rows[row.id] = row = replace(row, sweep=name)
            trial_log.append(row)
            best, failed = max(best, row.val_acc or 0.0), failed + (row.status != "done")
            bar.set_postfix({"best": f"{best:.2%}"} | ({"failed": failed} if failed else {}), refresh=False)
            bar.update()
    except KeyboardInterrupt as error:
        traceback.clear_frames(error.__traceback__)  # one of them may hold the trial log's lock
        for key in [key for key in job.trials if key in job.running]:
            trial_log.append(make_row(job.trials[key][1], "stopped", "interrupted before it ended", sweep=name))
        raise
