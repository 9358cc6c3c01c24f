"""The training loop, looked at through a stub for a model."""

import copy
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib import Callback, DivergenceError, Solver, StopTraining


class Stub:
    """A model that writes down its batches; its losses and validation accuracies are set beforehand."""

    def __init__(self, losses=(), accuracies=()):
        self.params = {"W1": np.zeros(2)}
        self.state = {"running_mean1": np.zeros(2)}
        self.losses, self.accuracies = iter(losses), iter(accuracies)
        self.batches, self.scored = [], []

    def loss(self, X, y):
        self.batches.append((X[:, 0].astype(int).tolist(), y.tolist()))
        self.state["running_mean1"] += 1.0  # in place, as a model may
        return next(self.losses, 1.0), {"W1": np.ones(2)}

    def accuracy(self, X, y):
        self.scored.append(X[:, 0].astype(int).tolist())
        return next(self.accuracies, 0.5) if X[0, 0] < 0 else 1.0  # validation examples are the negative ones


def numbered(n=5, n_val=2):
    """Examples that carry their number, and labels that are ten times it."""
    train, val = np.arange(n), -1 - np.arange(n_val)
    return {"X_train": train[:, None] * 1.0, "y_train": 10 * train, "X_val": val[:, None] * 1.0, "y_val": 10 * val}


def solver_of(model, data=None, **kwargs):
    return Solver(model, data or numbered(), **{"verbose": False, "batch_size": 2, "num_epochs": 3} | kwargs)


class Record(Callback):
    """Writes down every call, and what the model held after each epoch."""

    def __init__(self, name="", log=None):
        self.name, self.log, self.snapshots = name, [] if log is None else log, []

    def on_step(self, solver):
        self.log.append((self.name, "step", solver.step, len(solver.loss_history)))

    def on_epoch(self, solver):
        self.log.append((self.name, "epoch", solver.epoch, len(solver.val_acc_history)))
        self.snapshots.append(copy.deepcopy((solver.model.params, solver.model.state)))

    def on_end(self, solver):
        self.log.append((self.name, "end"))


class RaiseAt(Callback):
    def __init__(self, error, step=None, epoch=None):
        self.error, self.step, self.epoch = error, step, epoch

    def on_step(self, solver):
        if solver.step == self.step:
            raise self.error

    def on_epoch(self, solver):
        if solver.epoch == self.epoch:
            raise self.error


def assert_same(arrays, expected):
    assert arrays.keys() == expected.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, expected[name], err_msg=name)


@given(st.integers(1, 12), st.integers(1, 13), st.integers(1, 4), st.integers(0, 99))
def test_an_epoch_is_one_permutation_cut_into_batches(n, batch_size, epochs, seed):
    model = Stub()
    solver_of(model, numbered(n), batch_size=batch_size, num_epochs=epochs, rng=seed).train()
    steps = math.ceil(n / batch_size)
    assert len(model.batches) == epochs * steps
    for epoch in range(epochs):
        batches = model.batches[epoch * steps : (epoch + 1) * steps]
        sizes = [len(examples) for examples, _ in batches]
        assert sizes == [batch_size] * (n // batch_size) + [n % batch_size] * (n % batch_size > 0)
        assert sorted(number for examples, _ in batches for number in examples) == list(range(n))
        for examples, labels in batches:
            assert labels == [10 * number for number in examples]


def test_every_epoch_has_another_order_that_the_seed_decides():
    def order(rng):
        model = Stub()
        solver_of(model, numbered(20), batch_size=20, rng=rng).train()
        return [examples for examples, _ in model.batches]

    first, second, third = order(rng=0)
    assert first != second != third
    assert first != list(range(20))
    assert order(rng=0) == [first, second, third] == order(rng=np.random.default_rng(0))
    assert order(rng=1) != [first, second, third]


def test_histories_and_counters():
    losses = [float(i) for i in range(9)]
    solver = solver_of(Stub(losses, [0.1, 0.3, 0.2]))
    assert (solver.epoch, solver.step, solver.best_val_acc) == (0, 0, -math.inf)
    solver.train()
    assert solver.loss_history == losses
    assert solver.train_acc_history == [1.0] * 3
    assert solver.val_acc_history == [0.1, 0.3, 0.2]
    assert (solver.epoch, solver.step, solver.best_val_acc) == (3, 9, 0.3)


def test_accuracies_are_of_the_first_training_examples_and_all_validation_ones():
    model = Stub()
    solver_of(model, numbered(n=6, n_val=3), num_train_samples=4, num_epochs=1).train()
    assert model.scored == [[0, 1, 2, 3], [-1, -2, -3]]
    model = Stub()
    solver_of(model, numbered(n=6), num_train_samples=None, num_epochs=1).train()
    assert model.scored[0] == list(range(6))


@pytest.mark.parametrize(("accuracies", "best"), [([0.2, 0.9, 0.4], 1), ([0.9, 0.2, 0.9], 0), ([0.1, 0.2, 0.3], 2)])
def test_the_best_snapshot_holds_parameters_and_state_and_a_tie_keeps_the_earlier(accuracies, best):
    model, record = Stub(accuracies=accuracies), Record()
    solver = solver_of(model, callbacks=[record])
    solver.train()
    assert solver.best_val_acc == max(accuracies)
    assert len({snapshot[1]["running_mean1"][0] for snapshot in record.snapshots}) == 3  # the epochs do differ
    assert_same(model.params, record.snapshots[best][0])
    assert_same(model.state, record.snapshots[best][1])


def test_what_train_leaves_is_a_copy_so_that_training_on_keeps_the_best():
    model, record = Stub(accuracies=[0.9, 0.1, 0.1, 0.1]), Record()
    solver = solver_of(model, num_epochs=2, callbacks=[record])
    solver.train()
    model.params["W1"] += 100.0
    model.state["running_mean1"] += 100.0
    solver.train()
    assert solver.epoch == 4
    assert_same(model.params, record.snapshots[0][0])
    assert_same(model.state, record.snapshots[0][1])


@pytest.mark.parametrize("error", [KeyboardInterrupt(), DivergenceError("stop")])
def test_an_interruption_leaves_the_best_snapshot_and_ends_the_hooks(error):
    model, record = Stub(accuracies=[0.9, 0.1]), Record()
    with pytest.raises(type(error)):
        solver_of(model, callbacks=[record, RaiseAt(error, step=7)]).train()
    assert record.log[-1] == ("", "end")
    assert_same(model.params, record.snapshots[0][0])
    assert_same(model.state, record.snapshots[0][1])


def test_stop_training_ends_it_quietly():
    model, record = Stub(accuracies=[0.9, 0.1]), Record()
    solver = solver_of(model, callbacks=[record, RaiseAt(StopTraining(), epoch=2)])
    solver.train()
    assert (solver.epoch, solver.step) == (2, 6)
    assert_same(model.params, record.snapshots[0][0])
    model = Stub()
    solver_of(model, callbacks=[RaiseAt(StopTraining(), step=2)]).train()  # before any epoch: the present parameters
    np.testing.assert_allclose(model.params["W1"], -2 * 0.01)


@pytest.mark.parametrize("verbose", [False, True])
def test_hooks_are_called_in_order_after_each_step_and_epoch_and_once_at_the_end(verbose):
    log = []
    solver_of(
        Stub(), numbered(3), num_epochs=2, verbose=verbose, callbacks=[Record("a", log), Record("b", log)]
    ).train()
    expected = []
    for epoch in (1, 2):
        for step in (2 * epoch - 1, 2 * epoch):
            expected += [(name, "step", step, step) for name in "ab"]
        expected += [(name, "epoch", epoch, epoch) for name in "ab"]
    assert log == [*expected, ("a", "end"), ("b", "end")]


def test_the_learning_rate_decays_after_each_epoch():
    class Weights(Callback):
        def __init__(self):
            self.seen, self.rates = [0.0], []

        def on_step(self, solver):
            self.seen.append(solver.model.params["W1"][0])
            self.rates.append(solver.learning_rate)

    weights, config = Weights(), {"learning_rate": 0.8}
    solver_of(Stub(), numbered(4), optim_config=config, lr_decay=0.5, callbacks=[weights]).train()
    rates = [0.8, 0.8, 0.4, 0.4, 0.2, 0.2]
    assert weights.rates == pytest.approx(rates)
    assert -np.diff(weights.seen) == pytest.approx(rates)  # the gradient is 1
    assert config == {"learning_rate": 0.8}


def test_parameters_that_a_hook_rebinds_are_the_ones_trained_on():
    class Rebind(Callback):
        def on_step(self, solver):
            if solver.step == 3:
                solver.model.params = {"W1": np.full(2, 100.0)}

    model = Stub()
    solver_of(
        model, numbered(8), num_epochs=1, batch_size=2, optim_config={"learning_rate": 1.0}, callbacks=[Rebind()]
    ).train()
    np.testing.assert_array_equal(model.params["W1"], 99.0)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_no_number_names_the_step_and_the_learning_rate(value):
    model = Stub(losses=[1.0, 1.0, 1.0, value], accuracies=[0.9])
    solver = solver_of(model, optim_config={"learning_rate": 0.25}, lr_decay=0.5)
    with pytest.raises(DivergenceError) as caught:
        solver.train()
    assert f"The loss became {value} at step 4 (epoch 2) with learning_rate 0.125. Lower the " in str(caught.value)
    assert len(solver.loss_history) == solver.step == 4
    np.testing.assert_allclose(model.params["W1"], -3 * 0.25)  # the bad gradient was not applied
