"""dropout_forward and dropout_backward: vanilla dropout, p the probability of KEEPING."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_sets import every_set, to_every_set
from strategies import same_shape

from nnlib import gradcheck

keep_probabilities = st.floats(0.05, 1.0)


@given(same_shape(2), keep_probabilities, st.integers(0, 2**32 - 1))
@to_every_set
def test_a_seed_gives_the_courses_mask(layers, inputs, p, seed):
    x, dout = inputs
    mask = np.random.RandomState(seed).rand(*x.shape) < p
    out, cache = layers.dropout_forward(x, {"p": p, "mode": "train", "seed": seed})
    np.testing.assert_array_equal(out, x * mask)  # and no 1/p
    np.testing.assert_array_equal(layers.dropout_backward(dout, cache), dout * mask)


@every_set
def test_without_seed_or_rng_the_mask_comes_from_numpys_global_state(layers):
    x = np.arange(1.0, 13.0).reshape(3, 4)
    mask = np.random.RandomState(231).rand(3, 4) < 0.6
    old_state = np.random.get_state()  # noqa: NPY002 - the old stream is what the course used
    try:
        np.random.seed(231)  # noqa: NPY002
        out, _ = layers.dropout_forward(x, {"p": 0.6, "mode": "train"})
    finally:
        np.random.set_state(old_state)  # noqa: NPY002
    np.testing.assert_array_equal(out, x * mask)


@every_set
@pytest.mark.parametrize("param", [{"seed": 3}, {"rng": np.random.default_rng(3)}])
def test_with_a_seed_or_rng_the_global_state_is_left_alone(layers, param):
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    layers.dropout_forward(np.ones(100), {"p": 0.5, "mode": "train"} | param)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@every_set
def test_a_generator_gives_a_new_mask_each_time_and_is_reproducible(layers):
    def two_masks():
        param = {"p": 0.5, "mode": "train", "rng": np.random.default_rng(7)}
        return [layers.dropout_forward(np.ones((20, 5)), param)[0] for _ in range(2)]

    first, second = two_masks()
    assert (first != second).any()
    np.testing.assert_array_equal([first, second], two_masks())
    assert set(np.unique(first)) == {0.0, 1.0}


@every_set
@pytest.mark.parametrize("source", [{"seed": 0}, {"rng": np.random.default_rng(0)}])
@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_p_is_the_share_that_is_kept(layers, source, p):
    out, _ = layers.dropout_forward(np.ones(100_000), {"p": p, "mode": "train"} | source)
    assert abs(out.mean() - p) < 5 * np.sqrt(p * (1 - p) / out.size)  # five standard errors


@every_set
def test_p_of_one_keeps_everything(layers):
    x = np.ones((50, 50))
    np.testing.assert_array_equal(
        layers.dropout_forward(x, {"p": 1.0, "mode": "train", "rng": np.random.default_rng(0)})[0], x
    )


@given(same_shape(2), keep_probabilities)
@to_every_set
def test_testing_scales_by_p_and_drops_nothing(layers, inputs, p):
    x, dout = inputs
    out, cache = layers.dropout_forward(x, {"p": p, "mode": "test", "seed": 1})
    np.testing.assert_array_equal(out, p * x)
    np.testing.assert_array_equal(layers.dropout_backward(dout, cache), p * dout)


@every_set
def test_the_mean_of_many_training_passes_is_the_test_pass(layers):
    x = np.array([1.0, -2.0, 4.0])
    rng = np.random.default_rng(0)
    passes = [layers.dropout_forward(x, {"p": 0.7, "mode": "train", "rng": rng})[0] for _ in range(4000)]
    test_out, _ = layers.dropout_forward(x, {"p": 0.7, "mode": "test"})
    standard_error = np.abs(x) * np.sqrt(0.7 * 0.3 / len(passes))
    assert (np.abs(np.mean(passes, axis=0) - test_out) < 5 * standard_error).all()


@every_set
@pytest.mark.parametrize("mode", ["train", "test"])
def test_gradient_is_numerically_right(layers, mode):
    rng = np.random.default_rng(0)
    x, dout = rng.standard_normal((3, 4)), rng.standard_normal((3, 4))
    param = {"p": 0.6, "mode": mode, "seed": 5}
    dx = layers.dropout_backward(dout, layers.dropout_forward(x, param)[1])
    gradcheck.check_gradient(lambda v: layers.dropout_forward(v, param)[0], x, dx, dout)


@every_set
@pytest.mark.parametrize(
    ("param", "message"),
    [
        ({"mode": "train"}, "dropout_param['p']: expected a value, got none."),
        ({"p": 0.5}, "dropout_param['mode']: expected a value, got none."),
        ({"p": 0.5, "mode": "eval"}, "dropout_param['mode']: expected one of 'train', 'test', got 'eval'."),
        ({"p": 0.0, "mode": "train"}, "dropout_param['p']: expected a probability of KEEPING in (0, 1], got 0.0."),
        ({"p": 1.5, "mode": "test"}, "dropout_param['p']: expected a probability of KEEPING in (0, 1], got 1.5."),
        (
            {"p": float("nan"), "mode": "test"},
            "dropout_param['p']: expected a probability of KEEPING in (0, 1], got nan",
        ),
        (
            {"p": 0.5, "mode": "train", "seed": 1, "rng": np.random.default_rng(1)},
            "dropout_param: expected either 'rng' or 'seed', got both. Give one source of the mask.",
        ),
    ],
)
def test_wrong_parameters_are_named(layers, param, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        layers.dropout_forward(np.ones((2, 2)), param)


@every_set
def test_integers_are_refused(layers):
    with pytest.raises(TypeError, match="x: expected a floating-point array, got dtype int64"):
        layers.dropout_forward(np.arange(3), {"p": 0.5, "mode": "test"})


@every_set
def test_a_gradient_of_another_shape_is_refused(layers):
    _, cache = layers.dropout_forward(np.ones((2, 3)), {"p": 0.5, "mode": "train", "seed": 0})
    with pytest.raises(ValueError, match=r"dout: expected shape \(2, 3\), got shape \(3, 2\)"):
        layers.dropout_backward(np.ones((3, 2)), cache)
