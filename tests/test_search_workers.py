"""nnlib.search.workers: the same rows from processes and from a cluster; deaths, interruptions, resuming.

The whole file takes some ten seconds, most of it the starting of processes.
"""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import joblib
import numpy as np
import pytest
import search_toy
from distributed import Client, LocalCluster
from joblib.externals import loky
from search_toy import GRID, SOLVER, SeeData, calls, make, noting, toy_data, without_times

from nnlib import runtime
from nnlib.search import Ledger, Trial, choose, homework, replay, sweep, workers
from nnlib.search.__main__ import main

OPTIONS = {"solver": SOLVER, "verbose": False}


@pytest.fixture(scope="module", autouse=True)
def _no_worker_is_left():
    yield
    loky.get_reusable_executor().shutdown(wait=True, kill_workers=True)


@pytest.fixture(scope="module")
def cluster():
    """Two worker processes, all on the loopback; a trial that kills one is not tried on others."""
    import dask

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:0",
            host="127.0.0.1",
            silence_logs=50,
        ) as local,
        Client(local) as client,
    ):
        yield client


@pytest.fixture
def notes(tmp_path):
    folder = tmp_path / "notes"
    folder.mkdir()
    return folder


@pytest.fixture(params=["loky", "dask"])
def backend(request):
    """What to be inside of: nothing for two processes of this machine, or a cluster's parallel_config."""
    if request.param == "loky":
        with joblib.parallel_config(n_jobs=2):
            yield "loky"
    else:
        request.getfixturevalue("cluster")
        with joblib.parallel_config(backend="dask"):
            yield "dask"


@pytest.mark.parametrize("count", [1, 2])
def test_a_worker_that_dies_behind_its_last_result_costs_no_trial(count):
    trials = {place: Trial(make, {"hidden_dim": place + 2}, 0, SOLVER) for place in range(count)}
    job = workers.Job(trials, toy_data(), {}, "")

    def attempt(group, given):
        for place in group:
            given.append(place)
            yield place, {"status": "done"}
        raise workers._WorkerDied("late")

    assert list(job._surviving(attempt)) == [(place, {"status": "done"}) for place in range(count)]


def test_processes_and_cluster_give_the_ledger_of_one_process(backend, tmp_path):
    alone = sweep(make, toy_data(), GRID, seeds=(0, 1), n_jobs=1, **OPTIONS)
    path = tmp_path / "l.jsonl"
    swept = sweep(make, toy_data(), GRID, seeds=(0, 1), ledger=path, **OPTIONS)
    assert without_times(swept) == without_times(alone)
    assert {row["threads"] for row in swept} == {1}

    # the file holds the same rows, in the order in which they came
    def by_id(row):
        return row["id"]

    assert sorted(Ledger(path).rows, key=by_id) == sorted(swept, key=by_id)
    assert choose(swept).settings == choose(alone).settings
    assert replay(swept[5], make, toy_data()).equal


def test_data_come_once_and_not_by_pickle_and_a_worker_works_on_one_thread(backend, tmp_path, monkeypatch):
    seen, scattered = tmp_path / "seen", []
    seen.mkdir()
    scatter = Client.scatter
    monkeypatch.setattr(
        Client, "scatter", lambda self, data, **kw: scattered.append((len(data), kw)) or scatter(self, data, **kw)
    )
    options = {"solver": {**SOLVER, "hooks": [SeeData(seen)]}, "verbose": False}
    sweep(make, toy_data(), GRID, **options)
    told = [path.name.split() for path in seen.iterdir()]
    assert len(told) == 6
    assert {kind for kind, *_ in told} == {"memmap" if backend == "loky" else "ndarray"}
    assert str(os.getpid()) not in {process for _, process, *_ in told}
    assert {(threads, blas) for _, _, threads, blas, _ in told} == {("1", "1")}
    assert scattered == ([] if backend == "loky" else [(4, {"broadcast": True, "hash": False})])


def test_processes_are_told_to_keep_to_one_blas_thread(monkeypatch):
    made, parallel = [], joblib.Parallel
    monkeypatch.setattr(joblib, "Parallel", lambda **options: made.append(parallel(**options)) or made[-1])
    sweep(make, toy_data(), GRID, n_jobs=2, **OPTIONS)
    with joblib.parallel_config(backend="loky", inner_max_num_threads=2):  # who asks for more gets it
        sweep(make, toy_data(), GRID, n_jobs=2, **OPTIONS)
    assert [each._backend.inner_max_num_threads for each in made] == [1, 2]


def test_threads_hold_to_one_thread_each_too(tmp_path, monkeypatch):
    monkeypatch.setattr(runtime, "_blas_threads", lambda: 2)  # tests run with one
    options = {"solver": {**SOLVER, "hooks": [SeeData(tmp_path)]}, "verbose": False}
    with joblib.parallel_config(backend="threading", n_jobs=2):
        swept = sweep(make, toy_data(), GRID, **options)
    assert {path.name.split()[2] for path in tmp_path.iterdir()} == {"1"}
    assert [row["status"] for row in swept] == ["done"] * 6


@pytest.mark.parametrize("trouble", ["kill", "exit"])
def test_a_trial_that_kills_its_worker_is_a_row_and_no_finished_trial_is_lost(backend, notes, trouble):
    points = [{"hidden_dim": width, "trouble": trouble if width == 5 else None} for width in range(2, 9)]
    ledger = Ledger()
    swept = sweep(noting(notes), toy_data(), points, ledger=ledger, **OPTIONS)
    assert [row["status"] for row in swept] == ["done"] * 3 + ["died"] + ["done"] * 3
    alone = sweep(make, toy_data(), {"hidden_dim": [2, 3, 4, 6, 7, 8]}, n_jobs=1, **OPTIONS)
    accuracies = [row["val_acc"] for row in swept if row["status"] == "done"]
    assert accuracies == [row["val_acc"] for row in alone]
    assert len(ledger.rows) == 7  # a row for each, and for none two
    code = {"kill": "SIGKILL", "exit": r"EXIT(7)"}[trouble]
    expected = f"its worker process died, exit code {code}" if backend == "loky" else "all those workers died"
    assert expected in swept[3]["reason"]
    # the same call tries the one that died again, and no other
    before = len(calls(notes))
    again = sweep(noting(notes), toy_data(), points, ledger=ledger, **OPTIONS)
    assert [row["status"] for row in again] == [row["status"] for row in swept]
    assert len(calls(notes)) == before + 1


def test_a_worker_that_dies_by_chance_costs_no_trial(backend, notes):
    """As where the system, short of memory, ends a process: the trial does well in its second life."""
    points = [{"hidden_dim": width, "trouble": "kill once" if width == 5 else None} for width in range(2, 9)]
    ledger = Ledger()
    swept = sweep(noting(notes), toy_data(), points, ledger=ledger, **OPTIONS)
    assert [row["status"] for row in swept] == ["done"] * 7
    assert sorted(row["id"] for row in ledger.rows) == sorted(row["id"] for row in swept)
    assert [width for width, _, _ in calls(notes)].count(5) == 2


def test_troubles_on_workers_are_rows_too(backend, notes):
    points = [{"hidden_dim": 2, "trouble": trouble} for trouble in ("raise", "sys.exit", None)]
    points.append({"hidden_dim": 2, "learning_rate": 1e200})
    swept = sweep(noting(notes), toy_data(), points, **OPTIONS)
    assert [row["status"] for row in swept] == ["error", "error", "done", "diverged"]


def test_ctrl_c_keeps_what_is_done_and_the_same_call_runs_the_rest(backend, notes):
    points = [{"hidden_dim": width, "trouble": "interrupt once" if width == 6 else None} for width in range(2, 9)]
    ledger, factory = Ledger(), noting(notes, parent=os.getpid())
    with pytest.raises(KeyboardInterrupt):
        sweep(factory, toy_data(), points, ledger=ledger, **OPTIONS)
    done = {row["id"] for row in ledger.trials() if row["status"] == "done"}
    stopped = [row for row in ledger.rows if row["status"] == "stopped"]
    assert len(done) >= 1
    assert 6 in {row["settings"]["hidden_dim"] for row in stopped}
    swept = sweep(factory, toy_data(), points, ledger=ledger, **OPTIONS)
    assert [row["status"] for row in swept] == ["done"] * 7
    runs = [width for width, _, _ in calls(notes)]
    assert {runs.count(row["settings"]["hidden_dim"]) for row in swept if row["id"] in done} == {1}
    assert runs.count(6) == 2


def test_a_process_killed_in_the_middle_is_resumed_and_only_the_rest_is_run(tmp_path, notes):
    path = tmp_path / "l.jsonl"
    code = f"""
        import sys
        sys.path[:0] = {sys.path!r}
        from search_toy import *
        from nnlib.search import sweep
        points = [{{"hidden_dim": width, "trouble": "slow"}} for width in range(2, 8)]
        sweep(noting({str(notes)!r}), toy_data(), points, solver=SOLVER, ledger={str(path)!r}, n_jobs=2)
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], start_new_session=True)
    deadline = time.monotonic() + 60
    while len(Ledger(path).rows) < 3 and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before, kept = calls(notes), Ledger(path).rows
    assert 3 <= len(kept) < 6
    points = [{"hidden_dim": width, "trouble": "slow"} for width in range(2, 8)]
    swept = sweep(noting(notes), toy_data(), points, ledger=path, n_jobs=2, **OPTIONS)
    assert [row["status"] for row in swept] == ["done"] * 6
    assert Ledger(path).rows[: len(kept)] == kept
    finished = {row["settings"]["hidden_dim"] for row in kept}
    again = [width for width, _, _ in calls(notes)]
    for width, _, _ in before:
        again.remove(width)
    assert sorted(again) == sorted(set(range(2, 8)) - finished)
    alone = sweep(make, toy_data(), {"hidden_dim": range(2, 8)}, n_jobs=1, **OPTIONS)
    assert [row["curve"] for row in swept] == [row["curve"] for row in alone]


# ---- workers that have other code than this process


def test_workers_from_before_an_edit_are_replaced(monkeypatch, tmp_path):
    """The file is edited and reloaded here, while yesterday's workers wait for work."""
    monkeypatch.syspath_prepend(tmp_path)
    file, lines = tmp_path / "my_model.py", ["from search_toy import make", "SCALE = 1", ""]
    lines += ["def factory(hidden_dim, rng):", "    return make(SCALE * hidden_dim, rng)"]
    file.write_text("\n".join(lines))
    import my_model

    def sizes():
        swept = sweep(my_model.factory, toy_data(), {"hidden_dim": [2, 3, 4]}, n_jobs=2, **OPTIONS)
        return [row["num_params"] for row in swept]

    assert sizes() == [(5 + 1) * width + (width + 1) * 3 for width in (2, 3, 4)]
    my_model.SCALE = 2
    with pytest.raises(RuntimeError, match="this machine's workers: expected the code that is loaded here, got anoth"):
        sizes()  # new workers read the file, which still has the old code
    lines[1] = "SCALE = 2  # another size, or Python takes its cached bytecode of the same second"
    file.write_text("\n".join(lines))
    assert sizes() == [(5 + 1) * width + (width + 1) * 3 for width in (4, 6, 8)]


def test_a_cluster_with_other_code_is_refused(cluster, monkeypatch):
    monkeypatch.setattr(search_toy, "SoftmaxClassifier", search_toy.Hook)
    with (
        joblib.parallel_config(backend="dask"),
        pytest.raises(RuntimeError, match=r"the cluster's workers: .* Restart"),
    ):
        sweep(make, toy_data(), GRID, **OPTIONS)


def test_the_command_runs_a_sweep_on_a_clusters_scheduler(cluster, monkeypatch, tmp_path, capsys):
    named = homework.NamedSweep("q9", "toy", make, toy_data, {"hidden_dim": [2, 8]}, SOLVER, seeds=(0,))
    monkeypatch.setattr(homework, "SWEEPS", {"q9": named})
    path = tmp_path / "l.jsonl"
    assert main(["q9", "--scheduler", cluster.scheduler.address, "--ledger", str(path)]) == 0
    assert f"cluster: {cluster.scheduler.address}, 2 threads on 2 workers" in capsys.readouterr().out
    alone = named.sweep(n_jobs=1, verbose=False)
    by_width = sorted(Ledger(path).of_kind("trial"), key=lambda row: row["settings"]["hidden_dim"])
    assert without_times(by_width) == without_times(alone)
    assert {row["threads"] for row in by_width} == {1}


def test_the_job_knows_what_is_running(notes):
    from nnlib.search import Trial, about_data

    data = toy_data()
    trial = Trial(noting(notes), {"hidden_dim": 2}, 0, SOLVER)
    job = workers.Job({4: trial}, data, about_data(data), trial.fingerprint())
    ((place, row),) = job.outcomes(1)
    assert (place, row["status"], job.running) == (4, "done", set())
    assert list(workers.Job({}, data, about_data(data), "").outcomes(2)) == []
    assert np.shares_memory(job.arrays[0], data["X_train"])
    assert Path(notes).is_dir()
