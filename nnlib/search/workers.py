"""Trials on workers: processes of this machine, by joblib, or a Dask cluster. What finishes comes back at once."""

from __future__ import annotations

import functools
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError

import joblib
import numpy as np
from joblib.externals import loky

from nnlib.fast import runtime
from nnlib.search.training import make_row, run_trial
from nnlib.search.trial import Trial
from nnlib.solver import DATA_KEYS

Outcome = tuple[int, dict]
Attempt = Callable[[Sequence[int], list[int]], Iterator[Outcome]]


class _OldWorker(Exception):
    """A worker has other code than this process."""


class _WorkerDied(Exception):
    """A worker died, and with it the trials that were handed out and did not come back."""


class Job:
    """Trials that are to be run, and what every worker has to be told.

    Args:
        trials: by their places in the sweep, in the order in which to start them.
        data: the four arrays.
        info: `data_info(data)`.
        code: the trials' fingerprint.

    Attributes:
        running: the places of trials that were handed out and did not come back yet.
    """

    def __init__(
        self, trials: Mapping[int, Trial], data: Mapping[str, np.ndarray], info: Mapping[str, object], code: str
    ):
        self.trials = dict(trials)
        self.arrays = [np.asarray(data[key]) for key in DATA_KEYS]
        self.info = dict(info)
        self.code = code
        self.running: set[int] = set()

    def outcomes(self, n_jobs: int | None) -> Iterator[Outcome]:
        """Run everything; yield (place, row) in the order in which the trials finish.

        Args:
            n_jobs: processes; 1 for this one alone. None leaves it to joblib.parallel_config, else one for each core.
        """
        if not self.trials:
            return iter(())
        backend, configured = joblib.parallel.get_active_backend()
        if n_jobs != 1 and type(backend).__name__ == "DaskDistributedBackend":
            return self._surviving(functools.partial(self._on_dask, backend.client))
        jobs = backend.effective_n_jobs(n_jobs or configured or joblib.cpu_count())
        if jobs == 1:
            return self._here()
        jobs = min(jobs, max(2, len(self.trials)))  # even one alone may die, but not take us along
        return self._surviving(functools.partial(self._on_joblib, backend, jobs))

    def _here(self) -> Iterator[Outcome]:
        data = dict(zip(DATA_KEYS, self.arrays, strict=True))
        for place, trial in self.trials.items():
            self.running = {place}
            row = run_trial(trial, data, info=self.info, code=self.code)
            self.running = set()
            yield place, row

    def _surviving(self, attempt: Attempt) -> Iterator[Outcome]:
        """Run on workers; when one dies, find out by halves which trial it was.

        Nobody says for certain which trial killed a worker, and others are lost with it. All of them are run again,
        half of them at a time, and a half that is struck again is halved again: a trial that dies alone is it. One that
        dies by chance, beside others, so has a second life.
        """
        groups = [list(self.trials)]
        renewed = False
        while groups:
            group, given, done = groups.pop(), [], set()
            try:
                for place, row in attempt(group, given):
                    self.running.discard(place)
                    done.add(place)
                    yield place, row
            except _WorkerDied as death:
                suspects = [place for place in given if place not in done]
                half = len(suspects) // 2
                if len(group) > 1:
                    groups += [[place for place in group if place not in given], suspects[half:], suspects[:half]]
                elif suspects:
                    self.running.clear()
                    died = make_row(self.trials[suspects[0]], self.info, "died", str(death), code=self.code)
                    yield suspects[0], died
            except _OldWorker as problem:
                if renewed:
                    raise _other_code("this machine's workers") from problem
                renewed = True
                loky.get_reusable_executor().shutdown(wait=True, kill_workers=True)
                groups.append([place for place in group if place not in done])
            self.running.clear()
            groups = [rest for rest in groups if rest]

    def _tasks(self, group: Sequence[int], given: list[int]) -> Iterator[tuple]:
        for place in group:
            given.append(place)
            self.running.add(place)
            yield joblib.delayed(work)(place, self.trials[place], self.info, self.code, *self.arrays)

    def _on_joblib(self, backend: object, jobs: int, group: Sequence[int], given: list[int]) -> Iterator[Outcome]:
        """Run a group on joblib's workers. A dead one takes the pool with it."""
        config = {}
        if type(backend).__name__ == "LokyBackend" and backend.inner_max_num_threads is None:
            config = {"backend": "loky", "inner_max_num_threads": 1}
        with joblib.parallel_config(**config):
            parallel = joblib.Parallel(
                n_jobs=jobs,
                return_as="generator_unordered",
                batch_size=1,
                pre_dispatch="n_jobs",
                max_nbytes=1,  # every array through the memory map, none by pickle
            )
            finished = parallel(self._tasks(group, given))
        try:
            for place, row in finished:
                if row is None:
                    raise _OldWorker
                yield place, row
        except loky.process_executor.TerminatedWorkerError as death:
            raise _WorkerDied(_exit_codes(death)) from death
        except loky.BrokenProcessPool as problem:  # the task could not be read: the worker is older than a module of it
            raise _OldWorker from problem
        finally:
            with warnings.catch_warnings():  # joblib warns of results that nobody waits for any more
                warnings.simplefilter("ignore")
                finished.close()

    def _on_dask(self, client: object, group: Sequence[int], given: list[int]) -> Iterator[Outcome]:
        """Run a group on a Dask cluster, by its own futures: joblib's (1.6) wait for ever for one whose worker died."""
        from distributed import KilledWorker, as_completed

        given.extend(group)
        self.running.update(group)
        arrays = client.scatter(self.arrays, broadcast=True, hash=False)
        common = (self.info, self.code, *arrays)
        futures = {
            client.submit(work, place, self.trials[place], *common, pure=False, priority=-order): place
            for order, place in enumerate(group)
        }
        lost = ""
        try:
            for future in as_completed(list(futures)):
                try:
                    place, row = future.result()
                except KilledWorker as death:
                    lost = str(death)
                except CancelledError:  # with the last worker that held the data, or with the one that held the row
                    lost = lost or "its worker died, and the data with it"
                else:
                    if row is None:
                        raise _other_code("the cluster's workers")
                    del futures[future]
                    yield place, row
        finally:
            client.cancel(list(futures))
        if lost:
            raise _WorkerDied(lost)


def work(place: int, trial: Trial, info: dict, code: str, *arrays: np.ndarray) -> tuple[int, dict | None]:
    """Run one trial on a worker, on one thread; no row if the code loaded here is not the sweep's."""
    if trial.fingerprint() != code:
        return place, None
    with runtime.one_thread():
        return place, run_trial(trial, dict(zip(DATA_KEYS, arrays, strict=True)), info=info, code=code)


def _exit_codes(death: Exception) -> str:
    found = re.search(r"\{.*\}", str(death))  # loky's message names them: {SIGKILL(-9)}
    codes = f", exit code {found[0].strip('{}')}" if found else ""
    return f"its worker process died{codes}; SIGKILL is how a system short of memory ends one"


def _other_code(who: str) -> RuntimeError:
    return RuntimeError(
        f"{who}: expected the code that is loaded here, got another: files of nnlib or of make_model's module were "
        "edited and not reloaded, or the workers cannot import them, or have another Python. Restart the kernel or "
        "the workers."
    )
