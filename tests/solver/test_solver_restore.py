"""Solver(restore=...): which epoch's parameters and state `train` leaves in the model."""

import numpy as np
import pytest
from solver_stub import RaiseAt, Record, Stub, assert_same, solver_of

from nnlib import DivergenceError, StopTraining


@pytest.mark.parametrize(("accuracies", "best"), [([0.2, 0.9, 0.4], 1), ([0.9, 0.2, 0.9], 0), ([0.1, 0.2, 0.3], 2)])
def test_the_best_snapshot_holds_parameters_and_state_and_a_tie_keeps_the_earlier(accuracies, best):
    model, record = Stub(accuracies=accuracies), Record()
    solver = solver_of(model, callbacks=[record])
    solver.train()
    assert (solver.best_val_acc, solver.restored_epoch) == (max(accuracies), best + 1)
    assert len({snapshot[1]["running_mean1"][0] for snapshot in record.snapshots}) == 3  # the epochs do differ
    assert_same(model.params, record.snapshots[best][0])
    assert_same(model.state, record.snapshots[best][1])


def test_the_last_epoch_is_restored_with_its_state_and_the_solver_says_how_good_it_is():
    model, record = Stub(accuracies=[0.9, 0.2, 0.4]), Record()
    solver = solver_of(model, restore="last", callbacks=[record])
    solver.train()
    assert_same(model.params, record.snapshots[2][0])
    assert_same(model.state, record.snapshots[2][1])
    assert (solver.best_val_acc, solver.val_acc, solver.restored_epoch) == (0.9, 0.4, 3)


@pytest.mark.parametrize("restore", ["best", "last"])
def test_the_snapshots_accuracy_is_known_and_not_measured_again(restore):
    model = Stub(accuracies=[0.3, 0.9, 0.2])
    solver = solver_of(model, restore=restore)
    solver.train()
    looked = len(model.scored)
    assert solver.val_acc == {"best": 0.9, "last": 0.2}[restore]
    assert len(model.scored) == looked
    model.state["running_mean1"] = model.state["running_mean1"] + 1  # the same weights, but another model
    assert solver.val_acc == 0.5
    assert len(model.scored) == looked + 1


def test_what_train_leaves_is_a_copy_so_that_training_on_keeps_the_best():
    model, record = Stub(accuracies=[0.9, 0.1, 0.1, 0.1]), Record()
    solver = solver_of(model, num_epochs=2, callbacks=[record])
    solver.train()
    model.params["W1"] += 100.0
    model.state["running_mean1"] += 100.0
    solver.num_epochs = 4
    solver.train()
    assert solver.epoch == 4
    assert_same(model.params, record.snapshots[0][0])
    assert_same(model.state, record.snapshots[0][1])


@pytest.mark.parametrize(("restore", "epoch"), [("best", 0), ("last", 1)])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), DivergenceError("stop"), ZeroDivisionError()])
def test_an_interruption_leaves_the_snapshot_and_ends_the_callbacks(error, restore, epoch):
    model, record = Stub(accuracies=[0.9, 0.1]), Record()
    with pytest.raises(type(error)):
        solver_of(model, restore=restore, callbacks=[record, RaiseAt(error, step=7)]).train()
    assert record.log[-1] == ("", "end")
    assert_same(model.params, record.snapshots[epoch][0])
    assert_same(model.state, record.snapshots[epoch][1])


def test_a_second_training_that_is_interrupted_in_its_first_epoch_leaves_the_last_finished_one():
    model, record = Stub(), Record()
    solver = solver_of(model, num_epochs=2, restore="last", callbacks=[record, RaiseAt(KeyboardInterrupt(), step=8)])
    solver.train()
    solver.num_epochs = 4
    with pytest.raises(KeyboardInterrupt):
        solver.train()
    assert_same(model.params, record.snapshots[1][0])
    assert_same(model.state, record.snapshots[1][1])


def test_two_solvers_that_share_their_callbacks_leave_each_model_its_own_arrays():
    callbacks = [RaiseAt(KeyboardInterrupt(), step=1)]
    first, second = Stub(), Stub()
    second.params = {"W1": np.full(2, 50.0)}
    with pytest.raises(KeyboardInterrupt):
        solver_of(first, restore="last", callbacks=callbacks).train()
    callbacks[0].step = 1
    with pytest.raises(KeyboardInterrupt):
        solver_of(second, restore="last", callbacks=callbacks).train()
    np.testing.assert_allclose(second.params["W1"], 50 - 0.01)


@pytest.mark.parametrize("restore", ["best", "last"])
def test_without_a_finished_epoch_the_model_stays_as_it_is(restore):
    model = Stub()
    solver_of(model, restore=restore, callbacks=[RaiseAt(StopTraining(), step=1)]).train()
    np.testing.assert_allclose(model.params["W1"], -0.01)
