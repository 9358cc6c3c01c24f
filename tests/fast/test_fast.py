"""What nnlib.fast promises beyond the contract that it shares with nnlib.layers."""

import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib import backend, fast, layers, optim

FUNCTIONS = sorted(layers.__all__)


def test_the_names_are_the_same():
    assert sorted(fast.__all__) == FUNCTIONS


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_arguments_are_the_same_but_for_need_dx(name):
    plain, other = (list(inspect.signature(getattr(module, name)).parameters) for module in (layers, fast))
    assert [argument for argument in other if argument != "need_dx"] == plain


@pytest.mark.parametrize("generator", [np.random.PCG64, np.random.MT19937, np.random.Philox])
@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.floats(0.01, 1.0), st.integers(0, 99))
def test_dropout_draws_the_same_masks_from_a_generator_call_after_call(generator, sizes, p, seed):
    """Odd sizes leave half of a draw over for the next call: there too."""
    own = [np.random.Generator(generator(seed)) for _ in range(2)]
    for size in sizes:
        x = np.arange(1.0, 3 * size + 1).reshape(3, size)
        outs = [
            module.dropout_forward(x, {"p": p, "mode": "train", "rng": rng})[0]
            for module, rng in zip((layers, fast), own, strict=True)
        ]
        np.testing.assert_array_equal(*outs)
    assert own[0].random() == own[1].random()


@pytest.mark.parametrize("p", [1.0, np.nextafter(1.0, 0.0), 2.0**-24])
def test_dropout_at_the_ends_of_the_keep_probability(p):
    """p = 1 in a mask that is not C-ordered ended the process under NumPy 2.1."""
    x = np.asfortranarray(np.ones((6, 8)))
    for _ in range(3):
        masks = [
            module.dropout_forward(x, {"p": p, "mode": "train", "rng": np.random.default_rng(3)})[0]
            for module in (layers, fast)
        ]
        np.testing.assert_array_equal(*masks)
    assert p < 0.5 or masks[0].all()


def test_the_first_layer_computes_no_dx_if_it_is_not_needed():
    rng = np.random.default_rng(0)
    x, w, dout = rng.standard_normal((4, 3)), rng.standard_normal((3, 5)), rng.standard_normal((4, 5))
    cache = fast.fc_forward(x, w, np.zeros(5))[1]
    dx, *others = fast.fc_backward(dout, cache, need_dx=False)
    assert dx is None
    for alone, full in zip(others, fast.fc_backward(dout, cache)[1:], strict=True):
        np.testing.assert_array_equal(alone, full)
    x, w, dout = (rng.standard_normal(shape) for shape in ((2, 3, 5, 6), (4, 3, 2, 3), (2, 4, 4, 4)))
    cache = fast.conv_forward(x, w)[1]
    dx, dw = fast.conv_backward(dout, cache, need_dx=False)
    assert dx is None
    np.testing.assert_array_equal(dw, fast.conv_backward(dout, cache)[1])


@pytest.mark.parametrize("rule", optim.RULES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_fast_update_rules_are_the_plain_ones_to_rounding(rule, dtype):
    rng = np.random.default_rng(0)
    w = fast_w = rng.standard_normal((4, 3)).astype(dtype)
    config = fast_config = None
    for _ in range(5):
        dw = rng.standard_normal((4, 3)).astype(dtype)
        w, config = backend.RULES["plain"][rule](w, dw, config)
        fast_w, fast_config = backend.RULES["fast"][rule](fast_w, dw, fast_config)
        np.testing.assert_allclose(fast_w, w, rtol=1e-6 if dtype == np.float32 else 1e-14, atol=1e-7)
    assert config.keys() == fast_config.keys()


def test_many_slices_give_what_one_does(monkeypatch):
    rng = np.random.default_rng(12)
    x, w, gamma = rng.normal(size=(3, 4, 9, 8)), rng.normal(size=(5, 4, 3, 2)), rng.normal(size=4)
    pool = {"pool_height": 2, "pool_width": 2, "stride": 1}

    def results(functions):
        out, cache = functions.conv_forward(x, w)
        pooled, pool_cache = functions.max_pool_forward(x, pool)
        normal, norm_cache = functions.spatial_batchnorm_forward(x, gamma, gamma, {"mode": "train"})
        gradients = [
            *functions.conv_backward(np.cos(out), cache),
            functions.max_pool_backward(np.cos(pooled), pool_cache),
        ]
        return [out, pooled, normal, *gradients, *functions.spatial_batchnorm_backward(np.cos(normal), norm_cache)]

    expected = results(layers)
    monkeypatch.setattr(fast.runtime, "SLICE_BYTES", 1)
    for got, want in zip(results(fast), expected, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-11)
