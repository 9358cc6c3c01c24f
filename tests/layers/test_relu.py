"""relu_forward and relu_backward."""

import numpy as np
import pytest
import torch
from hypothesis import given
from layer_sets import every_set, to_every_set
from strategies import same_shape

from nnlib import gradcheck


@every_set
def test_by_hand_zero_included(layers):
    out, cache = layers.relu_forward(np.array([-2.0, -0.0, 0.0, 3.0]))
    np.testing.assert_array_equal(out, [0.0, 0.0, 0.0, 3.0])
    np.testing.assert_array_equal(
        layers.relu_backward(np.array([10.0, 20.0, 30.0, 40.0]), cache), [0.0, 0.0, 0.0, 40.0]
    )


@given(same_shape(2))
@to_every_set
def test_forward_and_backward_element_by_element(layers, inputs):
    x, dout = inputs
    out, cache = layers.relu_forward(x)
    dx = layers.relu_backward(dout, cache)
    assert out.shape == dx.shape == x.shape
    for index, value in np.ndenumerate(x):
        assert out[index] == max(value, 0.0)
        assert dx[index] == (dout[index] if value > 0 else 0.0)


@given(same_shape(2))
@to_every_set
def test_torch_agrees(layers, inputs):
    x, dout = inputs
    tensor = torch.tensor(x, requires_grad=True)
    torch_out = torch.relu(tensor)
    torch_out.backward(torch.tensor(dout))
    out, cache = layers.relu_forward(x)
    np.testing.assert_array_equal(out, torch_out.detach())
    np.testing.assert_array_equal(layers.relu_backward(dout, cache), tensor.grad)


@given(same_shape(2))
@to_every_set
def test_gradient_is_numerically_right_away_from_zero(layers, inputs):
    x, dout = inputs
    x = np.where(np.abs(x) < 1e-4, 1.0, x)
    dx = layers.relu_backward(dout, layers.relu_forward(x)[1])
    gradcheck.check_gradient(lambda v: layers.relu_forward(v)[0], x, dx, dout)


@every_set
def test_nan_is_passed_on_and_not_taken_for_zero(layers):
    assert np.isnan(layers.relu_forward(np.array([np.nan]))[0]).all()


@every_set
def test_integers_are_refused(layers):
    with pytest.raises(TypeError, match="x: expected a floating-point array, got dtype int64"):
        layers.relu_forward(np.arange(3))


@every_set
def test_a_gradient_of_another_shape_is_refused(layers):
    _, cache = layers.relu_forward(np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"dout: expected shape \(2, 3\), got shape \(3,\)"):
        layers.relu_backward(np.ones(3), cache)
