"""Solver(augment=...): what it is given, when, and what it must return."""

import re

import numpy as np
import pytest
from solver_stub import Stub, assert_same_training, numbered, solver_of


def negative(X, rng):
    """Return another array: the stub records whole parts of the first column."""
    return X + 100


def test_every_minibatch_is_augmented_and_no_accuracy():
    model, plain = Stub(), Stub()
    solver_of(model, augment=negative).train()
    solver_of(plain).train()
    assert [examples for examples, _ in model.batches] == [[x + 100 for x in examples] for examples, _ in plain.batches]
    assert [labels for _, labels in model.batches] == [labels for _, labels in plain.batches]
    assert model.scored == plain.scored


def test_augment_may_write_into_its_batch_but_never_into_the_data():
    def shift(X, rng):
        X += 100
        return X

    data, model = numbered(), Stub()
    solver_of(model, data, augment=shift).train()
    assert min(min(examples) for examples, _ in model.batches) >= 100
    np.testing.assert_array_equal(data["X_train"], numbered()["X_train"])


@pytest.mark.parametrize("make_rng", [lambda: 3, lambda: np.random.default_rng(3)])
def test_it_draws_from_a_generator_of_its_own(make_rng):
    def draws(augment=True, rng=None):
        drawn, model = [], Stub()

        def augmented(X, rng):
            drawn.append(rng.random())
            return X

        solver_of(model, augment=augmented if augment else None, rng=make_rng() if rng is None else rng).train()
        return drawn, model.batches

    first, batches = draws()
    assert len(set(first)) == 9
    assert draws() == (first, batches)
    assert draws(rng=4)[0] != first
    assert draws(augment=False)[1] == batches  # the order of the examples is the same with augment and without


def test_without_augment_the_generator_is_left_alone():
    rng = np.random.default_rng(3)
    solver_of(Stub(), rng=rng)
    assert rng.bit_generator.seed_seq.n_children_spawned == 0


def test_one_that_changes_nothing_changes_no_bit():
    plain, same = solver_of(Stub()), solver_of(Stub(), augment=lambda X, rng: X)
    plain.train()
    same.train()
    assert_same_training(same, plain)


@pytest.mark.parametrize(
    ("result", "got"),
    [
        (None, "NoneType"),
        ([[1.0], [2.0]], "list"),
        (np.zeros(2), "shape (2,) and dtype float64"),
        (np.zeros((1, 1)), "shape (1, 1) and dtype float64"),
        (np.zeros((2, 1), np.float32), "shape (2, 1) and dtype float32"),
    ],
)
def test_another_shape_or_dtype_is_refused(result, got):
    solver = solver_of(Stub(), augment=lambda X, rng: result)
    message = f"augment: expected an array of shape (2, 1) and dtype float64 back, got {got}."
    with pytest.raises(TypeError, match=re.escape(message)):
        solver.train()


class Shifts:
    """A class, of which an object would be needed."""


@pytest.mark.parametrize("augment", ["shift", 3, Shifts, Shifts(), [negative]])
def test_what_is_no_function_is_refused_at_once(augment):
    with pytest.raises(TypeError, match=re.escape("augment: expected a function (X, rng) -> X, or None, got ")):
        solver_of(Stub(), augment=augment)
