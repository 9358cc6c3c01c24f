"""Medians of repeated calls."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from nnlib import Solver

MIN_CALLS = 5


def median_seconds(step: Callable[[], object], budget: float) -> float:
    """Return the median time of a call: one call to warm up, then at least 5 and as many as fit `budget` seconds."""
    step()
    seconds: list[float] = []
    end = time.perf_counter() + budget
    while len(seconds) < MIN_CALLS or time.perf_counter() < end:
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


class SolverClock:
    """Takes a solver's time apart: its steps, its evaluations, and everything else."""

    def __init__(self, solver: Solver) -> None:
        self._solver = solver
        self._spent = {"_train_step": 0.0, "check_accuracy": 0.0}
        for name in self._spent:
            setattr(solver, name, self._timed(name, getattr(solver, name)))

    def _timed(self, name: str, method: Callable) -> Callable:
        def timed(*arguments: object) -> object:
            start = time.perf_counter()
            try:
                return method(*arguments)
            finally:
                self._spent[name] += time.perf_counter() - start

        return timed

    def run(self) -> dict[str, float]:
        """Train; return seconds: `steps`, `evaluation` (accuracies), `rest` (shuffling, histories, progress bar)."""
        start = time.perf_counter()
        self._solver.train()
        total = time.perf_counter() - start
        steps, evaluation = self._spent.values()
        return {"steps": steps, "evaluation": evaluation, "rest": total - steps - evaluation}
