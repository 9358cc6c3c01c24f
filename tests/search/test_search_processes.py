"""nnlib.search.workers on this machine: threads, processes that die late or run old code, a sweep killed and resumed.

What a cluster does too is in test_search_workers.py.
"""

import subprocess
import sys
import textwrap
import types
from pathlib import Path

import joblib
import numpy as np
import pytest
from joblib.externals import loky
from search_toy import GRID, OPTIONS, SOLVER, SeeData, calls, make, noting, toy_data, trial_row, wait_for

from nnlib import backend, blas
from nnlib.search import Trial, TrialLog, data_info, sweep, workers

# One process runs them all: workers are slow to start.
pytestmark = [pytest.mark.usefixtures("no_worker_is_left"), pytest.mark.xdist_group("loky")]


@pytest.mark.parametrize("count", [1, 2])
def test_a_worker_that_dies_after_its_last_result_costs_no_trial(count):
    trials = {name: (Trial(make, {"hidden_dim": 2}, 0, SOLVER), {}) for name in "ab"[:count]}
    job = workers.Job(trials, toy_data())

    def attempt(group):
        for name in group:
            job.running.add(name)
            yield trial_row(id=name)
        raise workers._WorkerDied("late")

    assert list(job._surviving(attempt)) == [trial_row(id=name) for name in trials]


def test_processes_are_told_to_keep_to_one_blas_thread(monkeypatch):
    told = []

    class Inline:
        def __init__(self, **options):
            told.append(joblib.parallel.get_active_backend()[0].inner_max_num_threads)

        def __call__(self, tasks):
            return (function(*arguments) for function, arguments, _ in tasks)

    monkeypatch.setattr(joblib, "Parallel", Inline)
    sweep(make, toy_data(), GRID, n_jobs=2, **OPTIONS)
    with joblib.parallel_config(backend="loky", inner_max_num_threads=2):  # more for those who ask for more
        sweep(make, toy_data(), GRID, n_jobs=2, **OPTIONS)
    assert told == [1, 2]


def test_threads_keep_to_one_thread_each_too(tmp_path, monkeypatch):
    monkeypatch.setattr(blas, "_blas_threads", lambda: 2)  # tests run with one
    options = {"solver": {**SOLVER, "callbacks": [SeeData(tmp_path)]}, "verbose": False}
    with joblib.parallel_config(backend="threading", n_jobs=2):
        swept = sweep(make, toy_data(), GRID, **options)
    assert {path.name.split()[2] for path in tmp_path.iterdir()} == {"1"}
    assert [row.status for row in swept] == ["done"] * 6


def test_a_process_killed_in_the_middle_is_resumed_and_only_the_rest_is_run(tmp_path, notes):
    path = tmp_path / "l.jsonl"
    points = [{"hidden_dim": width, "trouble": "wait" if width > 3 else None} for width in range(2, 6)]
    code = f"""
        import sys
        sys.path[:0] = {sys.path!r}
        from search_toy import *
        from nnlib.search import sweep
        sweep(noting({str(notes)!r}), toy_data(), {points!r}, solver=SOLVER, trial_log={str(path)!r}, n_jobs=1)
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)])
    wait_for(lambda: len(calls(notes)) == 3 or process.poll() is not None)
    process.kill()
    process.wait()
    (tmp_path / "go on").touch()
    kept = TrialLog(path).rows
    assert [row.settings["hidden_dim"] for row in kept] == [2, 3]
    swept = sweep(noting(notes), toy_data(), points, trial_log=path, n_jobs=1, **OPTIONS)
    assert [row.status for row in swept] == ["done"] * 4
    assert TrialLog(path).rows[:2] == kept
    assert [width for width, _, _ in calls(notes)] == [2, 3, 4, 4, 5]
    alone = sweep(make, toy_data(), {"hidden_dim": range(2, 6)}, n_jobs=1, **OPTIONS)
    assert [row.curve for row in swept] == [row.curve for row in alone]


def test_a_worker_runs_no_trial_with_other_code_and_compares_it_once_per_sweep(monkeypatch):
    """What it is told of another process: that one's name, code apart from the notebook's, and layers."""
    data = toy_data()
    trial = Trial(make, {"hidden_dim": 2}, 0, SOLVER)
    with backend.using("plain"):
        code = trial.fingerprint(apart=["__main__"])
    identity = trial.identity(data_info(data), "code")
    row = workers.work(trial, identity, ("another process", code, "plain"), *data.values())
    assert (row.status, row.layers, row.fingerprint, row.threads) == ("done", "plain", "code", 1)
    for told in (("another process", "other", "plain"), ("another process", code, "fast")):
        assert workers.work(trial, identity, told, *data.values()) is None
    monkeypatch.delattr(Trial, "fingerprint")
    assert workers.work(trial, identity, ("another process", code, "plain"), *data.values()).status == "done"


@pytest.mark.parametrize("old", [1, 2])
def test_workers_with_other_code_are_replaced_once(monkeypatch, old):
    stopped = []
    monkeypatch.setattr(
        loky, "get_reusable_executor", lambda: types.SimpleNamespace(shutdown=lambda **how: stopped.append(how))
    )
    attempts = iter([True] * old + [False])

    def attempt(group):
        job.running.update(group)
        yield trial_row(id=group[0])
        if next(attempts):
            raise workers._OldWorker
        yield from (trial_row(id=name) for name in group[1:])

    job = workers.Job({name: (Trial(make, {"hidden_dim": 2}, 0, SOLVER), {}) for name in "abc"}, toy_data())
    if old == 1:
        assert [row.id for row in job._surviving(attempt)] == ["a", "b", "c"]
    else:
        with pytest.raises(
            RuntimeError, match="this machine's workers: expected the code that is loaded here, got anoth"
        ):
            list(job._surviving(attempt))
    assert stopped == [{"wait": True, "kill_workers": True}]


def test_an_exit_code_is_in_the_reason_of_a_trial_that_killed_its_worker(monkeypatch):
    class Dying:
        def __init__(self, **options):
            pass

        def __call__(self, tasks):
            list(tasks)
            raise loky.process_executor.TerminatedWorkerError("The exit codes of the workers are {EXIT(7)}")
            yield

    monkeypatch.setattr(joblib, "Parallel", Dying)
    (row,) = sweep(make, toy_data(), {"hidden_dim": [2]}, n_jobs=2, **OPTIONS)
    assert row.status == "died"
    assert (
        row.reason == "its worker process died, exit code EXIT(7); a system short of memory ends processes by SIGKILL"
    )


def test_the_job_knows_what_is_running(notes):
    data = toy_data()
    trial = Trial(noting(notes), {"hidden_dim": 2}, 0, SOLVER)
    identity = trial.identity(data_info(data), trial.fingerprint())
    job = workers.Job({identity["id"]: (trial, identity)}, data)
    (row,) = job.outcomes(1)
    assert (row.id, row.status, job.running) == (identity["id"], "done", set())
    assert list(workers.Job({}, data).outcomes(2)) == []
    assert np.shares_memory(job.arrays[0], data["X_train"])
    assert Path(notes).is_dir()
