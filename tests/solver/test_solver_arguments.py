"""Which options Solver refuses, in which words, and what it prints; for its data see test_solver_data.py."""

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


def solver_of(**kwargs):
    return Solver(LogisticClassifier(1), separable(), **{"verbose": False, "num_epochs": 2} | kwargs)


@pytest.mark.parametrize(
    ("kwargs", "error", "message"),
    [
        (
            {"verbose": "no"},
            TypeError,
            "verbose: expected True or False, got 'no'.",
        ),
        (
            {"update_rule": int},
            TypeError,
            "update_rule: expected one of 'sgd', 'sgd_momentum', 'rmsprop', 'adam', or a function",
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
        ({"optim_config": {"learning_rate": np.inf}}, ValueError, "learning_rate: expected a number above 0, got inf."),
        (
            {"update_rule": "sgd_momentum", "optim_config": {"momentum": 5}},
            ValueError,
            "momentum: expected a number in [0, 1), got 5.",
        ),
        (
            {"update_rule": "rmsprop", "optim_config": {"decay_rate": 1}},
            ValueError,
            "decay_rate: expected a number in [0, 1), got 1.",
        ),
        (
            {"update_rule": "adam", "optim_config": {"beta2": -0.1}},
            ValueError,
            "beta2: expected a number in [0, 1), got -0.1.",
        ),
        (
            {"update_rule": "adam", "optim_config": {"epsilon": -1e-8}},
            ValueError,
            "epsilon: expected a number of at least 0, got -1e-08.",
        ),
        (
            {"optim_config": {"learning_rate": "0.1"}},
            TypeError,
            "optim_config['learning_rate']: expected a number, got",
        ),
        (
            {"update_rule": "adam", "optim_config": {"beta1": None}},
            TypeError,
            "optim_config['beta1']: expected a number",
        ),
        ({"optim_config": 0.1}, TypeError, "optim_config: expected a dict such as {'learning_rate': 1e-2}, got 0.1."),
        (
            {"update_rule": 3},
            TypeError,
            "update_rule: expected one of 'sgd', 'sgd_momentum', 'rmsprop', 'adam', or a fun",
        ),
        (
            {"update_rule": None},
            TypeError,
            "update_rule: expected one of 'sgd', 'sgd_momentum', 'rmsprop', 'adam', or a",
        ),
        ({"lr_decay": np.inf}, ValueError, "lr_decay: expected a factor above 0, got inf."),
        ({"augment": 3}, TypeError, "augment: expected a function (X, rng) -> X, or None, got 3."),
        ({"schedule": ["linear"]}, ValueError, "schedule: expected one of None, 'linear', got ['linear']."),
        ({"schedule": "cosine"}, ValueError, "schedule: expected one of None, 'linear', got 'cosine'."),
        ({"restore": None}, ValueError, "restore: expected one of 'best', 'last', got None."),
        ({"lr_decay": "0.9"}, TypeError, "lr_decay: expected a factor above 0, got '0.9'."),
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
