"""What a second worker brings to a sweep."""

from __future__ import annotations

import dataclasses
import statistics
import time

import joblib

from nnlib.data import Dataset
from nnlib.fast import runtime
from nnlib.homework.sweeps import SWEEPS, NamedSweep
from nnlib.search import Sweep

ROUNDS = 3


def q4_in_short() -> NamedSweep:
    """Return Q4's sweep, all of MNIST and every width, with one epoch a trial."""
    named = SWEEPS["q4"]
    return dataclasses.replace(named, solver={**named.solver, "num_epochs": 1})


def throughput(named: NamedSweep, rounds: int = ROUNDS) -> dict[str, float]:
    """Return the seconds of a sweep on one worker and on two, and the median of their ratios.

    One worker is this process, held to one thread as the workers are. Both are measured in each round; the pool of
    two is started before.
    """
    data = named.load()
    _two(named, data)
    pairs = [(_seconds(_one, named, data), _seconds(_two, named, data)) for _ in range(rounds)]
    one, two = map(statistics.median, zip(*pairs, strict=True))
    return {"one": one, "two": two, "ratio": statistics.median(a / b for a, b in pairs)}


def _seconds(run, named: NamedSweep, data: Dataset) -> float:
    start = time.perf_counter()
    swept = run(named, data)
    seconds = time.perf_counter() - start
    failed = [row for row in swept if row["status"] != "done"]
    if failed:
        raise RuntimeError(f"{len(failed)} trials are not done; the first: {failed[0]['reason']}")
    return seconds


def _one(named: NamedSweep, data: Dataset) -> Sweep:
    with runtime.one_thread():
        return named.sweep(data, n_jobs=1, verbose=False)


def _two(named: NamedSweep, data: Dataset) -> Sweep:
    with joblib.parallel_config(backend="loky", inner_max_num_threads=1):
        return named.sweep(data, n_jobs=2, verbose=False)
