"""logistic_loss, svm_loss and softmax_loss."""

import math
import re

import numpy as np
import pytest
import reference
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from layer_sets import to_each
from reference import assert_close
from strategies import binary_batches, class_batches, generators

import nnlib.losses
from nnlib import gradcheck, torch_layers

SETS = {"plain": nnlib.losses, "torch": torch_layers}
every_set, to_every_set = pytest.mark.parametrize("losses", SETS.values(), ids=SETS), to_each(SETS)
every_binary = pytest.mark.parametrize("name", ["logistic_loss", "svm_loss"])


@every_set
def test_logistic_by_hand(losses):
    # exp(log 3) = 3.  y = 1: log(1 + 1/3), slope -1/(1 + 3).  y = 0: log(1 + 3), slope +1/(1 + 1/3).  Both over N = 2.
    loss, dx = losses.logistic_loss(np.log([3.0, 3.0]), np.array([1, 0]))
    assert loss == pytest.approx((math.log(4 / 3) + math.log(4)) / 2, rel=1e-15)
    np.testing.assert_allclose(dx, [-0.25 / 2, 0.75 / 2], rtol=1e-15)


@every_set
def test_svm_by_hand_examples_outside_the_margin_count_in_the_mean(losses):
    # margins 2, 0.5, -3, 1:  losses 0, 0.5, 4, 0; the last stands at the kink, where the subgradient is 0
    loss, dx = losses.svm_loss(np.array([2.0, -0.5, -3.0, 1.0]), np.array([1, -1, 1, 1]))
    assert loss == 4.5 / 4
    np.testing.assert_array_equal(dx, [0.0, 0.25, -0.25, 0.0])


@every_set
def test_softmax_by_hand(losses):
    # exp gives 1, 2, 5 of 8 and 1, 1, 1 of 3: -log(2/8) and -log(1/3)
    loss, dx = losses.softmax_loss(np.log([[1.0, 2.0, 5.0], [1.0, 1.0, 1.0]]), np.array([1, 0]))
    assert loss == pytest.approx((math.log(4) + math.log(3)) / 2, rel=1e-15)
    np.testing.assert_allclose(dx, [[1 / 16, 2 / 16 - 1 / 2, 5 / 16], [-1 / 3, 1 / 6, 1 / 6]], rtol=1e-14)


@every_binary
@given(binary_batches())
@to_every_set
def test_binary_losses_are_the_slow_loops(losses, name, batch):
    loss, dx = getattr(losses, name)(*batch)
    expected_loss, expected_dx = getattr(reference, name)(*batch)
    assert_close(loss, expected_loss)
    assert_close(dx, expected_dx)


@given(class_batches())
@to_every_set
def test_softmax_is_the_slow_loops(losses, batch):
    loss, dx = losses.softmax_loss(*batch)
    expected_loss, expected_dx = reference.softmax_loss(*batch)
    assert_close(loss, expected_loss)
    assert_close(dx, expected_dx)


@given(binary_batches(bound=1e4), class_batches(bound=1e4))
@to_every_set
def test_torch_agrees_up_to_scores_of_1e4(losses, binary, classes):
    x, y = (torch.tensor(array, requires_grad=array.dtype == np.float64) for array in binary)
    for nnlib_loss, torch_loss in (
        (losses.logistic_loss(*binary), torch.nn.functional.binary_cross_entropy_with_logits(x, y.double())),
        (losses.svm_loss(*binary), torch.clamp(1 - (2 * y - 1) * x, min=0).mean()),
    ):
        (gradient,) = torch.autograd.grad(torch_loss, x)
        assert_close(nnlib_loss[0], torch_loss.item())
        if not ((2 * binary[1] - 1) * binary[0] == 1).any():  # at the hinge's kink torch takes the other subgradient
            assert_close(nnlib_loss[1], gradient)
    x, y = (torch.tensor(array, requires_grad=array.dtype == np.float64) for array in classes)
    torch_loss = torch.nn.functional.cross_entropy(x, y)
    torch_loss.backward()
    loss, dx = losses.softmax_loss(*classes)
    assert_close(loss, torch_loss.item())
    assert_close(dx, x.grad)


@every_set
@settings(max_examples=30)  # of 32 coordinates each
@given(generators())
def test_gradients_are_numerically_right(losses, rng):
    x, y = 2 * rng.standard_normal(6), rng.integers(0, 2, 6)
    for loss in (losses.logistic_loss, losses.svm_loss):
        gradcheck.check_gradient(lambda v, loss=loss: loss(v, y)[0], x, loss(x, y)[1], name=loss.__name__)
    x, y = 2 * rng.standard_normal((5, 4)), rng.integers(0, 4, 5)
    gradcheck.check_gradient(
        lambda v: losses.softmax_loss(v, y)[0], x, losses.softmax_loss(x, y)[1], name="softmax_loss"
    )


@every_set
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1e3, 1e4])
def test_scores_of_1e4_neither_overflow_nor_lose_the_loss(losses, size, dtype):
    x, y = np.array([size, -size, size, -size], dtype), np.array([1, 0, 0, 1])  # two right, two wrong
    expected_dx = np.array([0, 0, 0.25, -0.25], dtype)
    loss, dx = losses.logistic_loss(x, y)
    assert loss == size / 2
    np.testing.assert_array_equal(dx, expected_dx)
    loss, dx = losses.svm_loss(x, y)
    assert loss == (size + 1) / 2
    np.testing.assert_array_equal(dx, expected_dx)
    loss, dx = losses.softmax_loss(np.array([[size, 0, -size], [size, 0, -size]], dtype), np.array([0, 2]))
    assert loss == size
    np.testing.assert_array_equal(dx, np.array([[0, 0, 0], [0.5, 0, -0.5]], dtype))


@given(class_batches(), st.floats(-1e4, 1e4))
@to_every_set
def test_softmax_does_not_see_a_shift_of_all_scores(losses, batch, shift):
    x, y = batch
    for here, shifted in zip(losses.softmax_loss(x, y), losses.softmax_loss(x + shift, y), strict=True):
        np.testing.assert_allclose(shifted, here, atol=1e-10)


@given(class_batches())
@to_every_set
def test_softmax_gradients_sum_to_zero_for_each_example(losses, batch):
    np.testing.assert_allclose(losses.softmax_loss(*batch)[1].sum(axis=1), 0, atol=1e-15)


@given(binary_batches())
@to_every_set
def test_softmax_of_two_classes_is_the_logistic_loss(losses, batch):
    x, y = batch
    loss, dx = losses.softmax_loss(np.stack([np.zeros_like(x), x], axis=1), y)
    assert_close(loss, losses.logistic_loss(x, y)[0])
    assert_close(dx[:, 1], losses.logistic_loss(x, y)[1])


@every_binary
@given(binary_batches())
@to_every_set
def test_both_conventions_of_binary_labels_mean_the_same(losses, name, batch):
    x, y = batch
    loss = getattr(losses, name)
    expected = loss(x, y)
    for labels in (
        2 * y - 1,
        y.astype(bool),
        y.astype(np.uint8),
        y.astype(float),
        (2 * y - 1).astype(np.int8),
        list(y),
    ):
        actual = loss(x, labels)
        assert actual[0] == expected[0]
        np.testing.assert_array_equal(actual[1], expected[1])


@every_set
@every_binary
@pytest.mark.parametrize(
    ("x", "y", "error", "message"),
    [
        (np.ones(3), np.array([0, -1, 1]), ValueError, "all in {0, 1} or all in {-1, +1}, got the values [-1, 0, 1]."),
        (
            np.ones(3),
            np.array([0, 1, 2]),
            ValueError,
            "y: expected binary labels, all in {0, 1} or all in {-1, +1}, got",
        ),
        (np.ones(7), np.arange(7), ValueError, "got the values [0, 1, 2, 3, 4] and more."),
        (np.ones(2), np.array([0.5, 1.0]), ValueError, "got the values [0.5, 1.0]"),
        (
            np.ones(2),
            np.ones((2, 1)),
            ValueError,
            "y: expected shape (2,), one label per example, got shape (2, 1). Label",
        ),
        (np.ones(2), np.ones(3), ValueError, "y: expected shape (2,), one label per example, got shape (3,)."),
        (np.ones((2, 1)), np.ones(2), ValueError, "x: expected 1 axes, got shape (2, 1). Reshape it first."),
        (np.ones(0), np.ones(0), ValueError, "x: expected at least one example, got shape (0,)."),
        (np.ones(2, int), np.ones(2), TypeError, "x: expected a floating-point array, got dtype int64"),
        ([1.0], np.ones(1), TypeError, "x: expected a NumPy array, got list"),
    ],
)
def test_wrong_arguments_of_the_binary_losses_are_named(losses, name, x, y, error, message):
    with pytest.raises(error, match=re.escape(message)):
        getattr(losses, name)(x, y)


@every_set
@pytest.mark.parametrize(
    ("x", "y", "error", "message"),
    [
        (
            np.ones((2, 3)),
            np.array([0, 3]),
            ValueError,
            "y: expected class indices from 0 to 2, one for each column of t",
        ),
        (np.ones((2, 3)), np.array([-1, 2]), ValueError, "got labels from -1 to 2."),
        (
            np.ones((2, 3)),
            np.array([0.0, 1.0]),
            TypeError,
            "y: expected integer class indices, got dtype float64. Convert",
        ),
        (np.ones((2, 3)), np.eye(3, dtype=int)[:2], ValueError, "Labels are a vector, not a column or one-hot rows."),
        (np.ones((2, 3)), np.array([0]), ValueError, "y: expected shape (2,), one label per example, got shape (1,)."),
        (np.ones(2), np.array([0, 1]), ValueError, "x: expected 2 axes, got shape (2,)"),
        (np.ones((0, 3)), np.array([], int), ValueError, "x: expected at least one example, got shape (0, 3)"),
        (np.ones((2, 3), int), np.array([0, 1]), TypeError, "x: expected a floating-point array, got dtype int64"),
    ],
)
def test_wrong_arguments_of_softmax_are_named(losses, x, y, error, message):
    with pytest.raises(error, match=re.escape(message)):
        losses.softmax_loss(x, y)
