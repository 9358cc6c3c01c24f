"""batchnorm_forward and batchnorm_backward, and their spatial forms."""

import re

import numpy as np
import pytest
import reference
import torch
from hypothesis import given
from hypothesis import strategies as st
from layer_sets import every_set, to_every_set
from reference import assert_close
from strategies import batch_norm_inputs

from nnlib import gradcheck


def forms(layers):
    return {
        2: (layers.batchnorm_forward, layers.batchnorm_backward),
        4: (layers.spatial_batchnorm_forward, layers.spatial_batchnorm_backward),
    }


@every_set
def test_three_examples_by_hand(layers):
    x = np.array([[0.0], [3.0], [6.0]])
    param = {
        "mode": "train",
        "eps": 3.0,
        "momentum": 0.9,
        "running_mean": np.array([10.0]),
        "running_var": np.array([20.0]),
    }
    # mu = 9/3 = 3;  var = (9 + 0 + 9)/3 = 6;  sigma = sqrt(6 + 3) = 3;  Xhat = -1, 0, 1;  Y = 6 Xhat + 1
    out, cache = layers.batchnorm_forward(x, np.array([6.0]), np.array([1.0]), param)
    np.testing.assert_allclose(out, [[-5.0], [1.0], [7.0]], rtol=1e-15)
    # running = 0.9 running + 0.1 batch: 9 + 0.3 and 18 + 0.6
    np.testing.assert_allclose(param["running_mean"], [9.3], rtol=1e-15)
    np.testing.assert_allclose(param["running_var"], [18.6], rtol=1e-15)

    dx, dgamma, dbeta = layers.batchnorm_backward(np.array([[3.0], [0.0], [0.0]]), cache)
    # dbeta = 3;  dgamma = 3 * -1 = -3;  dX = 6/3 (G - 3/3 - Xhat * -3/3) = 2 (G - 1 + Xhat)
    np.testing.assert_allclose(dbeta, [3.0], rtol=1e-15)
    np.testing.assert_allclose(dgamma, [-3.0], rtol=1e-15)
    np.testing.assert_allclose(dx, [[2.0], [-2.0], [0.0]], atol=1e-14)


@given(batch_norm_inputs(), st.sampled_from([1e-5, 0.01, 1.0]))
@to_every_set
def test_training_is_the_slow_loops(layers, inputs, eps):
    x, gamma, beta, dout = inputs
    out, cache = layers.batchnorm_forward(x, gamma, beta, {"mode": "train", "eps": eps})
    assert_close(out, reference.batchnorm_forward(x, gamma, beta, eps)[0])
    expected = reference.batchnorm_backward(dout, x, gamma, eps)
    for actual, slow in zip(layers.batchnorm_backward(dout, cache), expected, strict=True):
        assert_close(actual, slow)


@given(batch_norm_inputs(spatial=True), st.floats(0, 0.99))
@to_every_set
def test_the_spatial_form_is_batch_norm_with_every_pixel_an_example(layers, inputs, momentum):
    x, gamma, beta, dout = inputs
    n, c, h, w = x.shape

    def rows(image):
        return np.moveaxis(image, 1, -1).reshape(-1, c)

    params = [{"mode": "train", "momentum": momentum} for _ in range(2)]
    out, cache = layers.spatial_batchnorm_forward(x, gamma, beta, params[0])
    rows_out, rows_cache = layers.batchnorm_forward(rows(x), gamma, beta, params[1])
    dx, dgamma, dbeta = layers.spatial_batchnorm_backward(dout, cache)
    rows_dx, *rows_rest = layers.batchnorm_backward(rows(dout), rows_cache)
    assert out.shape == dx.shape == (n, c, h, w)
    assert_close(rows(out), rows_out)
    assert_close(rows(dx), rows_dx)
    for actual, expected in zip((dgamma, dbeta), rows_rest, strict=True):
        assert_close(actual, expected)
    for key in ("running_mean", "running_var"):
        assert_close(params[0][key], params[1][key])


@given(batch_norm_inputs(), st.floats(0, 0.99))
@to_every_set
def test_running_statistics_keep_the_momentum_side_and_the_biased_variance(layers, inputs, momentum):
    x, gamma, beta, _ = inputs
    start = {"running_mean": np.full(x.shape[1], 5.0), "running_var": np.full(x.shape[1], 7.0)}
    param = {"mode": "train", "momentum": momentum, **start}
    layers.batchnorm_forward(x, gamma, beta, param)
    _, mean, var = reference.batchnorm_forward(x, gamma, beta, 1e-5)
    assert_close(param["running_mean"], momentum * 5.0 + (1 - momentum) * mean)
    assert_close(param["running_var"], momentum * 7.0 + (1 - momentum) * var)
    assert (start["running_mean"] == 5.0).all()  # rebound in the dictionary, not written in place
    assert (start["running_var"] == 7.0).all()


@every_set
def test_the_defaults_are_momentum_09_eps_1e_5_and_statistics_from_zero(layers):
    x = np.array([[1.0], [3.0]])  # mean 2, biased variance 1
    param = {"mode": "train"}
    out, _ = layers.batchnorm_forward(x, np.ones(1), np.zeros(1), param)
    np.testing.assert_allclose(param["running_mean"], [0.2], rtol=1e-14)
    np.testing.assert_allclose(param["running_var"], [0.1], rtol=1e-14)
    np.testing.assert_allclose(out, np.array([[-1.0], [1.0]]) / np.sqrt(1 + 1e-5), rtol=1e-14)


@every_set
def test_hyper_parameters_that_are_numpy_scalars_do_not_widen_float32(layers):
    param = {"mode": "train", "eps": np.float64(1e-5), "momentum": np.float64(0.9)}
    x, ones = np.array([[1.0], [3.0]], np.float32), np.ones(1, np.float32)
    for mode in ("train", "test"):
        param["mode"] = mode
        out, cache = layers.batchnorm_forward(x, ones, ones, param)
        arrays = [out, *layers.batchnorm_backward(x, cache), param["running_mean"], param["running_var"]]
        assert {array.dtype for array in arrays} == {np.dtype(np.float32)}


@given(batch_norm_inputs())
@to_every_set
def test_testing_uses_the_running_statistics_and_leaves_them_alone(layers, inputs):
    x, gamma, beta, dout = inputs
    mean, var = np.linspace(-1, 1, x.shape[1]), np.linspace(0.5, 2, x.shape[1])
    param = {"mode": "test", "running_mean": mean, "running_var": var}
    out, cache = layers.batchnorm_forward(x, gamma, beta, param)
    sigma = np.sqrt(var + 1e-5)
    assert_close(out, gamma * (x - mean) / sigma + beta)
    dx, dgamma, dbeta = layers.batchnorm_backward(dout, cache)
    assert_close(dx, dout * gamma / sigma)
    assert_close(dgamma, (dout * (x - mean) / sigma).sum(axis=0))
    assert_close(dbeta, dout.sum(axis=0))
    assert param["running_mean"] is mean
    assert param["running_var"] is var


def check_against_torch(layers, x, gamma, beta, dout):
    if x.size == x.shape[1]:  # torch refuses a channel of one value, which is all eps
        x, dout = np.concatenate([x, x + 1]), np.concatenate([dout, dout])
    forward, backward = forms(layers)[x.ndim]
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, gamma, beta)]
    running = [torch.zeros(x.shape[1], dtype=torch.float64), torch.ones(x.shape[1], dtype=torch.float64)]
    # torch's momentum is the share of the NEW value
    torch_out = torch.nn.functional.batch_norm(tensors[0], *running, *tensors[1:], training=True, momentum=0.1)
    torch_out.backward(torch.tensor(dout))
    param = {"mode": "train", "momentum": 0.9}
    out, cache = forward(x, gamma, beta, param)
    assert_close(out, torch_out.detach())
    for actual, tensor in zip(backward(dout, cache), tensors, strict=True):
        assert_close(actual, tensor.grad)
    assert_close(param["running_mean"], running[0])  # torch's running variance is the unbiased one: not comparable


@given(batch_norm_inputs())
@to_every_set
def test_torch_agrees(layers, inputs):
    check_against_torch(layers, *inputs)


@given(batch_norm_inputs(spatial=True))
@to_every_set
def test_torch_agrees_on_images(layers, inputs):
    check_against_torch(layers, *inputs)


@every_set
@pytest.mark.parametrize("mode", ["train", "test"])
@pytest.mark.parametrize("shape", [(5, 3), (3, 2, 2, 4)])
def test_gradients_are_numerically_right(layers, mode, shape):
    rng = np.random.default_rng(0)
    forward, backward = forms(layers)[len(shape)]
    channels = shape[1]
    x, dout = rng.standard_normal(shape), rng.standard_normal(shape)
    gamma, beta = rng.standard_normal(channels), rng.standard_normal(channels)
    param = {"mode": mode, "running_mean": rng.standard_normal(channels), "running_var": rng.random(channels) + 0.5}
    dx, dgamma, dbeta = backward(dout, forward(x, gamma, beta, dict(param))[1])
    gradcheck.check_gradient(lambda v: forward(v, gamma, beta, dict(param))[0], x, dx, dout, name="dx")
    gradcheck.check_gradient(lambda v: forward(x, v, beta, dict(param))[0], gamma, dgamma, dout, name="dgamma")
    gradcheck.check_gradient(lambda v: forward(x, gamma, v, dict(param))[0], beta, dbeta, dout, name="dbeta")


@given(batch_norm_inputs())
@to_every_set
def test_the_input_gradient_of_a_batch_sums_to_zero(layers, inputs):
    """Adding a constant to a feature changes nothing, so its gradient has no such part: the mean term is there."""
    x, gamma, beta, dout = inputs
    dx, _, _ = layers.batchnorm_backward(dout, layers.batchnorm_forward(x, gamma, beta, {"mode": "train"})[1])
    assert np.abs(dx.sum(axis=0)).max() <= 1e-10 * (1 + np.abs(dx).max())


@every_set
def test_a_constant_feature_gives_beta_and_no_nan(layers):
    out, cache = layers.batchnorm_forward(np.full((4, 2), 3.0), np.ones(2), np.array([5.0, -1.0]), {"mode": "train"})
    np.testing.assert_allclose(out, [[5.0, -1.0]] * 4, atol=1e-12)
    assert np.isfinite(layers.batchnorm_backward(np.ones((4, 2)), cache)[0]).all()


@every_set
@pytest.mark.parametrize("shape", [(6, 3), (2, 3, 2, 4)])
def test_features_far_from_zero_lose_no_digits_of_their_variance(layers, shape):
    x, one, zero = np.random.default_rng(0).standard_normal(shape), np.ones(3), np.zeros(3)
    outs = [forms(layers)[len(shape)][0](x + far, one, zero, {"mode": "train"})[0] for far in (0.0, 1e6)]
    np.testing.assert_allclose(*outs, atol=1e-8)


TRAIN = {"mode": "train"}
TEST = {"mode": "test", "running_mean": np.zeros(3), "running_var": np.ones(3)}
X = {2: np.ones((2, 3)), 4: np.ones((2, 3, 4, 5))}


@every_set
@pytest.mark.parametrize("ndim", [2, 4])
@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"x": np.ones(3)}, ValueError, "x: expected {ndim} axes, got shape (3,)"),
        ({"x": np.ones((2, 3), int)}, TypeError, "x: expected a floating-point array, got dtype int64"),
        ({"gamma": np.ones(2)}, ValueError, "gamma: expected shape (3,), got shape (2,). One value for each c"),
        ({"gamma": np.ones(3, int)}, TypeError, "gamma: expected a floating-point array, got dtype int64"),
        ({"beta": np.ones((1, 3))}, ValueError, "beta: expected shape (3,), got shape (1, 3). One value for each c"),
        ({"bn_param": {}}, ValueError, "bn_param['mode']: expected one of 'train', 'test', got None"),
        ({"bn_param": {"mode": "fit"}}, ValueError, "bn_param['mode']: expected one of 'train', 'test', got 'fit'"),
        ({"bn_param": TRAIN | {"eps": 0}}, ValueError, "bn_param['eps']: expected a number above 0, got 0. A constant"),
        (
            {"bn_param": TRAIN | {"momentum": 1.0}},
            ValueError,
            "bn_param['momentum']: expected a number in [0, 1), got 1",
        ),
        (
            {"bn_param": {"mode": "test"}},
            ValueError,
            "bn_param['running_mean']: expected an array (3,) in test mode, got none. Run train mode first.",
        ),
        (
            {"bn_param": TEST | {"running_var": np.ones(2)}},
            ValueError,
            "bn_param['running_var']: expected shape (3,), got shape (2,)",
        ),
    ],
)
def test_wrong_arguments_are_named(layers, ndim, wrong, error, message):
    arguments = {"x": X[ndim], "gamma": np.ones(3), "beta": np.ones(3), "bn_param": dict(TRAIN)}
    with pytest.raises(error, match=re.escape(message.format(ndim=ndim))):
        forms(layers)[ndim][0](**arguments | wrong)


@every_set
def test_an_empty_batch_has_no_statistics(layers):
    with pytest.raises(ValueError, match=r"x: expected at least one example in train mode, got shape \(0, 3\)"):
        layers.batchnorm_forward(np.ones((0, 3)), np.ones(3), np.ones(3), dict(TRAIN))


@every_set
@pytest.mark.parametrize(
    ("ndim", "shape"), [(2, (3, 2)), (4, (2, 3, 5, 4)), (4, (2, 4, 4, 5)), (4, (2, 2, 4, 5)), (4, (1, 3, 4, 5))]
)
def test_a_gradient_of_another_shape_is_refused(layers, ndim, shape):
    forward, backward = forms(layers)[ndim]
    _, cache = forward(X[ndim], np.ones(3), np.ones(3), dict(TRAIN))
    with pytest.raises(ValueError, match=re.escape(f"dout: expected shape {X[ndim].shape}, got shape {shape}.")):
        backward(np.ones(shape), cache)
