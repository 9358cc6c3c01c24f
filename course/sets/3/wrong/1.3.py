"""1.3 dropout: wrong answers."""

import numpy as np


# %% backward divides by p -> inverted-dropout
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x * p, (None, p)
    if dropout_param.get("rng") is not None:
        u = np.random.default_rng(dropout_param["rng"]).random(x.shape, dtype=np.float32)
    elif dropout_param.get("seed") is not None:
        u = np.random.RandomState(dropout_param["seed"]).rand(*x.shape)
    else:
        u = np.random.rand(*x.shape)
    return x * (u < p), (u < p, p)


def dropout_backward(dout, cache):
    mask, p = cache
    return dout * p if mask is None else dout * mask / p


# %% one number decides for the whole array -> shared-mask, none
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x * p, p
    if dropout_param.get("seed") is not None:
        np.random.seed(dropout_param["seed"])
    mask = np.random.rand() < p
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout * cache


# %% an example is dropped whole -> shared-mask
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x * p, p
    if dropout_param.get("seed") is not None:
        np.random.seed(dropout_param["seed"])
    mask = (np.random.rand(len(x)) < p).reshape(-1, *[1] * (x.ndim - 1))
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout * cache


# %% the modes are exchanged -> drops-in-test, nothing-dropped, none
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        return x * p, p
    if dropout_param.get("seed") is not None:
        np.random.seed(dropout_param["seed"])
    mask = np.random.rand(*x.shape) < p
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout * cache
