"""A stub for a model and callbacks that record, for the tests of nnlib.solver."""

import copy

import numpy as np

from nnlib import Callback, Solver


class Stub:
    """A model that records its batches; its losses and validation accuracies are given."""

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
    """Examples that hold their index, and labels that are ten times it."""
    train, val = np.arange(n), -1 - np.arange(n_val)
    return {"X_train": train[:, None] * 1.0, "y_train": 10 * train, "X_val": val[:, None] * 1.0, "y_val": 10 * val}


def solver_of(model, data=None, **kwargs):
    return Solver(model, data or numbered(), **{"verbose": False, "batch_size": 2, "num_epochs": 3} | kwargs)


class Record(Callback):
    """Records every call, and what the model held after each epoch."""

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
    """Raises `error` after a step or an epoch, once."""

    def __init__(self, error, step=None, epoch=None):
        self.error, self.step, self.epoch = error, step, epoch

    def on_step(self, solver):
        if solver.step == self.step:
            self.step = None
            raise self.error

    def on_epoch(self, solver):
        if solver.epoch == self.epoch:
            self.epoch = None
            raise self.error


def assert_same(arrays, expected):
    assert arrays.keys() == expected.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, expected[name], err_msg=name)


def histories(solver):
    return solver.loss_history, solver.train_acc_history, solver.val_acc_history


def assert_same_training(solver, expected):
    """Histories, parameters and state are equal, bit for bit."""
    assert histories(solver) == histories(expected)
    assert (solver.step, solver.epoch, solver.val_acc) == (expected.step, expected.epoch, expected.val_acc)
    assert_same(solver.model.params, expected.model.params)
    assert_same(solver.model.state, expected.model.state)
