"""`sweep`: train every point of a grid with every seed, on all cores or on a cluster, and lose no finished trial."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import numpy as np

from nnlib import checks
from nnlib.data import held_out
from nnlib.progress import progress_bar
from nnlib.search.points import Settings, Sweep, expand_grid
from nnlib.search.rows import TrialRow
from nnlib.search.trial import Trial, data_info, make_row
from nnlib.search.trial_log import TrialLog
from nnlib.search.workers import Job
from nnlib.solver_checks import check_data

FINAL = ("done", "diverged")  # a trial of any other status is run again


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
        ValueError: an unknown setting, a point or a seed twice, data of another form.
        TrialLogError: the trial log cannot be read or written; the latter is found before the first trial.
        CodeError, RuntimeError: code was edited and not loaded again; the workers run different code.
    """
    check_data(data)
    checks.require(n_jobs != 0, "n_jobs", "a number of processes, -1 for all cores, or None", 0)
    points, seeds = expand_grid(grid), list(seeds)
    checks.require(0 < len(seeds) == len(set(seeds)), "seeds", "at least one, each once", seeds)
    trials = [Trial(make_model, point, seed, solver or {}) for point in points for seed in seeds]
    trial_log = trial_log if isinstance(trial_log, TrialLog) else TrialLog(trial_log)
    info, code = data_info(data), trials[0].fingerprint()
    by_id = {identity["id"]: (trial, identity) for trial in trials for identity in [trial.identity(info, code)]}
    rows = {row.id: row for row in trial_log.trials() if row.status in FINAL}
    missing = [key for key in by_id if key not in rows]
    if cost is not None:
        missing.sort(key=lambda key: -cost(by_id[key][0].settings))
    if missing:
        trial_log.check_writable()
        held_out.trained(data["X_train"], data["X_val"])
    count = {"total": len(trials), "initial": len(trials) - len(missing), "unit": "trial"}
    with progress_bar(hidden=not verbose, desc=name or "sweep", **count) as bar:
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
    except KeyboardInterrupt:
        for key, (_, identity) in job.trials.items():
            if key in job.running:
                row = make_row(identity, "stopped", "interrupted before it ended")
                trial_log.append(replace(row, sweep=name))
        raise
