"""nnlib.search.workers: the same from processes of this machine and from a cluster; deaths, interruptions, resuming.

What only processes of this machine do is in test_search_processes.py.
"""

import contextlib
import os

import dask
import joblib
import pytest
import search_toy
from distributed import Client, Future, LocalCluster
from distributed.client import FutureCancelledError
from distributed.comm import CommClosedError
from search_toy import GRID, OPTIONS, SOLVER, SeeData, calls, make, noting, toy_data, trial_row, without_times

from nnlib.homework import sweeps as homework
from nnlib.homework.__main__ import main
from nnlib.search import Trial, TrialLog, data_info, replay, select, sweep, workers

# One process runs them all: the cluster that they share is slow to start.
pytestmark = [pytest.mark.usefixtures("no_worker_is_left"), pytest.mark.xdist_group("cluster")]


@contextlib.contextmanager
def start_cluster(*, processes):
    """Two workers on the loopback interface, and a client; joblib's backend for Dask finds it."""
    options = {"dashboard_address": "127.0.0.1:0", "host": "127.0.0.1", "protocol": "tcp://", "silence_logs": 50}
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=processes, **options) as local,
        Client(local) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def cluster():
    """A cluster of two worker processes; a trial that kills one is not tried on others."""
    with dask.config.set({"distributed.scheduler.allowed-failures": 0}), start_cluster(processes=True) as client:
        yield client


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


@pytest.mark.parametrize(("deadly", "attempts"), [("", "abcde"), ("b", "abcde a b cde"), ("bd", "abcde a b cde c d e")])
def test_a_death_is_traced_by_halves_and_nothing_that_is_back_counts_as_running(deadly, attempts):
    """Each attempt runs two at a time, and with one that dies the other is lost."""
    made = []

    def attempt(group):
        made.append("".join(group))
        assert len(made) < 10
        for i in range(0, len(group), 2):
            job.running.update(pair := group[i : i + 2])
            if {*deadly} & {*pair}:
                raise workers._WorkerDied("killed")
            yield from (trial_row(id=name) for name in pair)

    seeds = [Trial(make, {"hidden_dim": 2}, seed, SOLVER) for seed in range(5)]
    trials = [(trial, trial.identity(data_info(toy_data()), "") | {"id": "abcde"[trial.seed]}) for trial in seeds]
    job = workers.Job({identity["id"]: (trial, identity) for trial, identity in trials}, toy_data())
    statuses = {}
    for row in job._surviving(attempt):
        assert row.id not in {*job.running, *statuses}
        statuses[row.id] = row.status
    assert statuses == {name: "died" if name in deadly else "done" for name in "abcde"}
    assert " ".join(made) == attempts


def test_processes_and_cluster_give_the_rows_of_one_process(backend, tmp_path):
    alone = sweep(make, toy_data(), GRID, seeds=(0, 1), n_jobs=1, **OPTIONS)
    path = tmp_path / "l.jsonl"
    swept = sweep(make, toy_data(), GRID, seeds=(0, 1), trial_log=path, **OPTIONS)
    assert without_times(swept) == without_times(alone)
    assert {row.threads for row in swept} == {1}

    # the file holds the same rows, in the order in which they came
    def by_id(row):
        return row.id

    assert sorted(TrialLog(path).rows, key=by_id) == sorted(swept, key=by_id)
    assert select(swept).settings == select(alone).settings
    assert replay(swept[5], make, toy_data()).equal


def test_data_come_once_and_not_by_pickle_and_a_worker_works_on_one_thread(backend, tmp_path, monkeypatch):
    seen, scattered = tmp_path / "seen", []
    seen.mkdir()
    scatter = Client.scatter
    monkeypatch.setattr(
        Client, "scatter", lambda self, data, **kw: scattered.append((len(data), kw)) or scatter(self, data, **kw)
    )
    options = {"solver": {**SOLVER, "callbacks": [SeeData(seen)]}, "verbose": False}
    sweep(make, toy_data(), GRID, **options)
    told = [path.name.split() for path in seen.iterdir()]
    assert len(told) == 6
    assert {kind for kind, *_ in told} == {"memmap" if backend == "loky" else "ndarray"}
    assert str(os.getpid()) not in {process for _, process, *_ in told}
    assert {(threads, blas) for _, _, threads, blas, _ in told} == {("1", "1")}
    assert scattered == ([] if backend == "loky" else [(4, {"broadcast": True, "hash": False, "timeout": 120})])


def test_a_trial_that_kills_its_worker_is_a_row_and_no_other_trial_is_lost(backend, notes):
    """Of two that die one does so by chance, as where a system short of memory ends a process: it is retried."""
    troubles = {3: "kill", 4: "kill once"}
    points = [{"hidden_dim": width, "trouble": troubles.get(width)} for width in range(2, 6)]
    trial_log = TrialLog()
    swept = sweep(noting(notes), toy_data(), points, trial_log=trial_log, **OPTIONS)
    assert [row.status for row in swept] == ["done", "died", "done", "done"]
    alone = sweep(make, toy_data(), {"hidden_dim": [2, 4, 5]}, n_jobs=1, **OPTIONS)
    assert [row.val_acc for row in swept if row.status == "done"] == [row.val_acc for row in alone]
    assert sorted(row.id for row in trial_log.rows) == sorted(row.id for row in swept)  # one each
    expected = "its worker process died, exit code SIGKILL" if backend == "loky" else "all those workers died"
    assert expected in swept[1].reason
    before = [width for width, _, _ in calls(notes)]
    assert before.count(4) >= 2
    if backend == "dask":
        return
    # the same call tries the one that died again, and no other
    again = sweep(noting(notes), toy_data(), points, trial_log=trial_log, **OPTIONS)
    assert [row.status for row in again] == [row.status for row in swept]
    assert [width for width, _, _ in calls(notes)] == sorted([*before, 3])


def test_a_row_that_is_lost_before_it_is_fetched_is_made_again(cluster, notes, monkeypatch):
    """As where its worker, which keeps it until then, dies."""
    fetch, lost = Future.result, []

    def result(future, *arguments, **options):
        if not lost:
            lost.append(future.key)
            raise FutureCancelledError(future.key, None)
        return fetch(future, *arguments, **options)

    monkeypatch.setattr(Future, "result", result)
    with joblib.parallel_config(backend="dask"):
        swept = sweep(noting(notes), toy_data(), GRID, trial_log=TrialLog(), **OPTIONS)
    assert [row.status for row in swept] == ["done"] * len(swept)
    assert len(lost) == 1
    assert len(calls(notes)) == len(swept) + 1


@pytest.mark.parametrize("lost", [1, 2, 99])
def test_a_worker_that_dies_while_the_data_are_sent_is_waited_for(lost, cluster, monkeypatch):
    """As where an earlier sweep killed it, and the scheduler does not know yet."""
    scatter, attempts = Client.scatter, []

    def scattered(self, *arguments, **options):
        attempts.append(1)
        if len(attempts) <= lost:
            raise CommClosedError("broken pipe")
        return scatter(self, *arguments, **options)

    monkeypatch.setattr(Client, "scatter", scattered)
    monkeypatch.setattr(workers.time, "sleep", lambda seconds: None)
    with joblib.parallel_config(backend="dask"):
        if lost == 99:
            with pytest.raises(RuntimeError, match="lost the connection to one 10 times"):
                sweep(make, toy_data(), GRID, **OPTIONS)
        else:
            swept = sweep(make, toy_data(), GRID, **OPTIONS)
            assert [row.status for row in swept] == ["done"] * 6
    assert len(attempts) == min(lost + 1, 10)


def test_failed_trials_on_workers_are_rows_too(backend, notes):
    points = [{"hidden_dim": 2, "trouble": trouble} for trouble in ("raise", "sys.exit", None)]
    points.append({"hidden_dim": 2, "learning_rate": 1e200})
    swept = sweep(noting(notes), toy_data(), points, **OPTIONS)
    assert [row.status for row in swept] == ["error", "error", "done", "diverged"]


def test_ctrl_c_keeps_what_is_done_and_the_same_call_runs_the_rest(backend, notes, tmp_path):
    points = [{"hidden_dim": width, "trouble": "interrupt once" if width == 4 else None} for width in range(2, 6)]
    trial_log = TrialLog(tmp_path / "l.jsonl")
    factory = noting(notes, parent=os.getpid(), log=str(trial_log.path))
    with pytest.raises(KeyboardInterrupt):
        sweep(factory, toy_data(), points, trial_log=trial_log, **OPTIONS)
    (notes.parent / "go on").touch()
    done = {row.id for row in trial_log.trials() if row.status == "done"}
    stopped = [row for row in trial_log.rows if row.status == "stopped"]
    assert len(done) >= 1
    assert 4 in {row.settings["hidden_dim"] for row in stopped}
    swept = sweep(factory, toy_data(), points, trial_log=trial_log, **OPTIONS)
    assert [row.status for row in swept] == ["done"] * 4
    runs = [width for width, _, _ in calls(notes)]
    assert {runs.count(row.settings["hidden_dim"]) for row in swept if row.id in done} == {1}
    assert runs.count(4) == 2


def test_a_cluster_with_other_code_is_refused(cluster, monkeypatch):
    monkeypatch.setattr(search_toy, "SoftmaxClassifier", search_toy.Callback)
    with (
        joblib.parallel_config(backend="dask"),
        pytest.raises(RuntimeError, match=r"the cluster's workers: .* Restart"),
    ):
        sweep(make, toy_data(), GRID, **OPTIONS)


def test_the_command_runs_a_sweep_on_a_clusters_scheduler(monkeypatch, tmp_path, capsys):
    named = homework.NamedSweep("q9", "toy", make, toy_data, {"hidden_dim": [2, 8]}, SOLVER, seeds=(0,))
    monkeypatch.setattr(homework, "SWEEPS", {"q9": named})
    path = tmp_path / "l.jsonl"
    with start_cluster(processes=False) as client:  # its own: other tests kill the workers of theirs
        address = client.scheduler.address
        assert main(["q9", "--scheduler", address, "--trial-log", str(path)]) == 0
    assert f"cluster: {address}, 2 threads on 2 workers" in capsys.readouterr().out
    alone = named.sweep(n_jobs=1, verbose=False)
    by_width = sorted(TrialLog(path).trials(), key=lambda row: row.settings["hidden_dim"])
    assert without_times(by_width) == without_times(alone)
    assert {row.threads for row in by_width} == {1}
