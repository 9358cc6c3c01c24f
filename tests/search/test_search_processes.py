"""nnlib.search.workers on this machine: threads, processes that die late or run old code, a sweep killed and resumed.

What a cluster does too is in test_search_workers.py.
"""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import joblib
import numpy as np
import pytest
from search_toy import GRID, OPTIONS, SOLVER, SeeData, calls, make, noting, toy_data, wait_for

from nnlib.fast import runtime
from nnlib.search import Trial, TrialLog, data_info, sweep, workers

pytestmark = pytest.mark.usefixtures("no_worker_is_left")


@pytest.mark.parametrize("count", [1, 2])
def test_a_worker_that_dies_after_its_last_result_costs_no_trial(count):
    trials = {index: Trial(make, {"hidden_dim": index + 2}, 0, SOLVER) for index in range(count)}
    job = workers.Job(trials, toy_data(), {}, "")

    def attempt(group, given):
        for index in group:
            given.append(index)
            yield index, {"status": "done"}
        raise workers._WorkerDied("late")

    assert list(job._surviving(attempt)) == [(index, {"status": "done"}) for index in range(count)]


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
    monkeypatch.setattr(runtime, "_blas_threads", lambda: 2)  # tests run with one
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
        sweep(noting({str(notes)!r}), toy_data(), {points!r}, solver=SOLVER, trial_log={str(path)!r}, n_jobs=2)
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], start_new_session=True)
    wait_for(lambda: (len(calls(notes)), len(TrialLog(path).rows)) == (4, 2) or process.poll() is not None)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    (tmp_path / "go on").touch()
    kept = TrialLog(path).rows
    assert {row.settings["hidden_dim"] for row in kept} == {2, 3}
    swept = sweep(noting(notes), toy_data(), points, trial_log=path, n_jobs=1, **OPTIONS)
    assert [row.status for row in swept] == ["done"] * 4
    assert TrialLog(path).rows[:2] == kept
    assert [width for width, _, _ in calls(notes)] == [2, 3, 4, 4, 5, 5]
    alone = sweep(make, toy_data(), {"hidden_dim": range(2, 6)}, n_jobs=1, **OPTIONS)
    assert [row.curve for row in swept] == [row.curve for row in alone]


def test_workers_from_before_an_edit_are_replaced(monkeypatch, tmp_path):
    """The file is edited and reloaded here, while workers from before wait for trials."""
    monkeypatch.syspath_prepend(tmp_path)
    file, lines = tmp_path / "my_model.py", ["from search_toy import make", "SCALE = 1", ""]
    lines += ["def factory(hidden_dim, rng):", "    return make(SCALE * hidden_dim, rng)"]
    file.write_text("\n".join(lines))
    import my_model

    def sizes():
        swept = sweep(my_model.factory, toy_data(), {"hidden_dim": [2, 3]}, n_jobs=2, **OPTIONS)
        return [row.num_params for row in swept]

    assert sizes() == [(5 + 1) * width + (width + 1) * 3 for width in (2, 3)]
    my_model.SCALE = 2
    with pytest.raises(RuntimeError, match="this machine's workers: expected the code that is loaded here, got anoth"):
        sizes()  # new workers read the file, which still has the old code
    lines[1] = "SCALE = 2  # another size, or Python takes its cached bytecode of the same second"
    file.write_text("\n".join(lines))
    assert sizes() == [(5 + 1) * width + (width + 1) * 3 for width in (4, 6)]


def test_the_job_knows_what_is_running(notes):
    data = toy_data()
    trial = Trial(noting(notes), {"hidden_dim": 2}, 0, SOLVER)
    job = workers.Job({4: trial}, data, data_info(data), trial.fingerprint())
    ((index, row),) = job.outcomes(1)
    assert (index, row.status, job.running) == (4, "done", set())
    assert list(workers.Job({}, data, data_info(data), "").outcomes(2)) == []
    assert np.shares_memory(job.arrays[0], data["X_train"])
    assert Path(notes).is_dir()
