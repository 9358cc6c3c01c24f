"""relu_forward and relu_backward."""

import numpy as np
import pytest
import torch
from hypothesis import given
from strategies import same_shape

from nnlib import gradcheck, relu_backward, relu_forward


def test_by_hand_zero_included():
    out, cache = relu_forward(np.array([-2.0, -0.0, 0.0, 3.0]))
    np.testing.assert_array_equal(out, [0.0, 0.0, 0.0, 3.0])
    np.testing.assert_array_equal(relu_backward(np.array([10.0, 20.0, 30.0, 40.0]), cache), [0.0, 0.0, 0.0, 40.0])


@given(same_shape(2))
def test_forward_and_backward_element_by_element(inputs):
    x, dout = inputs
    out, cache = relu_forward(x)
    dx = relu_backward(dout, cache)
    assert out.shape == dx.shape == x.shape
    for place, value in np.ndenumerate(x):
        assert out[place] == max(value, 0.0)
        assert dx[place] == (dout[place] if value > 0 else 0.0)


@given(same_shape(2))
def test_torch_agrees(inputs):
    x, dout = inputs
    tensor = torch.tensor(x, requires_grad=True)
    torch_out = torch.relu(tensor)
    torch_out.backward(torch.tensor(dout))
    out, cache = relu_forward(x)
    np.testing.assert_array_equal(out, torch_out.detach())
    np.testing.assert_array_equal(relu_backward(dout, cache), tensor.grad)


@given(same_shape(2))
def test_gradient_is_numerically_right_away_from_zero(inputs):
    x, dout = inputs
    x = np.where(np.abs(x) < 1e-4, 1.0, x)
    dx = relu_backward(dout, relu_forward(x)[1])
    gradcheck.check_gradient(lambda v: relu_forward(v)[0], x, dx, dout)


def test_nan_is_passed_on_and_not_taken_for_zero():
    assert np.isnan(relu_forward(np.array([np.nan]))[0]).all()


def test_integers_are_refused():
    with pytest.raises(TypeError, match="x: expected a floating-point array, got dtype int64"):
        relu_forward(np.arange(3))


def test_a_gradient_of_another_shape_is_refused():
    _, cache = relu_forward(np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"dout: expected shape \(2, 3\), got shape \(3,\)"):
        relu_backward(np.ones(3), cache)
