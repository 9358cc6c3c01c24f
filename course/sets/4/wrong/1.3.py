"""1.3 dropout: wrong answers."""

import numpy as np


def _uniform(x, param):
    if param.get("rng") is not None:
        return np.random.default_rng(param["rng"]).random(x.shape, dtype=np.float32)
    return (np.random if param.get("seed") is None else np.random.RandomState(param["seed"])).rand(*x.shape)


# %% only the kept elements come back -> other-size, exception
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x * p, p
    mask = _uniform(x, dropout_param) < p
    return x[mask], mask


def dropout_backward(dout, cache):
    return dout * cache


# %% training scales what it keeps by 1 - p -> constant-factor
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x * p, p
    mask = (_uniform(x, dropout_param) < p) * np.float32(1 - p)
    return x * mask.astype(x.dtype), mask.astype(x.dtype)


def dropout_backward(dout, cache):
    return dout * cache


# %% backward in training uses p in place of the mask -> missing-mask
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x * p, p
    return x * (_uniform(x, dropout_param) < p), p


def dropout_backward(dout, cache):
    return dout * cache
