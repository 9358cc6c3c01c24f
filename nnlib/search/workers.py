"""Trials on workers: processes of this machine, by joblib, or a Dask cluster. Rows come as their trials finish."""

from __future__ import annotations

import contextlib
import functools
import re
import time
import uuid
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError

import numpy as np

from nnlib import backend, blas
from nnlib.provenance.source import CodeError
from nnlib.search.rows import TrialRow
from nnlib.search.trial import Identity, Trial, make_row, run_trial
from nnlib.solver_checks import DATA_KEYS

_PROCESS = uuid.uuid4().hex
_SCATTERS = 10  # attempts
_compared: set[tuple[str, str, str]] = set()  # what `work` expected and found


class _OldWorker(Exception):
    """A worker runs different code."""


class _WorkerDied(Exception):
    """A worker died, and with it the trials that are running."""


class Job:
    """Trials with their identities, by their ids, in the order to start them; `running` are those not back yet."""

    def __init__(self, trials: Mapping[str, tuple[Trial, Identity]], data: Mapping[str, np.ndarray]):
        self.trials, self.arrays = trials, [np.asarray(data[key]) for key in DATA_KEYS]
        self.running: set[str] = set()

    def outcomes(self, n_jobs: int | None) -> Iterator[TrialRow]:
        """Run everything on `n_jobs` processes, as for `sweep`; yield the rows as the trials finish."""
        if n_jobs == 1 or not self.trials:
            return self._here()
        import joblib  # here, as Dask below: plots and widgets import this package and run no trials on workers

        active, configured = joblib.parallel.get_active_backend()
        if type(active).__name__ == "DaskDistributedBackend":
            return self._surviving(functools.partial(self._on_dask, active.client))
        jobs = active.effective_n_jobs(n_jobs or configured or joblib.cpu_count())
        if jobs == 1:
            return self._here()
        jobs = min(jobs, max(2, len(self.trials)))  # a single trial may die too, but not with this process
        return self._surviving(functools.partial(self._on_joblib, active, jobs))

    def _here(self) -> Iterator[TrialRow]:
        for trial, identity in self.trials.values():
            self.running = {identity["id"]}
            row = run_trial(trial, dict(zip(DATA_KEYS, self.arrays, strict=True)), identity)
            self.running = set()
            yield row

    def _surviving(self, attempt: Callable[[Sequence[str]], Iterator[TrialRow]]) -> Iterator[TrialRow]:
        """Run on workers; when one dies, find out by bisection which trial it was.

        Other trials are lost with it. All are run again, half of them at a time, and a half in which a worker dies is
        halved again: a trial that dies alone is the one, and one that was lost by chance is retried.
        """
        groups, renewed = [list(self.trials)], False
        while groups:
            group = groups.pop()
            left = list(group)
            try:
                for row in attempt(group):
                    self.running.discard(row.id)
                    left.remove(row.id)
                    yield row
            except _WorkerDied as death:
                lost = [key for key in left if key in self.running]
                if len(group) > 1:
                    half = len(lost) // 2
                    groups += [[key for key in left if key not in lost], lost[half:], lost[:half]]
                elif lost:
                    self.running.clear()
                    yield make_row(self.trials[lost[0]][1], "died", str(death))
            except _OldWorker as problem:
                from joblib.externals import loky

                if renewed:
                    raise _other_code("this machine's workers") from problem
                renewed = True
                loky.get_reusable_executor().shutdown(wait=True, kill_workers=True)
                groups.append(left)
            self.running.clear()
            groups = [rest for rest in groups if rest]

    def _tasks(self, group: Sequence[str]) -> Iterator[tuple]:
        """Yield what `work` gets for each trial of the group, except the arrays; from then on it is running."""
        code = self.trials[group[0]][0].fingerprint(apart=["__main__"])
        for key in group:
            self.running.add(key)
            yield *self.trials[key], (_PROCESS, code, backend.current())

    def _on_joblib(self, active: object, jobs: int, group: Sequence[str]) -> Iterator[TrialRow]:
        """Run a group on joblib's workers. A dead one takes the pool with it."""
        import joblib
        from joblib.externals import loky

        unlimited = type(active).__name__ == "LokyBackend" and active.inner_max_num_threads is None
        config = {"backend": "loky", "inner_max_num_threads": 1} if unlimited else {}
        # max_nbytes=1: every array through the memory map, none by pickle
        options = {"return_as": "generator_unordered", "batch_size": 1, "pre_dispatch": "n_jobs", "max_nbytes": 1}
        with joblib.parallel_config(**config):
            tasks = (joblib.delayed(work)(*task, *self.arrays) for task in self._tasks(group))
            finished = joblib.Parallel(n_jobs=jobs, **options)(tasks)
        try:
            for row in finished:
                if row is None:
                    raise _OldWorker
                yield row
        except loky.process_executor.TerminatedWorkerError as death:
            codes = "".join(f", exit code {codes}" for codes in re.findall(r"\{(.*)\}", str(death)))  # {SIGKILL(-9)}
            reason = f"its worker process died{codes}; a system short of memory ends processes by SIGKILL"
            raise _WorkerDied(reason) from death
        except loky.BrokenProcessPool as problem:  # the task could not be read: the worker is older than a module of it
            raise _OldWorker from problem
        finally:
            with warnings.catch_warnings():  # joblib warns of results that are no longer awaited
                warnings.simplefilter("ignore")
                finished.close()

    def _on_dask(self, client: object, group: Sequence[str]) -> Iterator[TrialRow]:
        """Run a group on a Dask cluster, by its own futures: joblib's (1.6) wait forever for one whose worker died."""
        from distributed import KilledWorker, as_completed

        arrays = _scatter(client, self.arrays)
        tasks = enumerate(self._tasks(group))
        futures = [client.submit(work, *task, *arrays, pure=False, priority=-order) for order, task in tasks]
        lost = ""
        try:
            for future in as_completed(futures):
                try:
                    row = future.result()
                except KilledWorker as death:
                    lost = str(death)
                except CancelledError:  # with the last worker that held the data, or with the one that held the row
                    lost = lost or "its worker died, and the data with it"
                else:
                    if row is None:
                        raise _other_code("the cluster's workers")
                    yield row
        finally:
            client.cancel(futures)
        if lost:
            raise _WorkerDied(lost)


def _scatter(client: object, arrays: Sequence[np.ndarray]) -> Sequence[object]:
    """Send the arrays to all workers of a Dask cluster, retrying if a worker dies, since Dask restarts it."""
    from distributed.comm import CommClosedError

    for attempt in range(_SCATTERS):
        time.sleep(min(attempt, 5))  # seconds
        with contextlib.suppress(CommClosedError):
            return client.scatter(arrays, broadcast=True, hash=False, timeout=120)
    got = f"lost the connection to one {_SCATTERS} times. Look into their logs; a system short of memory ends processes"
    raise RuntimeError(f"the cluster: expected workers that take the data, {got}.")


def work(trial: Trial, identity: Identity, expected: tuple[str, str, str], *arrays: np.ndarray) -> TrialRow | None:
    """Run one trial on a worker, on one thread; no row if the code loaded here is not the sweep's."""
    process, other_modules, layers = expected
    with backend.using(layers), blas.one_thread(), contextlib.suppress(CodeError):
        # functions of __main__ have come with the trial; a thread of the sweep's process has nothing to compare
        if process == _PROCESS or expected in _compared or trial.fingerprint(apart=["__main__"]) == other_modules:
            _compared.add(expected)  # for the sweep's other trials: a worker loads no module again
            return run_trial(trial, dict(zip(DATA_KEYS, arrays, strict=True)), identity)
    return None


def _other_code(who: str) -> RuntimeError:
    why = "files of make_model's module were edited and not reloaded, or the workers have other files or another Python"
    todo = "Restart the kernel or the workers."
    return RuntimeError(f"{who}: expected the code that is loaded here, got another: {why}. {todo}")
