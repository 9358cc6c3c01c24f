"""`train` called again: where it goes on, and from which parameters."""

import numpy as np
import pytest
from solver_stub import RaiseAt, Record, Stub, numbered, solver_of

from nnlib import StopTraining


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


@pytest.mark.parametrize("step", range(6))
def test_an_interrupt_inside_a_step_takes_the_same_minibatch_again(step):
    whole, parts = Stub(), Stub()
    solver_of(whole, numbered(6)).train()

    def rule(w, dw, config):
        if len(parts.batches) == step + 1 and not interrupted:
            interrupted.append(step)
            raise KeyboardInterrupt
        return w - 0.01 * dw, config

    interrupted = []
    solver = solver_of(parts, numbered(6), update_rule=rule)
    with pytest.raises(KeyboardInterrupt):
        solver.train()
    assert (solver.step, len(solver.loss_history)) == (step, step)
    solver.train()
    assert parts.batches == [*whole.batches[: step + 1], *whole.batches[step:]]
    np.testing.assert_allclose(parts.params["W1"], -0.01 * 3)  # of the first epoch, the best; no step counts twice


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
