"""Experiments: whether the model of a student's class learns, trained by our Solver on a small set.

python -m course.training      measures the bounds again and writes course/bounds.json

The model lives in a sandbox and is trained from here, minibatch by minibatch. Accuracies are computed here as well, of
its scores for examples whose labels the sandbox never sees.
"""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from course import items
from course.judging import Judge
from course.watched import Limits
from nnlib.check import networks
from nnlib.check.engine import Result
from nnlib.check.exercises import Row
from nnlib.check.process import Process, StudentError
from nnlib.solver import Solver

BOUNDS = Path(__file__).with_name("bounds.json")
SEEDS, MARGIN = 20, 0.05  # of what is measured: the bound is that far below the worst
TRIALS = 2  # seeds for each submission
LIMITS = Limits(cpu=30.0, wall=60.0)


def classes_of_directions(rng: np.random.Generator, n: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return points, and as labels the first feature that is largest: a linear classifier can learn them."""
    X = rng.standard_normal((n, 8))
    return X, X[:, :classes].argmax(1)


def corners(rng: np.random.Generator, n: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return points, and labels by the signs of products of features: no linear classifier can learn them."""
    X = rng.choice([-1.0, 1.0], (n, 4)) + 0.3 * rng.standard_normal((n, 4))
    first, second = X[:, 0] * X[:, 1] > 0, X[:, 2] * X[:, 3] > 0
    return X, (first if classes == 2 else 2 * first + second).astype(np.int64)


def strokes(rng: np.random.Generator, n: int, classes: int, side: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Return images of a stroke anywhere, and as labels whether it lies, stands, falls or rises."""
    X, y = 0.2 * rng.standard_normal((n, 1, side, side)), rng.integers(0, classes, n)
    lying, thick = np.zeros((5, 5)), np.ones((side // 7, side // 7))
    lying[2] = 1
    for image, label in zip(X[:, 0], y, strict=True):
        stroke = np.kron((lying, lying.T, np.eye(5), np.eye(5)[::-1])[label], thick)
        row, column = rng.integers(0, side - len(stroke) + 1, 2)
        image[row : row + len(stroke), column : column + len(stroke)] += stroke
    return X, y


@dataclass(frozen=True)
class Training:
    """A small training by Adam, on minibatches of 20."""

    target: str  # "module:name" of the model's class, or of a function that makes one
    options: Mapping[str, object]  # its arguments, but `rng`
    draw: Callable  # (rng, n, classes) -> examples and labels
    classes: int = 2
    rate: float = 0.03
    epochs: int = 15
    sizes: tuple[int, int] = (200, 200)  # examples to train on and to validate on

    def accuracy(self, make_model: Callable[[int], object], seed: int) -> float:
        """Return the validation accuracy that our Solver reaches with a model."""
        rng = np.random.default_rng(seed)
        (X, y), (X_val, y_val) = (self.draw(rng, n, self.classes) for n in self.sizes)
        data = {"X_train": X, "y_train": y, "X_val": X_val, "y_val": y_val}
        own = {"update_rule": "adam", "optim_config": {"learning_rate": self.rate}, "restore": "last", "batch_size": 20}
        solver = Solver(make_model(seed % 1000), data, num_epochs=self.epochs, verbose=False, rng=seed, **own)
        solver.train()
        return solver.val_acc_history[-1]

    def reached(self, worker: Process, seed: int) -> float:
        """Return the accuracy that a model in a worker reaches."""
        return self.accuracy(functools.partial(Remote, worker, self), seed)


class NetworkTraining(Training):
    """A small training of a network of Q6, by PyTorch's Adam in its worker."""

    def reached(self, worker: Process, seed: int) -> float:
        """Return the accuracy that a network reaches, of its scores in evaluation mode."""
        rng, call = np.random.default_rng(seed), worker.call
        (X, y), (X_val, y_val) = (self.draw(rng, n, self.classes) for n in self.sizes)
        networks.device(worker)
        call("torch:manual_seed", seed, keep=True)
        net = call(self.target, keep=True, options=self.options)
        parameters = call("builtins:list", call("parameters", on=net, keep=True), keep=True)
        adam = call("torch.optim:Adam", parameters, self.rate, keep=True)
        for _ in range(self.epochs):
            for batch in rng.permutation(len(X)).reshape(-1, 20):
                call("zero_grad", on=adam)
                scores = call("__call__", networks.tensor(worker, X[batch]), on=net, keep=True)
                labels = networks.tensor(worker, y[batch])
                call("backward", on=call("torch.nn.functional:cross_entropy", scores, labels, keep=True))
                call("step", on=adam)
        call("eval", on=net, keep=True)
        scores = call("__call__", networks.tensor(worker, X_val), on=net)
        if not isinstance(scores, np.ndarray) or scores.ndim != 2 or len(scores) != len(y_val):
            raise ValueError("its scores are not an array (N, 10)")
        return float((scores.argmax(1) == y_val).mean())


def photos(rng: np.random.Generator, n: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what `strokes` draws as images for Q6, brighter: without it the handout's network is slow to start."""
    X, y = strokes(rng, n, classes, side=32)
    return np.repeat(5 * X, 3, axis=1).astype(np.float32), y


_SMALL, _EXACT = {"input_dim": 8, "weight_scale": 0.1}, {"dtype": "float64"}
_CORNERS = {"input_dim": 4, "hidden_dim": 24, "weight_scale": 0.3, **_EXACT}
_IMAGES = {"input_dim": (1, 8, 8), "num_filters": 6, "filter_size": 3, "hidden_dim": 16, "num_classes": 4, **_EXACT}
_LARGE = {"filter_size": 5, "hidden_dim": 50, "keep": 0.9}
TRAININGS = {
    "2.3": Training("nnlib.models:LogisticClassifier", {**_SMALL, **_EXACT}, classes_of_directions),
    "2.4": Training("nnlib.models:LogisticClassifier", _CORNERS, corners),
    "3.3": Training("nnlib.models:SVM", {**_SMALL, **_EXACT}, classes_of_directions),
    "3.4": Training("nnlib.models:SVM", _CORNERS, corners),
    "4.3": Training("nnlib.models:SoftmaxClassifier", {**_SMALL, **_EXACT, "num_classes": 4}, classes_of_directions, 4),
    "4.4": Training("nnlib.models:SoftmaxClassifier", {**_CORNERS, "num_classes": 4}, corners, 4),
    "5.3a": Training("nnlib.models:ConvNet", {**_IMAGES, "weight_scale": None}, strokes, 4, 0.02, 8),
    "5.4b": Training(
        "nnlib.homework.sweeps:regularised_conv_net", _LARGE, functools.partial(strokes, side=28), 4, 1e-3, 10
    ),
    "6.2c": NetworkTraining("nnlib.vgg.networks:VGG11", {}, photos, 4, 3e-3, 8, (300, 200)),
    "6.3a": NetworkTraining("nnlib.vgg.networks:VGG11", {"relu": True, "batch_norm": True}, photos, 4, 3e-3, 4),
}


class Remote:
    """A student's model in its worker, as the Solver wants one."""

    def __init__(self, worker: Process, training: Training, seed: int):
        self._worker = worker
        self._model = worker.call(training.target, keep=True, options={**training.options, "rng": seed})
        self.params = worker.get(self._model, "params")

    def loss(self, X: np.ndarray, y: np.ndarray | None = None) -> object:
        """Return what the model's own `loss` gives with the parameters as they are here."""
        self._worker.set(self._model, "params", self.params)
        return self._worker.call("loss", X, *([] if y is None else [y]), on=self._model)


@dataclass
class TrainingJudge(Judge):
    """Judges by training; `item` is the experiment's, `code_item` that of the class."""

    usual: Limits = LIMITS

    def result(self, row: Row, seed: int) -> Result:
        """Train with two seeds; both have to reach the bound."""
        training, bound = TRAININGS[self.item], bounds()[self.item]
        status, place, started = "failed", "", time.perf_counter()
        try:
            reached = [training.reached(self.worker, (seed + trial) % 2**32) for trial in range(TRIALS)]
            got = ", ".join(f"{each:.1%}" for each in reached)
            status = "passed" if min(reached) >= bound else "failed"
            message = f"trained on a small set: validation accuracy {got}, expected {bound:.1%} or more"
        except StudentError as error:
            status, message = error.kind, str(error)
            place = f"{Path(error.file).name}:{error.line}" if error.file else ""
            status = "not run" if status == "import" and "'torch'" in message else status
        except (TypeError, ValueError, ArithmeticError) as error:  # the Solver's, of what the model returned
            message = f"it cannot be trained: {error}"
        seconds = time.perf_counter() - started
        return Result(self.item, row.name, row.property, status, message, seconds=seconds, place=place)


@functools.cache
def bounds() -> dict[str, float]:
    """Return the accuracy that each item's training has to reach."""
    measured = json.loads(BOUNDS.read_text(encoding="utf-8"))
    return {item: round(row["worst"] - measured["margin"], 4) for item, row in measured["items"].items()}


def measure() -> dict:
    """Return what our own classes reach in each item's training: the worst and the mean of SEEDS seeds."""
    found = {}
    for item, training in TRAININGS.items():
        with Process(items.ROOT) as worker:
            reached = [training.reached(worker, seed) for seed in range(SEEDS)]
        found[item] = {"worst": round(min(reached), 4), "mean": round(float(np.mean(reached)), 4)}
        print(f"{item}: worst of {SEEDS} seeds {min(reached):.1%}, mean {np.mean(reached):.1%}")
    return {"seeds": SEEDS, "margin": MARGIN, "items": found}


if __name__ == "__main__":
    BOUNDS.write_text(json.dumps(measure(), indent=1) + "\n", encoding="utf-8")
