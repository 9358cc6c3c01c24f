"""An interrupted training that goes on is the uninterrupted one, bit for bit, wherever the interrupt came."""

import sys

import numpy as np
import pytest
from solver_stub import RaiseAt, Record, Stub, assert_same, assert_same_training, numbered, solver_of

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
STRIDE = 331  # every bytecode was tried once, with 1; a prime meets other ones for each rule
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


def run_interrupted(train, after):
    """Call `train`, raising KeyboardInterrupt at its bytecode number `after` in nnlib's training code.

    Returns:
        Whether it came so far.
    """
    count = 0

    def trace(frame, event, _):
        nonlocal count
        if frame.f_code.co_filename not in FILES:
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


def test_the_next_minibatch_of_the_same_permutation_follows():
    whole, parts = Stub(), Stub()
    solver_of(whole, numbered(20)).train()
    solver = solver_of(parts, numbered(20), callbacks=[RaiseAt(KeyboardInterrupt(), step=14)])
    with pytest.raises(KeyboardInterrupt):
        solver.train()
    assert len(parts.batches) == 14
    solver.train()
    assert parts.batches == whole.batches


def test_training_goes_on_from_where_it_stood_and_not_from_the_restored_snapshot():
    model = Stub(accuracies=[0.9, 0.1, 0.95])
    solver = solver_of(model, callbacks=[RaiseAt(KeyboardInterrupt(), step=8)])
    with pytest.raises(KeyboardInterrupt):
        solver.train()
    np.testing.assert_allclose(model.params["W1"], -3 * 0.01)  # the best epoch so far was the first
    solver.train()
    np.testing.assert_allclose(model.params["W1"], -9 * 0.01)
    np.testing.assert_array_equal(model.state["running_mean1"], 9)


@pytest.mark.parametrize("rebind", [False, True])
def test_parameters_that_the_user_has_changed_since_are_trained_on(rebind):
    model = Stub()
    solver = solver_of(model, restore="last", callbacks=[RaiseAt(StopTraining(), step=8)])
    solver.train()
    if rebind:
        model.params = {"W1": np.full(2, 100.0)}
    else:
        model.params["W1"][:] = 100.0
    solver.train()
    np.testing.assert_allclose(model.params["W1"], 100 - 0.01)  # step 9


def test_a_statistic_that_the_user_has_changed_since_is_kept():
    model = Stub()
    solver = solver_of(model, restore="last", callbacks=[RaiseAt(StopTraining(), step=8)])
    solver.train()
    model.state["running_mean1"][:] = 100.0
    solver.train()
    np.testing.assert_array_equal(model.state["running_mean1"], 101)


def test_what_a_callback_changes_before_it_raises_is_trained_on():
    class Change(RaiseAt):
        def on_step(self, solver):
            if solver.step == self.step:
                solver.model.params = {"W1": np.full(2, 100.0)}
            super().on_step(solver)

    model = Stub()
    solver = solver_of(model, restore="last", callbacks=[Change(KeyboardInterrupt(), step=8)])
    with pytest.raises(KeyboardInterrupt):
        solver.train()
    np.testing.assert_allclose(model.params["W1"], -6 * 0.01)  # the last finished epoch
    solver.train()
    np.testing.assert_allclose(model.params["W1"], 100 - 0.01)


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


def test_a_finished_training_returns_without_a_step_or_a_call():
    model, record = Stub(), Record()
    solver = solver_of(model, callbacks=[record])
    solver.train()
    calls = len(record.log)
    solver.train()
    assert (solver.step, solver.epoch, len(model.batches), len(record.log)) == (9, 3, 9, calls)


def test_more_epochs_go_on_where_a_finished_training_stood():
    model = Stub(accuracies=[0.9, 0.1, 0.2, 0.95])
    solver = solver_of(model)
    solver.train()
    np.testing.assert_allclose(model.params["W1"], -3 * 0.01)
    solver.num_epochs = 4
    solver.train()
    np.testing.assert_allclose(model.params["W1"], -12 * 0.01)


def test_a_generator_that_was_used_elsewhere_in_between_is_not_set_back():
    rng = np.random.default_rng(3)
    solver = solver_of(Stub(), num_epochs=1, rng=rng)
    solver.train()
    drawn = rng.random()
    solver.num_epochs = 2
    solver.train()
    assert rng.random() != drawn


def test_the_progress_bar_goes_on_too(monkeypatch):
    bars = []

    class Bar:
        def __init__(self, **options):
            self.options, self.updates = options, 0
            bars.append(self)

        def update(self):
            self.updates += 1

        def set_postfix(self, **_):
            pass

        close = set_postfix

    monkeypatch.setattr("nnlib.callbacks.progress_bar", Bar)
    solver = solver_of(Stub(), verbose=True, callbacks=[RaiseAt(StopTraining(), step=4)])
    solver.train()
    solver.train()
    assert [(bar.options["initial"], bar.options["total"]) for bar in bars] == [(0, 9), (4, 9)]
    assert bars[1].updates == 5
