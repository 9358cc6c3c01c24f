"""nnlib.callbacks: what KeepLast leaves in the model, and the line that LinearDecay draws."""

import numpy as np
import pytest
from test_solver import Record, Stub, assert_same, numbered, solver_of

from nnlib import Callback, KeepLast, LinearDecay, StopTraining


def test_the_last_epoch_is_kept_with_its_state_and_the_solver_says_how_good_it_is():
    model, record = Stub(accuracies=[0.9, 0.2, 0.4, 0.4]), Record()  # the fourth: measured after training
    solver = solver_of(model, callbacks=[KeepLast(), record])
    solver.train()
    assert_same(model.params, record.snapshots[2][0])
    assert_same(model.state, record.snapshots[2][1])
    assert (solver.best_val_acc, solver.val_acc) == (0.9, 0.4)


def test_the_best_snapshots_accuracy_is_known_and_not_measured_again():
    model = Stub(accuracies=[0.3, 0.9, 0.2])
    solver = solver_of(model)
    solver.train()
    looked = len(model.scored)
    assert solver.val_acc == 0.9
    assert len(model.scored) == looked
    model.state = {"running_mean1": model.state["running_mean1"] + 1}  # the same weights, but another model
    assert solver.val_acc == 0.5
    assert len(model.scored) == looked + 1


def test_training_goes_on_from_what_keep_last_left():
    model = Stub()
    solver = solver_of(model, num_epochs=1, callbacks=[KeepLast()])
    solver.train()
    first = model.params["W1"].copy()
    model.params["W1"] += 100.0
    solver.train()
    np.testing.assert_allclose(model.params["W1"], first + 100 - 3 * 0.01)


def test_without_a_finished_epoch_keep_last_leaves_the_model_as_it_is():
    class Stop(Callback):
        def on_step(self, solver):
            raise StopTraining

    model = Stub()
    solver_of(model, callbacks=[KeepLast(), Stop()]).train()
    np.testing.assert_allclose(model.params["W1"], -0.01)


@pytest.mark.parametrize("lr_decay", [1.0, 0.5])
def test_the_rate_falls_in_a_line_to_zero_at_the_last_step(lr_decay):
    class Rates(Callback):
        def __init__(self):
            self.next = []

        def on_step(self, solver):
            self.next.append(solver.optim_configs["W1"]["learning_rate"])

    rates = Rates()
    config = {"learning_rate": 0.6}
    solver = solver_of(
        Stub(),
        numbered(5),
        num_epochs=2,
        lr_decay=lr_decay,
        optim_config=config,
        callbacks=[KeepLast(), LinearDecay(), rates],
    )
    solver.train()
    assert solver.num_steps == solver.step == 6
    # after step k the next one has 0.6 (1 - k/6); the second epoch's also the Solver's own factor
    factors = [1, 1, 1, lr_decay, lr_decay, lr_decay]
    assert rates.next == pytest.approx([0.6 * f * (1 - k / 6) for k, f in zip(range(1, 7), factors, strict=True)])
    assert rates.next[-1] == 0
    # the first step of the second epoch has its place on the line too: the weights tell, as every gradient is 1
    steps = [0.6, *[0.6 * (1 - k / 6) for k in (1, 2)], *[0.6 * lr_decay * (1 - k / 6) for k in (3, 4, 5)]]
    np.testing.assert_allclose(solver.model.params["W1"], -sum(steps))
