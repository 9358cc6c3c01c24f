"""The training loop, seen through a stub for a model."""

import inspect
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from solver_stub import RaiseAt, Record, Stub, assert_same, numbered, solver_of

import nnlib.layers
from nnlib import Callback, Classifier, DivergenceError, FullyConnected, Sequential, Solver, StopTraining, softmax_loss


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
    assert (solver.epoch, solver.step, solver.num_steps, solver.best_val_acc) == (3, 9, 9, 0.3)


def test_accuracies_are_of_the_first_training_examples_and_all_validation_ones():
    model = Stub()
    solver_of(model, numbered(n=6, n_val=3), num_train_samples=4, num_epochs=1).train()
    assert model.scored == [[0, 1, 2, 3], [-1, -2, -3]]
    model = Stub()
    solver_of(model, numbered(n=6), num_train_samples=None, num_epochs=1).train()
    assert model.scored[0] == list(range(6))


def test_the_seed_is_0_and_a_thousand_training_examples_are_measured_unless_it_is_said():
    default, zero, one = Stub(), Stub(), Stub()
    for model, options in ((default, {}), (zero, {"rng": 0}), (one, {"rng": 1})):
        Solver(model, numbered(1002), num_epochs=1, verbose=False, **options).train()
    assert default.batches == zero.batches != one.batches
    assert [len(scored) for scored in default.scored] == [1000, 2]


def test_stop_training_ends_it_quietly():
    model, record = Stub(accuracies=[0.9, 0.1]), Record()
    solver = solver_of(model, callbacks=[record, RaiseAt(StopTraining(), epoch=2)])
    solver.train()
    assert (solver.epoch, solver.step) == (2, 6)
    assert_same(model.params, record.snapshots[0][0])
    model = Stub()
    solver_of(model, callbacks=[RaiseAt(StopTraining(), step=2)]).train()  # before any epoch: the current parameters
    np.testing.assert_allclose(model.params["W1"], -2 * 0.01)


@pytest.mark.parametrize("verbose", [False, True])
def test_callbacks_are_called_in_order_after_each_step_and_epoch_and_once_at_the_end(verbose):
    log = []
    callbacks = [Record("a", log), Record("b", log)]
    solver_of(Stub(), numbered(3), num_epochs=2, verbose=verbose, callbacks=callbacks).train()
    expected = []
    for epoch in (1, 2):
        for step in (2 * epoch - 1, 2 * epoch):
            expected += [(name, "step", step, step) for name in "ab"]
        expected += [(name, "epoch", epoch, epoch) for name in "ab"]
    assert log == [*expected, ("a", "end"), ("b", "end")]


def test_every_callback_ends_even_if_the_one_before_it_fails_to():
    class Broken(Callback):
        def on_end(self, solver):
            raise ZeroDivisionError

    record = Record()
    with pytest.raises(ZeroDivisionError):
        solver_of(Stub(), callbacks=[Broken(), record]).train()
    assert record.log[-1] == ("", "end")


def test_parameters_that_a_callback_rebinds_are_the_ones_trained_on():
    class Rebind(Callback):
        def on_step(self, solver):
            if solver.step == 3:
                solver.model.params = {"W1": np.full(2, 100.0)}

    model = Stub()
    config = {"learning_rate": 1.0}
    solver_of(model, numbered(8), num_epochs=1, optim_config=config, callbacks=[Rebind()]).train()
    np.testing.assert_array_equal(model.params["W1"], 99.0)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_not_finite_names_the_step_and_the_learning_rate(value):
    model = Stub(losses=[1.0, 1.0, 1.0, value], accuracies=[0.9])
    solver = solver_of(model, optim_config={"learning_rate": 0.25}, lr_decay=0.5)
    with pytest.raises(DivergenceError) as caught:
        solver.train()
    assert f"The loss became {value} at step 4 (epoch 2) with learning_rate 0.125. Lower the " in str(caught.value)
    assert len(solver.loss_history) == solver.step == 4
    np.testing.assert_allclose(model.params["W1"], -3 * 0.25)  # the bad gradient was not applied


def explode(after):
    """Return an update rule whose parameters become NaN in the step `after`."""

    def rule(w, dw, config):
        steps = config.get("steps", 0) + 1
        return (w * np.nan if steps == after else w - dw), {"steps": steps}

    return rule


def test_parameters_that_are_not_finite_are_never_the_best_model():
    model = Stub(accuracies=[0.2, 1.0])  # the second would be the accuracy of NaN, were it measured
    solver = solver_of(model, update_rule=explode(after=6), callbacks=[record := Record()])
    model_loss = model.loss
    model.loss = lambda X, y: (float(model.params["W1"].sum()), model_loss(X, y)[1])
    with pytest.raises(DivergenceError, match=r"The loss became nan at step 7 \(epoch 3\)\. Lower the learning rate"):
        solver.train()
    assert (solver.val_acc_history, solver.best_val_acc) == ([0.2, 0.0], 0.2)
    assert_same(model.params, record.snapshots[0][0])


def test_parameters_that_are_not_finite_after_the_last_step_are_a_divergence_too():
    solver = solver_of(Stub(), update_rule=explode(after=9))
    with pytest.raises(DivergenceError, match=r"Parameters became infinite or NaN at step 9 \(epoch 3\)"):
        solver.train()
    assert np.isfinite(solver.model.params["W1"]).all()


def test_a_reader_steps_through_few_frames_from_train_to_the_matrix_product(monkeypatch):
    depths = []
    plain = nnlib.layers.fc_forward

    def counting(x, w, b):
        names = [frame.function for frame in inspect.stack()]
        depths.append(names.index("train") + 1)  # this function's frame stands for fc_forward's
        return plain(x, w, b)

    monkeypatch.setattr(nnlib.layers, "fc_forward", counting)
    network = Sequential([FullyConnected(40)], (1,), rng=0, layers="plain")
    solver_of(Classifier(network, softmax_loss), numbered(4, 3) | {"y_val": np.arange(3)}, num_epochs=1).train()
    assert depths[0] <= 8
