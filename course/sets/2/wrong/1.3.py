"""1.3 dropout: wrong answers."""

import numpy as np


# %% the mask keeps where the draw is above p -> p-drops
def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if dropout_param.get("seed") is not None:
        np.random.seed(dropout_param["seed"])
    mask = None
    if mode == "train":
        mask = np.random.rand(*x.shape) > p
        out = x * mask
    else:
        out = x * p
    return out, (mask, p)


def dropout_backward(dout, cache):
    mask, p = cache
    return dout * p if mask is None else dout * mask


# %% inverted, by the course's newer notes -> inverted-dropout, test-not-scaled
def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if dropout_param.get("seed") is not None:
        np.random.seed(dropout_param["seed"])
    mask = None
    if mode == "train":
        mask = ((np.random.rand(*x.shape) < p) / p).astype(x.dtype)
        return x * mask, mask
    return x, None


def dropout_backward(dout, cache):
    return dout.copy() if cache is None else dout * cache


# %% test scales by 1 - p -> p-drops
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x * (1 - p), (1 - p)
    source = np.random.RandomState(dropout_param["seed"]) if dropout_param.get("seed") is not None else np.random
    rng = dropout_param.get("rng")
    u = np.random.default_rng(rng).random(x.shape, dtype=np.float32) if rng is not None else source.rand(*x.shape)
    return x * (u < p), u < p


def dropout_backward(dout, cache):
    return dout * cache


# %% the gradient of test mode is not scaled -> test-not-scaled
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x * p, None
    source = np.random.RandomState(dropout_param["seed"]) if dropout_param.get("seed") is not None else np.random
    rng = dropout_param.get("rng")
    u = np.random.default_rng(rng).random(x.shape, dtype=np.float32) if rng is not None else source.rand(*x.shape)
    return x * (u < p), u < p


def dropout_backward(dout, cache):
    if cache is None:
        return dout + 0
    return dout * cache


# %% normal numbers for uniform ones -> seed-ignored
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x * p, p
    if dropout_param.get("seed") is not None:
        np.random.seed(dropout_param["seed"])
    mask = np.random.randn(*x.shape) < p
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout * cache


# %% binomial numbers, whatever the seed -> seed-ignored
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x * p, p
    mask = np.random.binomial(1, p, size=x.shape).astype(x.dtype)
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout * cache


# %% a mask of floats -> float64-from-float32
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x * p, p
    source = np.random.RandomState(dropout_param["seed"]) if dropout_param.get("seed") is not None else np.random
    rng = dropout_param.get("rng")
    u = np.random.default_rng(rng).random(x.shape, dtype=np.float32) if rng is not None else source.rand(*x.shape)
    mask = (u < p).astype(float)
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout * cache


# %% backward works in train mode alone -> exception
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    mask = None
    if dropout_param["mode"] == "test":
        return x * p, mask
    source = np.random.RandomState(dropout_param["seed"]) if dropout_param.get("seed") is not None else np.random
    rng = dropout_param.get("rng")
    u = np.random.default_rng(rng).random(x.shape, dtype=np.float32) if rng is not None else source.rand(*x.shape)
    mask = u < p
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout * cache


# %% the gradient is multiplied by p as well -> scaled-by-p
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x * p, (None, p)
    source = np.random.RandomState(dropout_param["seed"]) if dropout_param.get("seed") is not None else np.random
    rng = dropout_param.get("rng")
    u = np.random.default_rng(rng).random(x.shape, dtype=np.float32) if rng is not None else source.rand(*x.shape)
    return x * (u < p), (u < p, p)


def dropout_backward(dout, cache):
    mask, p = cache
    return dout * p if mask is None else dout * mask * p
