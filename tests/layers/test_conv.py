"""conv_valid, conv_full, conv_filt, and the layer: conv_forward and conv_backward."""

import re

import numpy as np
import pytest
import reference
import torch
from hypothesis import given
from layer_sets import every_set, to_every_set
from reference import assert_close
from strategies import conv_inputs, image_and_kernel

import nnlib.fast
from nnlib import conv_filt, conv_full, conv_valid, gradcheck


def test_the_three_convolutions_by_hand():
    a = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    b = np.array([[1.0, -1.0]])
    np.testing.assert_array_equal(conv_filt(a, b), [[-1.0, -1.0], [-1.0, -1.0]])  # 1*1 + 2*-1, 2*1 + 3*-1
    np.testing.assert_array_equal(conv_valid(a, b), [[1.0, 1.0], [1.0, 1.0]])  # flipped: 1*-1 + 2*1
    # flipped and let over the border: 1*1, 1*-1 + 2*1, 2*-1 + 3*1, 3*-1
    np.testing.assert_array_equal(conv_full(a, b), [[1.0, 1.0, 1.0, -3.0], [4.0, 1.0, 1.0, -6.0]])


@every_set
def test_the_layer_by_hand(layers):
    x = np.array([[[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0], [9.0, 10.0, 11.0, 12.0]]]])
    w = np.array([[[[1.0, 0.0], [2.0, -1.0]]]])
    out, cache = layers.conv_forward(x, w)
    # not flipped: Y[p,q] = X[p,q] + 2 X[p+1,q] - X[p+1,q+1], so 1 + 10 - 6 = 5, 2 + 12 - 7 = 7, ..., 7 + 22 - 12 = 17
    np.testing.assert_array_equal(out, [[[[5.0, 7.0, 9.0], [13.0, 15.0, 17.0]]]])

    dx, dw = layers.conv_backward(np.array([[[[1.0, 0.0, 0.0], [0.0, 0.0, 2.0]]]]), cache)
    # dX: once W with its corner at (0,0), twice at (1,2)
    np.testing.assert_array_equal(dx, [[[[1.0, 0.0, 0.0, 0.0], [2.0, -1.0, 2.0, 0.0], [0.0, 0.0, 4.0, -2.0]]]])
    # dW[u,v] = 1 X[u,v] + 2 X[1+u,2+v]: 1 + 14, 2 + 16, 5 + 22, 6 + 24
    np.testing.assert_array_equal(dw, [[[[15.0, 18.0], [27.0, 30.0]]]])


@given(image_and_kernel())
def test_the_three_convolutions_are_the_handouts_sums(inputs):
    a, b = inputs
    assert_close(conv_valid(a, b), reference.conv_valid(a, b))
    assert_close(conv_full(a, b), reference.conv_full(a, b))
    assert_close(conv_filt(a, b), reference.conv_filt(a, b))


@given(image_and_kernel())
def test_full_convolution_commutes(inputs):
    a, b = inputs
    assert_close(conv_full(a, b), conv_full(b, a))


@given(conv_inputs())
@to_every_set
def test_forward_and_backward_are_the_slow_loops(layers, inputs):
    x, w, dout = inputs
    out, cache = layers.conv_forward(x, w)
    assert_close(out, reference.conv_forward(x, w))
    for actual, expected in zip(layers.conv_backward(dout, cache), reference.conv_backward(dout, x, w), strict=True):
        assert_close(actual, expected)


@given(conv_inputs())
@to_every_set
def test_the_gradients_are_the_convolutions_that_the_handout_asks_to_prove(layers, inputs):
    """dL/dX[n,c] = sum_f W[f,c] *full G[n,f] and dL/dW[f,c] = sum_n X[n,c] *filt G[n,f]."""
    x, w, dout = inputs
    dx, dw = layers.conv_backward(dout, layers.conv_forward(x, w)[1])
    for n, c in np.ndindex(dx.shape[:2]):
        assert_close(dx[n, c], sum(conv_full(w[f, c], dout[n, f]) for f in range(len(w))))
    for f, c in np.ndindex(dw.shape[:2]):
        assert_close(dw[f, c], sum(conv_filt(x[n, c], dout[n, f]) for n in range(len(x))))


@given(conv_inputs())
@to_every_set
def test_torch_agrees(layers, inputs):
    x, w, dout = inputs
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, w)]
    torch_out = torch.nn.functional.conv2d(*tensors)
    torch_out.backward(torch.tensor(dout))
    out, cache = layers.conv_forward(x, w)
    assert_close(out, torch_out.detach())
    for grad, tensor in zip(layers.conv_backward(dout, cache), tensors, strict=True):
        assert_close(grad, tensor.grad)


def test_fast_layers_keep_the_batch_innermost_in_memory():
    """What a convolution lays out (C, H, W, N) is taken and left so by the layers after it: none of them copies it."""
    layers = nnlib.fast
    out, conv_cache = layers.conv_forward(np.ones((4, 2, 7, 8)), np.ones((3, 2, 2, 2)))
    hidden, norm_cache = layers.spatial_batchnorm_forward(out, np.ones(3), np.zeros(3), {"mode": "train"})
    pooled, pool_cache = layers.max_pool_forward(
        layers.relu_forward(hidden)[0], {"pool_height": 2, "pool_width": 2, "stride": 2}
    )
    dhidden = layers.max_pool_backward(np.ones(pooled.shape), pool_cache)
    dout, _, _ = layers.spatial_batchnorm_backward(dhidden, norm_cache)
    dx, _ = layers.conv_backward(dout, conv_cache)
    for array in (out, hidden, pooled, dhidden, dout, dx):
        assert np.shares_memory(np.ascontiguousarray(array.transpose(1, 2, 3, 0)), array)


@every_set
def test_gradients_are_numerically_right(layers):
    rng = np.random.default_rng(0)
    x, w, dout = (rng.standard_normal(shape) for shape in ((2, 3, 5, 6), (4, 3, 2, 3), (2, 4, 4, 4)))
    dx, dw = layers.conv_backward(dout, layers.conv_forward(x, w)[1])
    gradcheck.check_gradient(lambda v: layers.conv_forward(v, w)[0], x, dx, dout, name="dx")
    gradcheck.check_gradient(lambda v: layers.conv_forward(x, v)[0], w, dw, dout, name="dw")


@every_set
@pytest.mark.parametrize(
    ("x", "w", "error", "message"),
    [
        (np.ones((2, 3, 4)), np.ones((1, 3, 2, 2)), ValueError, "x: expected 4 axes, got shape (2, 3, 4)"),
        (np.ones((2, 3, 4, 4)), np.ones((2, 2)), ValueError, "w: expected 4 axes, got shape (2, 2)"),
        (np.ones((1, 3, 4, 4)), np.ones((5, 2, 2, 2)), ValueError, "w: expected 3 channels, as in x, got shape (5, 2"),
        (
            np.ones((1, 3, 4, 6)),
            np.ones((5, 3, 5, 5)),
            ValueError,
            "w: expected a kernel no larger than x's (4, 6), got (5, 5)",
        ),
        (
            np.ones((1, 3, 4, 6)),
            np.ones((5, 3, 0, 2)),
            ValueError,
            "w: expected a kernel no larger than x's (4, 6), got",
        ),
        (
            np.ones((1, 1, 4, 4), np.uint8),
            np.ones((1, 1, 2, 2)),
            TypeError,
            "x: expected a floating-point array, got d",
        ),
        (np.ones((1, 1, 4, 4)), [[[[1.0]]]], TypeError, "w: expected a NumPy array, got list"),
    ],
)
def test_wrong_arguments_are_named(layers, x, w, error, message):
    with pytest.raises(error, match=re.escape(message)):
        layers.conv_forward(x, w)


@pytest.mark.parametrize(("a", "b"), [((0, 3), (1, 1)), ((3, 3), (0, 1)), ((0, 0), (2, 0))])
def test_the_full_convolution_of_nothing_is_refused(a, b):
    message = re.escape(f"a and b: expected at least one element each, got {a} and {b}")
    with pytest.raises(ValueError, match=message):
        conv_full(np.ones(a), np.ones(b))


@pytest.mark.parametrize("convolve", [conv_filt, conv_valid, conv_full])
def test_wrong_arguments_of_the_2d_convolutions_are_named(convolve):
    with pytest.raises(ValueError, match=r"a: expected 2 axes, got shape \(3,\)"):
        convolve(np.ones(3), np.ones((1, 1)))
    with pytest.raises(ValueError, match=r"b: expected 2 axes, got shape \(1, 1, 1\)"):
        convolve(np.ones((3, 3)), np.ones((1, 1, 1)))
    with pytest.raises(TypeError, match="a: expected a floating-point array, got dtype int64"):
        convolve(np.ones((3, 3), int), np.ones((1, 1)))


@pytest.mark.parametrize("convolve", [conv_filt, conv_valid])
def test_a_kernel_larger_than_the_image_is_refused(convolve):
    with pytest.raises(ValueError, match=r"b: expected a kernel no larger than a's \(2, 5\), got \(3, 3\)"):
        convolve(np.ones((2, 5)), np.ones((3, 3)))


@every_set
@pytest.mark.parametrize("shape", [(2, 3, 5, 4), (2, 3, 4, 4), (1, 3, 4, 5), (2, 1, 4, 5)])
def test_a_gradient_of_another_shape_is_refused(layers, shape):
    _, cache = layers.conv_forward(np.ones((2, 1, 5, 6)), np.ones((3, 1, 2, 2)))
    with pytest.raises(ValueError, match=re.escape(f"dout: expected shape (2, 3, 4, 5), got shape {shape}.")):
        layers.conv_backward(np.ones(shape), cache)
