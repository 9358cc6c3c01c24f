"""`python -m tools.bench.trainings`: train the models of Q2 to Q5 with plain and fast layers, in turn, and compare.

Each on a slice of its own data, as its sweep trains it. Then call each function that has a fast version, forward and
backward, on a minibatch of 100 at the sizes of Q5's network. What is compared is processor time on one thread, which
other programs hardly change: the shortest of three trainings, or of twenty calls.
"""

import time
import timeit
from functools import partial

import numpy as np

from nnlib import backend, blas
from nnlib.data import subset
from nnlib.homework.sweeps import SWEEPS
from nnlib.search import Trial, train_trial
from nnlib.tables import align, markdown

TRAININGS = {  # of each sweep: a point, training examples (None for all), epochs
    "q2": ({"hidden_dim": 30, "learning_rate": 0.3, "reg": 1e-3}, None, 10),
    "q3": ({"hidden_dim": 30, "learning_rate": 0.1, "reg": 1e-3}, None, 10),
    "q4-rate": ({"learning_rate": 3e-3}, 4000, 2),
    "q4": ({"hidden_dim": 300}, 4000, 2),
    "q5-size": ({"filter_size": 7, "hidden_dim": 100}, 1000, 1),
    "q5-regularise": ({"filter_size": 7, "hidden_dim": 100, "keep": 0.8}, 1000, 1),
}


def compare(name: str, repeats: int = 3) -> list[str]:
    """Return a row of the table: the ratio of times, both validation accuracies, the largest relative gap of a loss."""
    (settings, examples, epochs), sweep = TRAININGS[name], SWEEPS[name]
    data = sweep.load() if examples is None else subset(sweep.load(), examples, examples // 4)
    trial = Trial(sweep.make_model, settings, 0, {**sweep.solver, "num_epochs": epochs})
    seconds, losses, accuracies = {}, {}, {}
    for layers in ("plain", "fast") * repeats:
        with backend.using(layers), blas.one_thread():
            start = time.process_time()
            solver, row = train_trial(trial, data)
            seconds.setdefault(layers, []).append(time.process_time() - start)
        losses[layers], accuracies[layers] = solver.loss_history, f"{row.val_acc:.2%}"
    gap = max(abs(plain - fast) / abs(fast) for plain, fast in zip(losses["plain"], losses["fast"], strict=True))
    ratio = min(seconds["plain"]) / min(seconds["fast"])
    return [name, f"{ratio:.2f}", accuracies["plain"], accuracies["fast"], f"{gap:.0e}"]


def compare_functions(repeats: int = 20) -> list[list[str]]:
    """Return a row for each function: its name, the milliseconds of both, and their ratio plain / fast."""
    rng = np.random.default_rng(0)
    shapes = (100, 1, 28, 28), (32, 1, 7, 7), (100, 32, 22, 22), (100, 3872), (2, 3872)
    x, kernels, images, rows, (gamma, beta) = (rng.standard_normal(shape, dtype=np.float32) for shape in shapes)
    images = np.moveaxis(np.ascontiguousarray(np.moveaxis(images, 0, -1)), -1, 0)  # in the order of these layers
    layers = {
        "conv": (x, kernels),
        "max_pool": (images, {"pool_height": 2, "pool_width": 2, "stride": 2}),
        "spatial_batchnorm": (images, gamma[:32], beta[:32], {"mode": "train"}),
        "batchnorm": (rows, gamma, beta, {"mode": "train"}),
        "dropout": (rows, {"p": 0.8, "mode": "train", "rng": rng}),
    }

    def both_passes(kind: str, name: str) -> None:
        out, cache = getattr(backend.MODULES[kind], f"{name}_forward")(*layers[name])
        getattr(backend.MODULES[kind], f"{name}_backward")(out, cache)

    calls = {name: partial(both_passes, name=name) for name in layers}
    calls |= {rule: lambda kind, rule=rule: backend.RULES[kind][rule](rows.T, rows.T) for rule in ("sgd", "adam")}
    table, options = [], {"timer": time.process_time, "number": 1, "repeat": repeats}
    for name, call in calls.items():
        with blas.one_thread():
            best = [min(timeit.repeat(partial(call, kind), **options)) for kind in ("plain", "fast")]
        table.append([name, *(f"{1e3 * seconds:.2f}" for seconds in best), f"{best[0] / best[1]:.2f}"])
    return table


if __name__ == "__main__":
    header = ["training", "plain / fast", "validation, plain", "validation, fast", "largest gap of a loss"]
    print("\n".join(align([header, *map(compare, TRAININGS)])))
    print(f"\n{markdown(['function', 'plain, ms', 'fast, ms', 'plain / fast'], compare_functions())}")
