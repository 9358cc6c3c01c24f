"""What is no dict of hyper-parameters, or holds no numbers, is refused in words by plain, fast and PyTorch's layers."""

import re
from types import MappingProxyType

import numpy as np
import pytest
from layer_sets import every_set

X, IMAGES, ONES = np.ones((4, 3)), np.ones((2, 3, 4, 4)), np.ones(3)
KEEPING = "dropout_param['p']: expected a probability of KEEPING in (0, 1], got "
SEED = "dropout_param['seed']: expected a whole number from 0 to 2**32 - 1, got "
MOMENTUM = "bn_param['momentum']: expected a number in [0, 1), got "
EPS = "bn_param['eps']: expected a number above 0, got "
NO_VARIANCE = ". A constant feature has no variance to divide by."


def calls(layers):
    """Return what takes each param, by the param's name."""
    return {
        "dropout_param": [lambda param: layers.dropout_forward(X, param)],
        "bn_param": [
            lambda param: layers.batchnorm_forward(X, ONES, ONES, param),
            lambda param: layers.spatial_batchnorm_forward(IMAGES, ONES, ONES, param),
        ],
        "pool_param": [lambda param: layers.max_pool_forward(IMAGES, param)],
    }


@every_set
@pytest.mark.parametrize("wrong", [None, 0.5, 2, "train", (2, 2, 2), ["train"], X], ids=str)
@pytest.mark.parametrize("name", ["dropout_param", "bn_param", "pool_param"])
def test_what_is_no_dict_is_named(name, wrong, layers):
    got = "ndarray" if wrong is X else re.escape(repr(wrong))
    for call in calls(layers)[name]:
        with pytest.raises(TypeError, match=rf"^{name}: expected a dict such as {{'.*}}, got {got}"):
            call(wrong)


@every_set
@pytest.mark.parametrize(
    ("name", "param", "error", "message"),
    [
        ("dropout_param", {"p": "a"}, TypeError, KEEPING + "'a'."),
        ("dropout_param", {"p": None}, TypeError, KEEPING + "None."),
        ("dropout_param", {"p": True}, TypeError, KEEPING + "True."),
        ("dropout_param", {"p": np.nan}, ValueError, KEEPING + "nan."),
        ("dropout_param", {"p": [0.5]}, TypeError, KEEPING + "[0.5]."),
        ("dropout_param", {"seed": "a"}, ValueError, SEED + "'a'."),
        ("dropout_param", {"seed": 1.5}, ValueError, SEED + "1.5."),
        ("dropout_param", {"seed": -1}, ValueError, SEED + "-1."),
        ("dropout_param", {"seed": 2**32}, ValueError, SEED + f"{2**32}."),
        ("dropout_param", {"rng": "a"}, TypeError, "rng: expected an int seed or a numpy.random.Generator, got 'a'."),
        (
            "dropout_param",
            {"mode": ["train"]},
            ValueError,
            "dropout_param['mode']: expected one of 'train', 'test', got",
        ),
        ("dropout_param", {"mode": X}, ValueError, "dropout_param['mode']: expected one of 'train', 'test', got array"),
        ("bn_param", {"mode": None}, ValueError, "bn_param['mode']: expected one of 'train', 'test', got None."),
        ("bn_param", {"eps": "a"}, TypeError, EPS + "'a'" + NO_VARIANCE),
        ("bn_param", {"eps": 0}, ValueError, EPS + "0" + NO_VARIANCE),
        ("bn_param", {"eps": np.inf}, ValueError, EPS + "inf" + NO_VARIANCE),
        ("bn_param", {"momentum": "a"}, TypeError, MOMENTUM + "'a'."),
        ("bn_param", {"momentum": np.nan}, ValueError, MOMENTUM + "nan."),
        ("bn_param", {"momentum": X}, TypeError, MOMENTUM + "array"),
        ("bn_param", {"running_mean": [1.0]}, TypeError, "bn_param['running_mean']: expected a NumPy array, got list."),
        (
            "pool_param",
            {"stride": None},
            ValueError,
            "pool_param['stride']: expected a whole number of at least 1, got",
        ),
        ("pool_param", {"pool_width": "2"}, ValueError, "pool_param['pool_width']: expected a whole number"),
    ],
)
def test_what_is_no_hyper_parameter_is_named(name, param, error, message, layers):
    right = {
        "dropout_param": {"p": 0.5, "mode": "train"},
        "bn_param": {"mode": "train"},
        "pool_param": {"pool_height": 2, "pool_width": 2, "stride": 2},
    }[name]
    for call in calls(layers)[name]:
        with pytest.raises(error, match="^" + re.escape(message)):
            call(right | param)


@every_set
def test_any_mapping_and_numbers_of_numpy_will_do(layers):
    param = MappingProxyType({"p": np.float32(0.5), "mode": "train", "seed": np.int64(3)})
    same, _ = layers.dropout_forward(X, {"p": 0.5, "mode": "train", "seed": 3})
    np.testing.assert_array_equal(layers.dropout_forward(X, param)[0], same)
    pool = MappingProxyType({"pool_height": np.int64(2), "pool_width": 2, "stride": 2})
    assert layers.max_pool_forward(IMAGES, pool)[0].shape == (2, 3, 2, 2)
