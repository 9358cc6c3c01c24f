"""The explorers of Q2 to Q5: sliders that train a model; `make app` serves them as web pages."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nnlib import checks
from nnlib.data import load_mnist
from nnlib.homework.sweeps import standard_binary
from nnlib.models import SVM, Classifier, ConvNet, LogisticClassifier, SoftmaxClassifier
from nnlib.optim import RULES
from nnlib.solver_checks import DATA_KEYS, check_data
from nnlib.widgets.controls import Choice, Control, LinearSlider, ValueSlider
from nnlib.widgets.explorer import Explorer, explore

Data = Mapping[str, np.ndarray]

Q5_TRAIN, Q5_VAL = 10_000, 2_000
"""Q5's explorer uses the first images only: a run takes seconds, and Stop does not wait for a long validation."""


def hidden_units(default: int, values: tuple[int, ...] = (0, 3, 10, 30, 100, 300, 1000)) -> Control:
    """Units of the hidden layer; 0 for no hidden layer."""
    note = (lambda value: "" if value else "linear") if values[0] == 0 else None
    return ValueSlider("hidden_dim", "hidden units", default, values, note=note)


def keep_probability(default: float) -> Control:
    """Dropout's probability of KEEPING an element, with the dropped fraction as a note."""
    return LinearSlider(
        "dropout", "keep probability", default, 0.1, 1.0, 0.05, note=lambda keep: f"drops {1 - keep:.0%}"
    )


def learning_rate(default: float, values: tuple[float, ...]) -> Control:
    """The learning rate; neighbouring values differ by a factor of about three."""
    return ValueSlider("learning_rate", "learning rate", default, values)


def regularisation() -> Control:
    """The strength of the L2 term, 0 or a power of ten."""
    return ValueSlider("reg", "L2 strength", 0.0, (0.0, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1))


def update_rule(default: str) -> Control:
    """The name of an update rule of nnlib.optim."""
    return Choice("update_rule", "update rule", default, tuple(RULES))


def epochs(default: int, high: int) -> Control:
    """The number of passes over the training set."""
    return LinearSlider("num_epochs", "epochs", default, 1, high)


def seed() -> Control:
    """The seed of the initial weights, dropout's masks and the order of the examples."""
    return LinearSlider("seed", "seed", 0, 0, 99)


def q2_model(hidden_dim: int, reg: float, *, rng: int) -> Classifier:
    """Return Q2's classifier, float64; linear for 0 hidden units."""
    return LogisticClassifier(20, hidden_dim or None, reg=reg, rng=rng, dtype=np.float64)


def q3_model(hidden_dim: int, reg: float, *, rng: int) -> Classifier:
    """Return Q3's classifier, float64; linear for 0 hidden units."""
    return SVM(20, hidden_dim or None, reg=reg, rng=rng, dtype=np.float64)


def q4_model(hidden_dim: int, reg: float, *, rng: int) -> Classifier:
    """Return Q4's classifier, float32; linear for 0 hidden units."""
    return SoftmaxClassifier(hidden_dim=hidden_dim or None, weight_scale=None, reg=reg, rng=rng)


def q5_model(
    filter_size: int, num_filters: int, hidden_dim: int, dropout: float, batchnorm: str, reg: float, *, rng: int
) -> Classifier:
    """Return Q5's network, float32; `dropout` is the probability of KEEPING, `batchnorm` is 'on' or 'off'."""
    checks.choice("batchnorm", batchnorm, ("on", "off"))
    return ConvNet(
        num_filters=num_filters,
        filter_size=filter_size,
        hidden_dim=hidden_dim,
        weight_scale=0.01,
        reg=reg,
        dropout=dropout,
        batchnorm=batchnorm == "on",
        rng=rng,
    )


def q2_explorer(data: Data | None = None) -> Explorer:
    """Return Q2's explorer: the logistic classifier on the binary set with standardised features."""
    return _binary_explorer("q2_logistic", q2_model, data)


def q3_explorer(data: Data | None = None) -> Explorer:
    """Return Q3's explorer: the SVM on the binary set with standardised features."""
    return _binary_explorer("q3_svm", q3_model, data)


def _binary_explorer(name: str, make_model, data: Data | None) -> Explorer:
    rates = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
    controls = [
        hidden_units(100),
        learning_rate(0.1, rates),
        regularisation(),
        update_rule("sgd_momentum"),
        epochs(60, 200),
        seed(),
    ]
    data = standard_binary() if data is None else data
    solver = {"batch_size": 100, "lr_decay": 0.95, "restore": "last"}
    return explore(make_model, data, controls=controls, solver=solver, name=name)


def q4_explorer(data: Data | None = None) -> Explorer:
    """Return Q4's explorer: the softmax classifier on all of MNIST, (N, 784)."""
    rates = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
    controls = [
        hidden_units(100),
        learning_rate(0.1, rates),
        regularisation(),
        update_rule("sgd_momentum"),
        epochs(4, 15),
        seed(),
    ]
    solver = {"batch_size": 200, "lr_decay": 0.8, "num_train_samples": 2000}
    data = load_mnist() if data is None else data
    return explore(q4_model, data, controls=controls, solver=solver, name="q4_softmax")


def q5_explorer(data: Data | None = None) -> Explorer:
    """Return Q5's explorer: the convolutional network on the first 10,000 images of MNIST, (N, 1, 28, 28)."""
    controls = [
        LinearSlider("filter_size", "filter size", 7, 1, 11),
        ValueSlider("num_filters", "filters", 16, (4, 8, 16, 32, 64)),
        hidden_units(100, (10, 30, 100, 300, 500)),
        keep_probability(0.8),
        Choice("batchnorm", "batch norm", "on", ("on", "off")),
        learning_rate(0.003, (0.0001, 0.0003, 0.001, 0.003, 0.01)),
        regularisation(),
        update_rule("adam"),
        epochs(3, 10),
        seed(),
    ]
    solver = {"batch_size": 100, "lr_decay": 0.8, "num_train_samples": 1000}
    data = load_mnist(flat=False) if data is None else data
    check_data(data, values=False)
    data = Part(data, Q5_TRAIN, Q5_VAL)
    return explore(q5_model, data, controls=controls, solver=solver, name="q5_cnn")


class Part(dict):
    """The first examples of a data set, with a name that says so."""

    def __init__(self, data: Data, train: int, val: int):
        super().__init__((key, data[key][: train if key.endswith("train") else val]) for key in DATA_KEYS)
        self.name = f"the first images of {getattr(data, 'name', 'unnamed arrays')}"
