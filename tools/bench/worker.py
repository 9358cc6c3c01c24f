"""One process of the benchmark: python -m tools.bench.worker TASK BUDGET, with the seconds of each median."""

import contextlib
import dataclasses
import json
import math
import statistics
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from nnlib import ConvNet, Solver, data
from tools.bench import models

BATCH_SIZES = (1, 10, 100, 1000)
GROWTH = {
    "batch size": ("batch_size", (25, 50, 100, 200, 400)),
    "filters": ("num_filters", (8, 16, 32, 64, 128)),
    "filter size": ("filter_size", (3, 5, 7, 9, 11)),
    "hidden units": ("hidden_dim", (50, 100, 200, 400, 800)),
}


def seconds_of(call: Callable, *arguments: object) -> float:
    """Return how long a call takes."""
    start = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - start


def median_seconds(step: Callable[[], object], budget: float) -> float:
    """Return the median time of a call: one call to warm up, then at least 5 and as many as fit `budget` seconds."""
    step()
    seconds, end = [], time.perf_counter() + budget
    while len(seconds) < 5 or time.perf_counter() < end:
        seconds.append(seconds_of(step))
    return statistics.median(seconds)


def medians(pairs: Sequence[tuple[float, float]], first: str, second: str) -> dict[str, float]:
    """Return the medians of both members of `pairs` under their names, and the median `ratio` first / second."""
    a, b = map(statistics.median, zip(*pairs, strict=True))
    return {first: a, second: b, "ratio": statistics.median(x / y for x, y in pairs)}


def steps(make: Callable, budget: float, batch_sizes: Sequence[int]) -> Iterable[dict]:
    """Yield the time of a train step and of a forward pass, for every network and batch size."""
    for name, network in models.NETWORKS.items():
        for batch_size in batch_sizes:
            train, forward = (median_seconds(call, budget) for call in make(network, batch_size))
            yield {"model": name, "batch_size": batch_size, "train": train, "forward": forward}


def products(budget: float) -> Iterable[dict]:
    """Yield the time of the CNN's train step and of its bare matrix products, alternating in one process."""
    rng = np.random.default_rng(0)
    operands = []
    for rows, inner, columns in models.product_shapes(models.CNN, 100):
        a, b = rng.random((rows, inner), dtype=np.float32), rng.random((inner, columns), dtype=np.float32)
        operands.append((a, b, a @ b))

    def bare() -> None:
        for a, b, out in operands:
            np.matmul(a, b, out=out)

    train, _ = models.numpy_steps(models.CNN, 100)
    pairs = [(median_seconds(train, budget / 5), median_seconds(bare, budget / 5)) for _ in range(5)]
    yield medians(pairs, "step", "products")


def growth(budget: float) -> Iterable[dict]:
    """Yield the CNN's step time and peak memory as one of its sizes grows and the others stay."""
    for quantity, (name, values) in GROWTH.items():
        for value in values:
            network = models.CNN | {"batch_size": 100, name: value}
            batch_size = network.pop("batch_size")
            train, _ = models.numpy_steps(network, batch_size)
            seconds = median_seconds(train, budget)
            tracemalloc.start()
            train()
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            flops = 2 * sum(map(math.prod, models.product_shapes(network, batch_size)))
            yield {"quantity": quantity, "value": value, "seconds": seconds, "peak_bytes": peak, "flops": flops}


def epoch(budget: float) -> Iterable[dict]:
    """Yield the parts of an epoch of the CNN on all of MNIST."""
    mnist = data.load_mnist(flat=False)
    parts = solver_seconds(Solver(ConvNet(weight_scale=None), mnist, num_epochs=1))
    yield {**parts, "examples": len(mnist["X_train"])}


def solver_seconds(solver: Solver) -> dict[str, float]:
    """Train; return seconds: `steps`, `evaluation` (accuracies), `rest` (shuffling, histories, progress bar)."""
    spent = Counter()

    @contextlib.contextmanager
    def timed(name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        spent[name] += time.perf_counter() - start

    solver._train_step = timed("steps")(solver._train_step)
    solver.check_accuracy = timed("evaluation")(solver.check_accuracy)
    whole = seconds_of(solver.train)
    return {**spent, "rest": whole - spent.total()}


def sweep(budget: float) -> Iterable[dict]:
    """Yield the seconds of Q4's sweep on one worker and on two, one epoch per trial and one thread per worker."""
    import joblib  # here, with the next two: old revisions, which run `compare` alone, have other modules

    from nnlib import blas
    from nnlib.homework.sweeps import SWEEPS

    named = dataclasses.replace(SWEEPS["q4"], solver=SWEEPS["q4"].solver | {"num_epochs": 1})
    mnist = named.load()

    def run(n_jobs: int) -> None:
        failed = [row for row in named.sweep(mnist, n_jobs=n_jobs, verbose=False) if row.status != "done"]
        if failed:
            raise RuntimeError(f"{len(failed)} trials are not done; the first: {failed[0].reason}")

    with joblib.parallel_config(backend="loky", inner_max_num_threads=1), blas.one_thread():
        run(2)  # starts the workers
        yield medians([(seconds_of(run, 1), seconds_of(run, 2)) for _ in range(3)], "one", "two")


TASKS: dict[str, Callable[[float], Iterable[dict]]] = {
    "numpy": lambda budget: steps(models.numpy_steps, budget, BATCH_SIZES),
    "torch": lambda budget: steps(models.torch_steps, budget, BATCH_SIZES),
    "compare": lambda budget: steps(models.numpy_steps, budget, (100,)),
    "products": products,
    "growth": growth,
    "epoch": epoch,
    "sweep": sweep,
}


def main(task: str, budget: str) -> None:
    """Run one task and print the list of its rows as JSON."""
    print(json.dumps(list(TASKS[task](float(budget)))))


if __name__ == "__main__":
    main(*sys.argv[1:])
