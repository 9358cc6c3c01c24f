"""A training that is interrupted between two steps and goes on is the uninterrupted one, bit for bit."""

import sys

import numpy as np
import pytest
from solver_stub import Stub, assert_same, assert_same_training, solver_of

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


def test_ctrl_c_never_leaves_the_parameters_of_two_steps():
    class Pair(Stub):
        def __init__(self):
            super().__init__()
            self.params = {"W1": np.zeros(2), "b1": np.zeros(2)}

        def loss(self, X, y):
            return 1.0, {"W1": np.ones(2), "b1": np.ones(2)}

    def interrupt(frame, event, _):
        nonlocal left
        if frame.f_code.co_name != "_train_step":
            return None
        frame.f_trace_opcodes = True
        left -= event == "opcode"
        if left == 0:
            sys.settrace(None)
            raise KeyboardInterrupt
        return interrupt

    for after in range(1, 999):
        left, model, before = after, Pair(), sys.gettrace()
        sys.settrace(interrupt)
        try:
            solver_of(model, num_epochs=1).train()
            break
        except KeyboardInterrupt:
            np.testing.assert_array_equal(model.params["W1"], model.params["b1"])
        finally:
            sys.settrace(before)
    assert 100 < after < 999
