"""One process of the benchmark: it measures one library, or one thing, and prints what it found as JSON.

python -m tools.bench.worker TASK [--budget SECONDS]
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import tracemalloc
from collections.abc import Callable, Iterable

import numpy as np

from nnlib import ConvNet, Solver, data
from tools.bench import models, sweep
from tools.bench.models import ARCHITECTURES, Architecture
from tools.bench.timing import SolverClock, median_seconds

BATCH_SIZES = (1, 10, 100, 1000)
CNN = ARCHITECTURES[2]


def steps(make: Callable, budget: float) -> Iterable[dict]:
    """Yield the time of a train step and of a forward pass, for every network and batch size."""
    for architecture in ARCHITECTURES:
        for batch_size in BATCH_SIZES:
            train, forward = make(architecture, batch_size)
            yield {
                "model": architecture.name,
                "batch_size": batch_size,
                "train": median_seconds(train, budget),
                "forward": median_seconds(forward, budget),
            }


def products(budget: float) -> Iterable[dict]:
    """Yield the CNN's train step beside its bare matrix products, alternated in one process."""
    step, _ = models.numpy_steps(CNN, 100)
    bare = models.product_step(CNN, 100)
    pairs = [(median_seconds(step, budget / 5), median_seconds(bare, budget / 5)) for _ in range(5)]
    step_seconds, bare_seconds = (statistics.median(times) for times in zip(*pairs, strict=True))
    yield {"step": step_seconds, "products": bare_seconds, "ratio": statistics.median(a / b for a, b in pairs)}


def crowd(budget: float) -> Iterable[dict]:
    """Yield the time of the CNN's train step, at the default number of threads, for another process beside this one."""
    train, _ = models.numpy_steps(CNN, 100)
    yield {"step": median_seconds(train, budget)}


def growth(budget: float) -> Iterable[dict]:
    """Yield the CNN's step time and peak memory as one of its sizes grows and the others stay."""
    sizes = {
        "batch size": (25, 50, 100, 200, 400),
        "filters": (8, 16, 32, 64, 128),
        "filter size": (3, 5, 7, 9, 11),
        "hidden units": (50, 100, 200, 400, 800),
    }
    fields = {"filters": "num_filters", "filter size": "filter_size", "hidden units": "hidden_dim"}
    for quantity, values in sizes.items():
        for value in values:
            shape = {"num_filters": 32, "filter_size": 7, "hidden_dim": 100}
            batch_size = value if quantity == "batch size" else 100
            architecture = Architecture("CNN", **shape | ({fields[quantity]: value} if quantity in fields else {}))
            train, _ = models.numpy_steps(architecture, batch_size)
            seconds = median_seconds(train, budget)
            tracemalloc.start()
            train()
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            yield {
                "quantity": quantity,
                "value": value,
                "seconds": seconds,
                "peak_bytes": peak,
                "flops": batch_size * architecture.flops,
            }


def epoch(budget: float) -> Iterable[dict]:
    """Yield what an epoch of the CNN on all of MNIST costs beyond its steps, and the process's peak memory."""
    mnist = data.load_mnist(flat=False)
    model = ConvNet(weight_scale=None)
    solver = Solver(model, mnist, num_epochs=1, verbose=True)
    clock = SolverClock(solver)
    model.loss(mnist["X_train"][:10_000])
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)
    yield {**clock.run(), "peak_bytes": peak_kib * 1024, "examples": len(mnist["X_train"])}


TASKS: dict[str, Callable[[float], Iterable[dict]]] = {
    "numpy": lambda budget: steps(models.numpy_steps, budget),
    "torch": lambda budget: steps(models.torch_steps, budget),
    "products": products,
    "crowd": crowd,
    "growth": growth,
    "epoch": epoch,
    "sweep": lambda _: [sweep.throughput(sweep.q4_in_short())],
}


def main(argv: list[str] | None = None) -> None:
    """Run one task and print a JSON line: the rows, and what the library says of itself."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench.worker", description=__doc__)
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("--budget", type=float, default=0.5, metavar="SECONDS", help="for each thing that is timed")
    arguments = parser.parse_args(argv)
    rows = list(TASKS[arguments.task](arguments.budget))
    version = np.__version__
    if arguments.task == "torch":
        import torch

        version = torch.__version__
    print(json.dumps({"version": version, "rows": rows}))


if __name__ == "__main__":
    main()
