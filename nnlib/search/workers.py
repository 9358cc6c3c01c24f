"""Trials on workers: processes of this machine, by joblib, or a Dask cluster. Rows come as their trials finish."""

from __future__ import annotations

import functools
import re
import uuid
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError

import numpy as np

from nnlib import backend, blas
from nnlib.provenance.code import CodeError, training_files
from nnlib.search.rows import DataInfo, TrialRow
from nnlib.search.trial import Trial, make_row, run_trial
from nnlib.solver_checks import DATA_KEYS

# joblib and Dask are imported where trials run on workers: plots and widgets import this package and run none there.

_PROCESS = uuid.uuid4().hex

Outcome = tuple[int, TrialRow]
Attempt = Callable[[Sequence[int], list[int]], Iterator[Outcome]]


class _OldWorker(Exception):
    """A worker runs different code."""


class _WorkerDied(Exception):
    """A worker died, and with it the trials that were handed out and did not come back."""


class Job:
    """Trials that are to be run.

    Args:
        trials: by their indices in the sweep, in the order in which to start them.
        data, info, code: the four arrays, `data_info` of them, and the trials' fingerprint.
    """

    def __init__(self, trials: Mapping[int, Trial], data: Mapping[str, np.ndarray], info: DataInfo, code: str):
        self.trials, self.info, self.code = dict(trials), info, code
        self.arrays = [np.asarray(data[key]) for key in DATA_KEYS]
        self.running: set[int] = set()  # the indices of trials that were handed out and did not come back yet

    def outcomes(self, n_jobs: int | None) -> Iterator[Outcome]:
        """Run everything on `n_jobs` processes, as for `sweep`; yield (index, row) as the trials finish."""
        if not self.trials:
            return iter(())
        if n_jobs == 1:
            return self._here()
        import joblib

        active, configured = joblib.parallel.get_active_backend()
        if type(active).__name__ == "DaskDistributedBackend":
            return self._surviving(functools.partial(self._on_dask, active.client))
        jobs = active.effective_n_jobs(n_jobs or configured or joblib.cpu_count())
        if jobs == 1:
            return self._here()
        jobs = min(jobs, max(2, len(self.trials)))  # a single trial may die too, but not with this process
        return self._surviving(functools.partial(self._on_joblib, active, jobs))

    def _here(self) -> Iterator[Outcome]:
        data = dict(zip(DATA_KEYS, self.arrays, strict=True))
        for index, trial in self.trials.items():
            self.running = {index}
            row = run_trial(trial, data, info=self.info, code=self.code)
            self.running = set()
            yield index, row

    def _surviving(self, attempt: Attempt) -> Iterator[Outcome]:
        """Run on workers; when one dies, find out by bisection which trial it was.

        Other trials are lost with it. All are run again, half of them at a time, and a half in which a worker dies is
        halved again: a trial that dies alone is the one, and one that was lost by chance is retried.
        """
        groups = [list(self.trials)]
        renewed = False
        while groups:
            group, given, done = groups.pop(), [], set()
            try:
                for index, row in attempt(group, given):
                    self.running.discard(index)
                    done.add(index)
                    yield index, row
            except _WorkerDied as death:
                suspects = [index for index in given if index not in done]
                half = len(suspects) // 2
                if len(group) > 1:
                    groups += [[index for index in group if index not in given], suspects[half:], suspects[:half]]
                elif suspects:
                    self.running.clear()
                    yield suspects[0], make_row(self.trials[suspects[0]], self.info, self.code, "died", str(death))
            except _OldWorker as problem:
                from joblib.externals import loky

                if renewed:
                    raise _other_code("this machine's workers") from problem
                renewed = True
                loky.get_reusable_executor().shutdown(wait=True, kill_workers=True)
                groups.append([index for index in group if index not in done])
            self.running.clear()
            groups = [rest for rest in groups if rest]

    def _common(self) -> tuple:
        """Return what `work` gets with every trial, but for the arrays."""
        own_code = next(iter(self.trials.values())).own_code("__main__")
        return self.info, self.code, (_PROCESS, training_files(), own_code, backend.current())

    def _tasks(self, group: Sequence[int], given: list[int]) -> Iterator[tuple]:
        import joblib

        common = self._common()
        for index in group:
            given.append(index)
            self.running.add(index)
            yield joblib.delayed(work)(index, self.trials[index], *common, *self.arrays)

    def _on_joblib(self, active: object, jobs: int, group: Sequence[int], given: list[int]) -> Iterator[Outcome]:
        """Run a group on joblib's workers. A dead one takes the pool with it."""
        import joblib
        from joblib.externals import loky

        config = {}
        if type(active).__name__ == "LokyBackend" and active.inner_max_num_threads is None:
            config = {"backend": "loky", "inner_max_num_threads": 1}
        # max_nbytes=1: every array through the memory map, none by pickle
        options = {"return_as": "generator_unordered", "batch_size": 1, "pre_dispatch": "n_jobs", "max_nbytes": 1}
        with joblib.parallel_config(**config):
            finished = joblib.Parallel(n_jobs=jobs, **options)(self._tasks(group, given))
        try:
            for index, row in finished:
                if row is None:
                    raise _OldWorker
                yield index, row
        except loky.process_executor.TerminatedWorkerError as death:
            found = re.search(r"\{.*\}", str(death))  # the message names exit codes: {SIGKILL(-9)}
            codes = f", exit code {found[0].strip('{}')}" if found else ""
            reason = f"its worker process died{codes}; a system short of memory ends processes by SIGKILL"
            raise _WorkerDied(reason) from death
        except loky.BrokenProcessPool as problem:  # the task could not be read: the worker is older than a module of it
            raise _OldWorker from problem
        finally:
            with warnings.catch_warnings():  # joblib warns of results that are no longer awaited
                warnings.simplefilter("ignore")
                finished.close()

    def _on_dask(self, client: object, group: Sequence[int], given: list[int]) -> Iterator[Outcome]:
        """Run a group on a Dask cluster, by its own futures: joblib's (1.6) wait for ever for one whose worker died."""
        from distributed import KilledWorker, as_completed

        given.extend(group)
        self.running.update(group)
        common = (*self._common(), *client.scatter(self.arrays, broadcast=True, hash=False))
        futures = {
            client.submit(work, index, self.trials[index], *common, pure=False, priority=-order): index
            for order, index in enumerate(group)
        }
        lost = ""
        try:
            for future in as_completed(list(futures)):
                try:
                    index, row = future.result()
                except KilledWorker as death:
                    lost = str(death)
                except CancelledError:  # with the last worker that held the data, or with the one that held the row
                    lost = lost or "its worker died, and the data with it"
                else:
                    if row is None:
                        raise _other_code("the cluster's workers")
                    del futures[future]
                    yield index, row
        finally:
            client.cancel(list(futures))
        if lost:
            raise _WorkerDied(lost)


def work(
    index: int, trial: Trial, info: DataInfo, code: str, expected: tuple[str, str, str, str], *arrays: np.ndarray
) -> tuple[int, TrialRow | None]:
    """Run one trial on a worker, on one thread; no row if the code loaded here is not the sweep's."""
    process, files, own, layers = expected
    with backend.using(layers), blas.one_thread():
        try:  # functions of __main__ have come with the trial; a thread of the sweep's process has nothing to compare
            if process != _PROCESS and (_loaded_files(), trial.own_code("__main__")) != (files, own):
                return index, None
        except CodeError:
            return index, None
        return index, run_trial(trial, dict(zip(DATA_KEYS, arrays, strict=True)), info=info, code=code)


@functools.cache
def _loaded_files() -> str:
    """Return the checksum of nnlib's files; a worker loads them once, and no later edit reaches it."""
    return training_files()


def _other_code(who: str) -> RuntimeError:
    return RuntimeError(
        f"{who}: expected the code that is loaded here, got another: files of make_model's module were edited and not "
        "reloaded, or the workers have other files or another Python. Restart the kernel or the workers."
    )
