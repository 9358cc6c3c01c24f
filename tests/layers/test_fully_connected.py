"""fc_forward and fc_backward."""

import re

import numpy as np
import pytest
import reference
import torch
from hypothesis import given
from layer_sets import every_set, to_every_set
from reference import assert_close
from strategies import fc_inputs, generators

from nnlib import gradcheck


@every_set
def test_a_batch_of_two_by_hand(layers):
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    w = np.array([[1.0, 0.0, -1.0], [2.0, 1.0, 0.0]])
    out, cache = layers.fc_forward(x, w, np.array([0.5, -1.0, 0.0]))
    #   1*1 + 2*2 + 0.5     1*0 + 2*1 - 1     1*-1 + 2*0
    #   3*1 + 4*2 + 0.5     3*0 + 4*1 - 1     3*-1 + 4*0
    np.testing.assert_array_equal(out, [[5.5, 1.0, -1.0], [11.5, 3.0, -3.0]])

    dx, dw, db = layers.fc_backward(np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]]), cache)
    # dX = G W^T: 1*1 + 2*-1, 1*2 + 2*0 for the first example; 1*0 + 1*-1, 1*1 + 1*0 for the second
    np.testing.assert_array_equal(dx, [[-1.0, 2.0], [-1.0, 1.0]])
    # dW = X^T G, summed over the batch and not averaged: 1*1, 3*1, 1*2 + 3*1; 2*1, 4*1, 2*2 + 4*1
    np.testing.assert_array_equal(dw, [[1.0, 3.0, 5.0], [2.0, 4.0, 8.0]])
    np.testing.assert_array_equal(db, [1.0, 1.0, 3.0])


@given(fc_inputs())
@to_every_set
def test_forward_and_backward_are_the_slow_loops(layers, inputs):
    x, w, b, dout = inputs
    out, cache = layers.fc_forward(x, w, b)
    assert_close(out, reference.fc_forward(x, w, b))
    for actual, expected in zip(layers.fc_backward(dout, cache), reference.fc_backward(dout, x, w), strict=True):
        assert_close(actual, expected)


@given(fc_inputs())
@to_every_set
def test_torch_agrees(layers, inputs):
    x, w, b, dout = inputs
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, w, b)]
    torch_out = torch.nn.functional.linear(tensors[0], tensors[1].T, tensors[2])
    torch_out.backward(torch.tensor(dout))
    out, cache = layers.fc_forward(x, w, b)
    assert_close(out, torch_out.detach())
    for grad, tensor in zip(layers.fc_backward(dout, cache), tensors, strict=True):
        assert_close(grad, tensor.grad)


@every_set
@given(generators())
def test_gradients_are_numerically_right(layers, rng):
    x, w, b, dout = (rng.standard_normal(shape) for shape in ((4, 3), (3, 5), (5,), (4, 5)))
    dx, dw, db = layers.fc_backward(dout, layers.fc_forward(x, w, b)[1])
    gradcheck.check_gradient(lambda v: layers.fc_forward(v, w, b)[0], x, dx, dout, name="dx")
    gradcheck.check_gradient(lambda v: layers.fc_forward(x, v, b)[0], w, dw, dout, name="dw")
    gradcheck.check_gradient(lambda v: layers.fc_forward(x, w, v)[0], b, db, dout, name="db")


ONES = {"x": np.ones((2, 3)), "w": np.ones((3, 4)), "b": np.ones(4)}


@every_set
@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"x": [[1.0, 2.0, 3.0]]}, TypeError, "x: expected a NumPy array, got list. Wrap it: np.asarray"),
        ({"x": np.ones((2, 3), int)}, TypeError, "x: expected a floating-point array, got dtype int64. Convert it"),
        ({"w": np.ones((3, 4), bool)}, TypeError, "w: expected a floating-point array, got dtype bool"),
        ({"b": np.ones(4, int)}, TypeError, "b: expected a floating-point array, got dtype int64"),
        ({"x": np.ones((2, 1, 3))}, ValueError, "x: expected 2 axes, got shape (2, 1, 3). Reshape it first."),
        ({"w": np.ones(3)}, ValueError, "w: expected 2 axes, got shape (3,)"),
        ({"w": np.ones((4, 3))}, ValueError, "w: expected shape (3, 3), got shape (4, 3). Its rows are the columns"),
        ({"b": np.ones((1, 4))}, ValueError, "b: expected 1 axes, got shape (1, 4)"),
        ({"b": np.ones(3)}, ValueError, "b: expected shape (4,), got shape (3,). One bias for each column of w."),
    ],
)
def test_wrong_arguments_are_named(layers, wrong, error, message):
    with pytest.raises(error, match=re.escape(message)):
        layers.fc_forward(**ONES | wrong)


@every_set
def test_a_gradient_of_another_shape_is_refused(layers):
    _, cache = layers.fc_forward(**ONES)
    with pytest.raises(ValueError, match=r"dout: expected shape \(2, 4\), got shape \(1, 4\)\. It has the shape of"):
        layers.fc_backward(np.ones((1, 4)), cache)
