"""An interrupted training that goes on is the uninterrupted one, bit for bit, wherever the interrupt came."""

import sys

import numpy as np
import pytest
from solver_stub import RaiseAt, assert_same, assert_same_training

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
    solver,
    training_state,
)

RULES = {"sgd": 0.5, "sgd_momentum": 0.1, "rmsprop": 0.01, "adam": 0.02}
STRIDE = 331  # with 1 every bytecode is tried; a prime meets other bytecodes for each rule
FILES = {module.__file__ for module in (solver, training_state)} | {sys.modules[Sequential.__module__].__file__}


def jitter(X, rng):
    return X + 0.1 * rng.standard_normal(X.shape).astype(X.dtype)


def overwrite(w, dw, config):
    """A rule that writes into its arguments, as the course's starter code does."""
    velocity = config.setdefault("velocity", np.zeros_like(w))
    velocity *= 0.9
    velocity -= config["learning_rate"] * dw
    w += velocity
    return w, config


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


def run_interrupted(train, after, functions=None):
    """Call `train`, raising KeyboardInterrupt at its bytecode number `after` in nnlib's training code.

    Args:
        train: without arguments.
        after: from 1.
        functions: count those of the functions with these names alone.

    Returns:
        Whether it came so far.
    """
    count = 0

    def trace(frame, event, _):
        nonlocal count
        if frame.f_code.co_filename not in FILES or not (functions is None or frame.f_code.co_name in functions):
            return None
        frame.f_trace_opcodes = True
        count += event == "opcode"
        if count == after:
            sys.settrace(None)
            raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        train()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


@pytest.mark.parametrize(("offset", "rule"), list(enumerate([*RULES, overwrite])))
def test_ctrl_c_anywhere_and_on_again_is_the_same_training(rule, offset):
    options = {"rule": rule, "restore": ("best", "last")[offset % 2], "augment": jitter, "num_epochs": 2}
    expected = training(**options)
    expected.train()
    after, interrupted = 1 + 41 * offset, 0
    while run_interrupted((resumed := training(**options)).train, after):
        assert len(resumed.loss_history) == resumed.step
        resumed.train()
        assert_same_training(resumed, expected)
        after, interrupted = after + STRIDE, interrupted + 1
    assert interrupted > 20


@pytest.mark.parametrize("stop_at", [None, 4])
def test_a_second_ctrl_c_while_the_snapshot_is_restored_does_no_harm(stop_at):
    def begun():
        solver = training(num_epochs=2, callbacks=[RaiseAt(StopTraining(), step=stop_at)])
        if stop_at:
            solver.train()
        return solver

    expected = training(num_epochs=2)
    expected.train()
    after = 1
    while run_interrupted((resumed := begun()).train, after, {"leave", "_put"}):
        resumed.train()
        assert_same_training(resumed, expected)
        after += 4
    assert after > 30


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
    np.testing.assert_array_equal(interrupted.model.state["running_mean1"], 0)  # nor the statistics of half a step
    assert (interrupted.step, interrupted.loss_history) == (0, [])
