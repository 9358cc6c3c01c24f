"""A training that is interrupted between two steps and goes on is the uninterrupted one, bit for bit."""

import numpy as np
import pytest
from solver_stub import assert_same, assert_same_training

from nnlib import (
    BatchNorm,
    Callback,
    Classifier,
    Dropout,
    FullyConnected,
    ReLU,
    Sequential,
    Solver,
    StopTraining,
    softmax_loss,
)

RULES = {"sgd": 0.5, "sgd_momentum": 0.1, "rmsprop": 0.01, "adam": 0.02}


def jitter(X, rng):
    return X + 0.1 * rng.standard_normal(X.shape).astype(X.dtype)


def training(rule="adam", num_epochs=3, callbacks=(), **options):
    """Return a Solver for a network with batch norm and dropout: 3 epochs of 3 steps."""
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((16, 4)).astype(np.float32), rng.integers(0, 3, 16)
    specs = [FullyConnected(5), BatchNorm(), ReLU(), Dropout(0.7), FullyConnected(3)]
    model = Classifier(Sequential(specs, (4,), rng=1), softmax_loss)
    data = {"X_train": X[:10], "y_train": y[:10], "X_val": X[10:], "y_val": y[10:]}
    rate = {"learning_rate": RULES.get(rule, 0.1)}
    options = {"optim_config": rate, "schedule": "linear", "lr_decay": 0.9, "batch_size": 4, "verbose": False} | options
    return Solver(model, data, update_rule=rule, num_epochs=num_epochs, callbacks=callbacks, **options)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("error", [KeyboardInterrupt, StopTraining, ZeroDivisionError])
def test_an_error_in_a_callback_after_every_step_and_epoch_changes_nothing(rule, error):
    class Always(Callback):
        """Raises after each step and each epoch, in every training."""

        def on_step(self, solver):
            raise error

        on_epoch = on_step

    expected, resumed = training(rule), training(rule, callbacks=[Always()])
    expected.train()
    calls = 0
    while resumed.epoch < 3:
        calls += 1
        try:
            resumed.train()
        except error:
            assert error is not StopTraining
    assert calls == 12  # nine steps and three epochs
    assert_same_training(resumed, expected)


def test_the_updates_of_a_step_are_applied_all_at_once():
    def rule(w, dw, config):
        if w.shape == (3,):  # the last of the parameters
            raise KeyboardInterrupt
        return w - dw, config

    interrupted = training(rule)
    before = {name: array.copy() for name, array in interrupted.model.params.items()}
    with pytest.raises(KeyboardInterrupt):
        interrupted.train()
    assert_same(interrupted.model.params, before)
    assert (interrupted.step, interrupted.loss_history) == (0, [])
