"""Experiments: the accuracy that a student reports, compared with a training of our own with the same settings.

Settings and accuracy are read from the notebook's table of results, a cell that the student copy holds, whose output
keeps its rows as JSON. What is missing, cannot be replayed or is far from the replay gives no points and takes none: it
has the status "human", and a message for the person who looks at it.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from course import items
from course.judging import make
from course.ledger import Check
from nnlib import models
from nnlib.check.exercises import Row
from nnlib.data import Dataset, load_binary, load_mnist, standardise
from nnlib.homework.results import MIME, ResultRow, words
from nnlib.homework.sweeps import ARCHITECTURES, regularised_conv_net
from nnlib.solver import Solver

MOST = {"reg": 10.0, "learning_rate": 100.0, "hidden_dim": 1000, "weight_scale": 10.0}
MOST_OF_CNN = {"filter_size": 9, "hidden_dim": 200, "keep": 1.0}  # more than the notebook's sweep tries takes minutes
NAMES = {words(name): name for name in MOST}  # a row may have either
ERRORS, SPREAD = 2, 0.005  # tolerance: so many binomial standard errors, and what other epochs and seeds change


@dataclass(frozen=True)
class Replay:
    """How an item's model is trained again."""

    model: Callable  # makes it
    data: str  # a key of `_data`
    solver: Mapping[str, object]  # the Solver's arguments
    settings: Mapping[str, object]  # of the model, where the student has chosen none
    most: Mapping[str, float] = field(default_factory=lambda: MOST)  # the largest value of each that they may choose


_MOMENTUM = {"update_rule": "sgd_momentum", "restore": "last"}
_LINEAR = {**_MOMENTUM, "lr_decay": 0.98, "num_epochs": 200}
_TWO_LAYER = {**_MOMENTUM, "lr_decay": 0.95, "num_epochs": 60}
_BINARY = {"input_dim": 20, "weight_scale": 1e-3, "dtype": "float64", "learning_rate": 1.0}
_MNIST = {"update_rule": "adam", "num_epochs": 8, "schedule": "linear", "restore": "last", "batch_size": 200}
# Fewer epochs than the notebook's cost 0.3 to 0.5 points, which the tolerance has room for, and take 11 s of a core.
_HIDDEN = {**_MNIST, "update_rule": "sgd_momentum", "num_epochs": 3}
_EPOCH = {**_MNIST, "num_epochs": 1, "batch_size": 100}
_CNN = {"weight_scale": None, "reg": 3e-5, "learning_rate": 3e-3}
REPLAYS = {
    "2.3": Replay(models.LogisticClassifier, "binary", _LINEAR, _BINARY),
    "2.4": Replay(models.LogisticClassifier, "binary", _TWO_LAYER, _BINARY),
    "3.3": Replay(models.SVM, "binary", _LINEAR, {**_BINARY, "learning_rate": 0.5}),
    "3.4": Replay(models.SVM, "binary", _TWO_LAYER, _BINARY),
    "4.3": Replay(models.SoftmaxClassifier, "mnist", _MNIST, {"weight_scale": None, "learning_rate": 0.01}),
    "4.4": Replay(
        models.SoftmaxClassifier, "mnist", _HIDDEN, {"weight_scale": None, "learning_rate": 0.3, "reg": 3e-4}
    ),
    "5.3a": Replay(models.ConvNet, "images", _EPOCH, _CNN, MOST_OF_CNN),
    "5.4b": Replay(regularised_conv_net, "images", _EPOCH, _CNN, MOST_OF_CNN),
}


def figure(row: Row, item: str, files: Mapping[str, str]) -> Check:
    """Return the check of the accuracy that is reported for an item."""
    try:
        reported = find(files.get(f"notebooks/{items.load().items[item]['notebook']}.ipynb", ""), item)
        settings = chosen(reported, REPLAYS[item].most)
        replayed, of = accuracy(item, reported.seed, tuple(sorted(settings.items())))
    except Exception as error:  # whatever a notebook leads to costs nobody else's row
        return make(row, "human", f"no figure that can be replayed: {error}")
    tolerance = ERRORS * math.sqrt(replayed * (1 - replayed) / of) + SPREAD
    about = ", ".join(f"{name} {value}" for name, value in settings.items())
    said = f"reported validation accuracy {reported.val_acc:.2%}; a replay with {about} has {replayed:.2%}"
    near = abs(reported.val_acc - replayed) <= tolerance
    found = "within" if near else "further apart than"
    return make(row, "passed" if near else "human", f"{said}, {found} {tolerance:.2%}")


def find(notebook: str, item: str) -> ResultRow:
    """Return an item's row in a notebook's table of results; of several the last.

    Raises:
        ValueError, TypeError: there is none, or it is not such a row.
    """
    cells = json.loads(notebook)["cells"] if notebook else []
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    tables = [output["data"][MIME] for output in outputs if MIME in output.get("data", {})]
    rows = [row for table in tables if isinstance(table, list) for row in table if isinstance(row, dict)]
    found = [row for row in rows if row.get("item") == item.rstrip("ab")]  # parts of an item have one result
    if not found:
        raise ValueError("the notebook has no table of results with it; its last cells were not run")
    return ResultRow.from_json(found[-1])


def chosen(row: ResultRow, most: Mapping[str, float] = MOST) -> dict[str, object]:
    """Return the settings of a row by the names of the model's arguments and the learning rate.

    Raises:
        ValueError: one that no replay knows, or a value that none can have.
    """
    found = {NAMES.get(name, name): value for name, value in row.chosen.items()}
    for name, value in found.items():
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        known = name in most and number and 0 <= value <= most[name]
        if not known and not (name == "architecture" and most is MOST_OF_CNN and value in ARCHITECTURES):
            raise ValueError(f"{name} = {value!r}: expected one of {', '.join(most)}, from 0 to its largest value")
    return found


@functools.lru_cache(64)
def accuracy(item: str, seed: int, settings: tuple[tuple[str, object], ...]) -> tuple[float, int]:
    """Return the validation accuracy that our own model reaches, and of how many examples."""
    replay, data = REPLAYS[item], _data(REPLAYS[item].data)
    options = {**replay.settings, **dict(settings)}
    config = {"learning_rate": options.pop("learning_rate")}
    model = replay.model(**options, rng=seed)
    solver = Solver(model, data, optim_config=config, **replay.solver, rng=seed, verbose=False)
    solver.train()
    return float(solver.val_acc_history[-1]), len(data["y_val"])


@functools.cache
def _data(name: str) -> Dataset:
    return standardise(load_binary()) if name == "binary" else load_mnist(flat=name == "mnist")
