"""max_pool_forward and max_pool_backward."""

import re

import numpy as np
import pytest
import reference
import torch
from hypothesis import given
from hypothesis import strategies as st
from layer_sets import every_set, to_every_set
from reference import assert_close
from strategies import pool_inputs

from nnlib import gradcheck


def pool(height, width, stride):
    return {"pool_height": height, "pool_width": width, "stride": stride}


@every_set
def test_by_hand_windows_that_overlap(layers):
    x = np.array([[[[1.0, 5.0, 2.0], [4.0, 3.0, 0.0]]]])
    out, cache = layers.max_pool_forward(x, pool(2, 2, 1))
    np.testing.assert_array_equal(out, [[[[5.0, 5.0]]]])  # of 1, 5, 4, 3 and of 5, 2, 3, 0
    dx = layers.max_pool_backward(np.array([[[[10.0, 7.0]]]]), cache)
    np.testing.assert_array_equal(dx, [[[[0.0, 17.0, 0.0], [0.0, 0.0, 0.0]]]])  # both windows' maximum is the 5


@every_set
def test_a_tie_goes_to_the_first_in_row_major_order(layers):
    x = np.array([[[[1.0, 2.0], [2.0, 2.0]], [[0.0, 0.0], [0.0, 0.0]], [[-3.0, -4.0], [-3.0, -5.0]]]])
    out, cache = layers.max_pool_forward(x, pool(2, 2, 2))
    np.testing.assert_array_equal(out.ravel(), [2.0, 0.0, -3.0])
    dx = layers.max_pool_backward(np.full((1, 3, 1, 1), 8.0), cache)
    np.testing.assert_array_equal(dx.reshape(3, 4), [[0, 8, 0, 0], [8, 0, 0, 0], [8, 0, 0, 0]])


@given(st.booleans().flatmap(lambda ties: pool_inputs(ties=ties)))
@to_every_set
def test_forward_and_backward_are_the_slow_loops(layers, inputs):
    x, pool_param, dout = inputs
    expected_out, expected_dx = reference.max_pool(x, pool_param, dout)
    out, cache = layers.max_pool_forward(x, pool_param)
    np.testing.assert_array_equal(out, expected_out)
    assert_close(layers.max_pool_backward(dout, cache), expected_dx)


@given(pool_inputs(ties=True))
@to_every_set
def test_windows_that_do_not_overlap_hand_on_their_gradient_once(layers, inputs):
    x, pool_param, dout = inputs
    apart = max(pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"])
    out, cache = layers.max_pool_forward(x, pool_param | {"stride": apart})
    dout = np.resize(dout, out.shape)
    assert_close(layers.max_pool_backward(dout, cache).sum(), dout.sum())


@given(pool_inputs())
@to_every_set
def test_torch_agrees(layers, inputs):
    x, pool_param, dout = inputs
    x = x + np.linspace(0, 1e-3, x.size).reshape(x.shape)  # fewer ties; torch promises nothing about those
    tensor = torch.tensor(x, requires_grad=True)
    kernel = pool_param["pool_height"], pool_param["pool_width"]
    torch_out = torch.nn.functional.max_pool2d(tensor, kernel, pool_param["stride"])
    torch_out.backward(torch.tensor(dout))
    out, cache = layers.max_pool_forward(x, pool_param)
    np.testing.assert_array_equal(out, torch_out.detach())
    assert_close(layers.max_pool_backward(dout, cache), tensor.grad)


@every_set
@pytest.mark.parametrize("sizes", [(2, 2, 2), (3, 2, 1), (1, 3, 2), (2, 3, 3)])
def test_gradient_is_numerically_right(layers, sizes):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2, 2, 7, 6))
    out, cache = layers.max_pool_forward(x, pool(*sizes))
    dout = rng.standard_normal(out.shape)
    dx = layers.max_pool_backward(dout, cache)
    gradcheck.check_gradient(lambda v: layers.max_pool_forward(v, pool(*sizes))[0], x, dx, dout)


@every_set
@pytest.mark.parametrize("window", [(16, 16), (17, 16)])
def test_the_last_element_of_a_large_window_can_win(layers, window):
    """257 places and more do not fit the byte that records the winner of a small window."""
    x = np.zeros((1, 1, *window))
    x[0, 0, -1, -1] = 1.0
    out, cache = layers.max_pool_forward(x, pool(*window, 1))
    assert out.item() == 1.0
    np.testing.assert_array_equal(layers.max_pool_backward(np.array([[[[3.0]]]]), cache), 3 * x)


@every_set
@pytest.mark.parametrize(
    ("pool_param", "message"),
    [
        ({}, "pool_param['pool_height']: expected a whole number of at least 1, got None."),
        ({"pool_height": 2, "stride": 2}, "pool_param['pool_width']: expected a whole number of at least 1, got None."),
        (pool(2, 2, 0), "pool_param['stride']: expected a whole number of at least 1, got 0."),
        (pool(2.0, 2, 2), "pool_param['pool_height']: expected a whole number of at least 1, got 2.0."),
        (pool(2, True, 2), "pool_param['pool_width']: expected a whole number of at least 1, got True."),
        (pool(4, 1, 1), "pool_param: expected a window no larger than x's (3, 5), got (4, 1)."),
        (pool(1, 6, 1), "pool_param: expected a window no larger than x's (3, 5), got (1, 6)."),
    ],
)
def test_wrong_parameters_are_named(layers, pool_param, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        layers.max_pool_forward(np.ones((1, 1, 3, 5)), pool_param)


@every_set
def test_wrong_arrays_are_named(layers):
    with pytest.raises(ValueError, match=r"x: expected 4 axes, got shape \(3, 5\)"):
        layers.max_pool_forward(np.ones((3, 5)), pool(2, 2, 2))
    with pytest.raises(TypeError, match="x: expected a floating-point array, got dtype int64"):
        layers.max_pool_forward(np.ones((1, 1, 3, 5), int), pool(2, 2, 2))
    _, cache = layers.max_pool_forward(np.ones((1, 1, 3, 5)), pool(2, 2, 1))
    with pytest.raises(ValueError, match=r"dout: expected shape \(1, 1, 2, 4\), got shape \(1, 1, 4, 2\)"):
        layers.max_pool_backward(np.ones((1, 1, 4, 2)), cache)
