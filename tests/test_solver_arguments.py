"""What Solver refuses, in which words, and what it prints."""

import re
import subprocess
import sys

import numpy as np
import pytest

from nnlib import LogisticClassifier, Solver


def separable():
    X = np.linspace(-1, 1, 12)[:, None]
    y = (X[:, 0] > 0).astype(int)
    return {"X_train": X, "y_train": y, "X_val": X, "y_val": y}


def solver_of(data=None, **kwargs):
    return Solver(LogisticClassifier(1), data or separable(), **{"verbose": False, "num_epochs": 2} | kwargs)


@pytest.mark.parametrize("key", ["X_test", "y_test", "test"])
def test_the_test_set_has_no_way_in(key):
    message = rf"data: expected training and validation examples only, got {key}\. The test set is opened once, "
    with pytest.raises(ValueError, match=message):
        solver_of(separable() | {key: np.zeros(3)})


def without(key):
    return {name: array for name, array in separable().items() if name != key}


@pytest.mark.parametrize(
    ("kwargs", "error", "message"),
    [
        (
            {"data": without("X_val")},
            ValueError,
            "data: expected the keys X_train, y_train, X_val, y_val, got X_train, y_",
        ),
        (
            {"data": separable() | {"X_train": np.ones((0, 1))}},
            ValueError,
            "X_train: expected at least one example, got n",
        ),
        (
            {"data": separable() | {"X_val": np.ones((0, 1))}},
            ValueError,
            "X_val: expected at least one example, got none",
        ),
        (
            {"data": separable() | {"y_train": np.ones(11)}},
            ValueError,
            "y_train: expected shape (12,), got shape (11,). One label for each example of X_train.",
        ),
        (
            {"data": separable() | {"y_val": np.ones((12, 1))}},
            ValueError,
            "y_val: expected shape (12,), got shape (12, 1)",
        ),
        (
            {"update_rule": "adagrad"},
            ValueError,
            "update_rule: expected one of 'sgd', 'sgd_momentum', 'rmsprop', 'adam', got 'adagrad'.",
        ),
        (
            {"optim_config": {"momentum": 0.9}},
            ValueError,
            "optim_config: expected keys among learning_rate, got momentum.",
        ),
        (
            {"update_rule": "adam", "optim_config": {"lr": 1, "beta": 2}},
            ValueError,
            "optim_config: expected keys among learning_rate, beta1, beta2, epsilon, got beta, lr.",
        ),
        ({"optim_config": {"learning_rate": 0}}, ValueError, "learning_rate: expected a number above 0, got 0."),
        ({"optim_config": {"learning_rate": np.nan}}, ValueError, "learning_rate: expected a number above 0, got nan."),
        ({"lr_decay": 0.0}, ValueError, "lr_decay: expected a factor above 0, got 0.0."),
        ({"batch_size": 0}, ValueError, "batch_size: expected a whole number of at least 1, got 0."),
        ({"num_epochs": 1.5}, ValueError, "num_epochs: expected a whole number of at least 1, got 1.5."),
        ({"print_every": 0}, ValueError, "print_every: expected a whole number of at least 1, got 0."),
        ({"num_train_samples": -3}, ValueError, "num_train_samples: expected a whole number of at least 1, got -3."),
        ({"rng": None}, TypeError, "rng: expected an int seed or a numpy.random.Generator, got None."),
    ],
)
def test_wrong_arguments_are_named(kwargs, error, message):
    with pytest.raises(error, match=re.escape(message)):
        solver_of(**kwargs)


def test_it_prints_every_so_many_steps_and_nothing_else(capfd):
    solver = solver_of(batch_size=4, print_every=2)
    solver.train()
    lines = capfd.readouterr()
    expected = [f"step {step}: loss {solver.loss_history[step - 1]:.4f}" for step in (2, 4, 6)]
    assert lines.out.splitlines() == expected
    assert lines.err == ""


TRAINING = """
import numpy as np
from nnlib import LogisticClassifier, Solver
X = np.linspace(-1, 1, 40)[:, None]
y = (X[:, 0] > 0).astype(int)
data = {"X_train": X, "y_train": y, "X_val": X, "y_val": y}
Solver(LogisticClassifier(1), data, batch_size=2, num_epochs=3).train()
"""


def output_of_training(monkeypatch, tqdm_disable):
    monkeypatch.setenv("TQDM_DISABLE", tqdm_disable)
    return subprocess.run([sys.executable, "-c", TRAINING], capture_output=True, text=True, check=True)


def test_the_progress_bar_shows_loss_accuracy_and_time(monkeypatch):
    result = output_of_training(monkeypatch, "0")
    last = result.stderr.split("\r")[-1]
    assert "training: 100%" in last
    assert "60/60 [" in last
    assert "loss=" in last
    assert "train=100.00%" in last
    assert "val=100.00%" in last
    assert result.stdout == ""


def test_training_is_silent_where_tqdm_is(monkeypatch):
    result = output_of_training(monkeypatch, "1")
    assert (result.stdout, result.stderr) == ("", "")
