"""Update rules: by hand, against torch.optim where the definitions agree, and what they leave alone."""

import copy
import re
from types import MappingProxyType

import numpy as np
import pytest
import torch
from hypothesis import given
from strategies import generators

from nnlib import optim
from nnlib.fast import optim as fast

every_set = pytest.mark.parametrize("rules", [optim.RULES, fast.RULES], ids=["plain", "fast"])
W, DW = np.array([1.0, -2.0]), np.array([10.0, -0.5])


def test_sgd_by_hand():
    w, config = optim.sgd(W, DW, {"learning_rate": 0.1})
    np.testing.assert_allclose(w, [1 - 1, -2 + 0.05], rtol=1e-15)
    assert config == {"learning_rate": 0.1}


def test_a_missing_hyper_parameter_takes_the_documented_default():
    """From w = 0 a step with dw = 10, one with dw = 0: the equations with the defaults of the course's optim.py."""
    w, dw = np.zeros(1), np.array([10.0])
    expected = {
        "sgd": (-0.01 * 10, 0.0),
        "sgd_momentum": (-0.01 * 10, -0.9 * 0.01 * 10),
        "rmsprop": (-0.01 * 10 / (np.sqrt((1 - 0.99) * 100) + 1e-8), 0.0),
        # m = 0.9 * 1, corrected by 1 - 0.81; v = 0.999 * 0.1, corrected by 1 - 0.998001
        "adam": (-0.001 * 10 / (10 + 1e-8), -0.001 * (0.9 / 0.19) / (np.sqrt(0.0999 / 0.001999) + 1e-8)),
    }
    for rules in (optim.RULES, fast.RULES):
        for name, (first, second) in expected.items():
            once, config = rules[name](w, dw, {})
            np.testing.assert_allclose(once, first, rtol=1e-12, err_msg=name)
            np.testing.assert_allclose(rules[name](once, 0 * dw, config)[0] - once, second, rtol=1e-9, err_msg=name)


def test_momentum_by_hand():
    # v = 0.5 v - 0.1 dw: first -1 and 0.05, then -0.5 - 1 and 0.025 + 0.05
    w, config = optim.sgd_momentum(W, DW, {"learning_rate": 0.1, "momentum": 0.5})
    np.testing.assert_allclose(w, [0.0, -1.95], atol=1e-15)
    w, config = optim.sgd_momentum(w, DW, config)
    np.testing.assert_allclose(config["velocity"], [-1.5, 0.075], rtol=1e-14)
    np.testing.assert_allclose(w, [-1.5, -1.875], rtol=1e-14)


def test_rmsprop_by_hand_epsilon_beside_the_root():
    # cache = 0.99 * 0 + 0.01 * 100 = 1; the step is 0.1 * 10 / (sqrt(1) + 1)
    w, config = optim.rmsprop(W, DW, {"learning_rate": 0.1, "decay_rate": 0.99, "epsilon": 1.0})
    np.testing.assert_allclose(config["cache"], [1.0, 0.0025], rtol=1e-13)
    np.testing.assert_allclose(w, [1 - 0.5, -2 + 0.1 * 0.5 / 1.05], rtol=1e-14)


def test_adam_by_hand_with_bias_correction_and_epsilon_beside_the_root():
    # After one step m/(1 - beta1) = dw and v/(1 - beta2) = dw^2: the step is 0.1 dw / (|dw| + 1)
    w, config = optim.adam(W, DW, {"learning_rate": 0.1, "beta1": 0.9, "beta2": 0.99, "epsilon": 1.0})
    np.testing.assert_allclose(w, [1 - 0.1 * 10 / 11, -2 + 0.1 * 0.5 / 1.5], rtol=1e-14)
    np.testing.assert_allclose(config["m"], [1.0, -0.05], rtol=1e-14)
    np.testing.assert_allclose(config["v"], [1.0, 0.0025], rtol=1e-13)
    assert config["t"] == 1
    # After the second: m = 0.9 m + 0.1 * 0, corrected by 1 - 0.81; v = 0.99 v, corrected by 1 - 0.9801
    before = w
    w, config = optim.adam(w, np.zeros(2), config)
    step = 0.1 * (0.9 / 0.19) / (np.sqrt(0.99 / 0.0199) + 1)
    assert w[0] == pytest.approx(before[0] - step, rel=1e-14)
    assert config["t"] == 2


def torch_steps(optimiser, w, gradients, **kwargs):
    """Where torch's definition agrees: momentum at a constant learning rate, epsilon outside the root."""
    tensor = torch.tensor(w, requires_grad=True)
    rule = optimiser([tensor], **kwargs)
    for dw in gradients:
        tensor.grad = torch.tensor(dw)
        rule.step()
    return tensor.detach().numpy()


AGREEMENTS = [
    ("sgd", {"learning_rate": 0.03}, torch.optim.SGD, {"lr": 0.03}),
    (
        "sgd_momentum",
        {"learning_rate": 0.03, "momentum": 0.8},
        torch.optim.SGD,
        {"lr": 0.03, "momentum": 0.8},
    ),
    (
        "rmsprop",
        {"learning_rate": 0.03, "decay_rate": 0.9, "epsilon": 1e-3},
        torch.optim.RMSprop,
        {"lr": 0.03, "alpha": 0.9, "eps": 1e-3},
    ),
    (
        "adam",
        {"learning_rate": 0.03, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3},
        torch.optim.Adam,
        {"lr": 0.03, "betas": (0.8, 0.95), "eps": 1e-3},
    ),
    ("rmsprop", {}, torch.optim.RMSprop, {"lr": 1e-2}),  # the same defaults
    ("adam", {}, torch.optim.Adam, {}),
]


@pytest.mark.parametrize(("rule", "config", "optimiser", "kwargs"), AGREEMENTS)
@given(generators())
def test_torch_agrees_over_several_steps(rule, config, optimiser, kwargs, rng):
    start, gradients = rng.standard_normal((3, 2)), list(rng.standard_normal((6, 3, 2)))
    expected = torch_steps(optimiser, start, gradients, **kwargs)
    for rules in (optim.RULES, fast.RULES):
        w, averages = start, config
        for dw in gradients:
            w, averages = rules[rule](w, dw, averages)
        np.testing.assert_allclose(w, expected, rtol=1e-10, atol=1e-12)


def every_rule(test):
    """Over every update rule, plain and fast."""
    return pytest.mark.parametrize("rule", optim.RULES)(every_set(test))


@every_rule
def test_the_defaults_are_those_of_the_table_and_hold_when_nothing_is_said(rules, rule):
    for config in (None, {}, dict(optim.DEFAULTS[rule])):
        w, new_config = rules[rule](W, DW, config)
        np.testing.assert_array_equal(w, rules[rule](W, DW)[0])
        assert optim.DEFAULTS[rule].items() <= new_config.items()
    assert set(optim.RULES) == set(optim.DEFAULTS)


@every_rule
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_arguments_are_left_alone_and_nothing_is_shared(rules, rule, dtype):
    w, dw = W.astype(dtype), DW.astype(dtype)
    _, config = rules[rule](w, dw)  # with running averages
    before = copy.deepcopy((w, dw, config))
    next_w, next_config = rules[rule](w, dw, config)
    for actual, expected in zip((w, dw), before, strict=False):
        np.testing.assert_array_equal(actual, expected)
    assert config.keys() == before[2].keys()
    for key, value in config.items():
        np.testing.assert_array_equal(value, before[2][key])
    arrays = [w, dw, next_w]
    arrays += [value for value in (*config.values(), *next_config.values()) if isinstance(value, np.ndarray)]
    for i, array in enumerate(arrays):
        assert array.dtype == dtype
        assert not any(np.shares_memory(array, other) for other in arrays[:i])


@every_rule
def test_hyper_parameters_that_are_numpy_scalars_do_not_widen_float32(rules, rule):
    """10 ** rng.uniform(-4, -2) is a np.float64, which outranks a float32 array."""
    config = {key: np.float64(value) for key, value in optim.DEFAULTS[rule].items()}
    w = W.astype(np.float32)
    for _ in range(2):
        w, config = rules[rule](w, DW.astype(np.float32), config)
        assert w.dtype == np.float32
        assert all(value.dtype == np.float32 for value in config.values() if isinstance(value, np.ndarray))


@every_rule
def test_every_rule_goes_downhill(rules, rule):
    w, config = np.array([2.0, -3.0]), {"learning_rate": 0.05}
    for _ in range(300):
        w, config = rules[rule](w, w, config)  # the gradient of |w|^2 / 2
    assert np.abs(w).max() < 0.1


@every_rule
def test_wrong_arguments_are_named(rules, rule):
    update = rules[rule]
    with pytest.raises(ValueError, match=r"dw: expected shape \(2,\), got shape \(3,\)\. It has the shape of w\."):
        update(W, np.ones(3))
    with pytest.raises(TypeError, match="dw: expected a floating-point array, got dtype int64"):
        update(W, np.ones(2, int))
    with pytest.raises(TypeError, match="w: expected a NumPy array, got list"):
        update([1.0, 2.0], DW)


@pytest.mark.parametrize(
    ("rule", "key"), [("sgd_momentum", "velocity"), ("rmsprop", "cache"), ("adam", "m"), ("adam", "v")]
)
def test_running_averages_of_another_shape_are_named(rule, key):
    with pytest.raises(
        ValueError, match=re.escape(f"config['{key}']: expected shape (2,), got shape (3,). It has the shape of w.")
    ):
        optim.RULES[rule](W, DW, {key: np.zeros(3)})


@every_rule
def test_what_is_no_config_is_named(rules, rule):
    update = rules[rule]
    for config in ([1], 0.1, "sgd", ()):
        message = f"config: expected a dict such as {{'learning_rate': 1e-2}}, got {config!r}."
        with pytest.raises(TypeError, match=f"^{re.escape(message)}"):
            update(W, DW, config)
    for key in optim.DEFAULTS[rule]:
        for value in ("a", None, [0.1], True):
            message = f"config['{key}']: expected a finite number, got {value!r}."
            with pytest.raises(TypeError, match=f"^{re.escape(message)}"):
                update(W, DW, {key: value})
        for value in (np.nan, np.inf, np.float32(-np.inf)):
            with pytest.raises(ValueError, match=f"^config..{key}..: expected a finite number, got {value}"):
                update(W, DW, {key: value})
    same, _ = update(W, DW, {"learning_rate": 1.0})
    np.testing.assert_array_equal(update(W, DW, MappingProxyType({"learning_rate": 1}))[0], same)


@pytest.mark.parametrize(
    ("rule", "key"), [("sgd_momentum", "velocity"), ("rmsprop", "cache"), ("adam", "m"), ("adam", "v")]
)
def test_running_averages_that_are_no_arrays_are_named(rule, key):
    with pytest.raises(TypeError, match=f"^config..{key}..: expected a NumPy array, got list"):
        optim.RULES[rule](W, DW, {key: [0.0, 0.0]})


def test_every_hyper_parameter_has_its_range():
    assert optim.RANGES.keys() == {key for defaults in optim.DEFAULTS.values() for key in defaults}
    for defaults in optim.DEFAULTS.values():
        for key, value in defaults.items():
            assert optim.RANGES[key](key, value) == value
