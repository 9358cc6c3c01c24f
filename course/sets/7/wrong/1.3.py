"""1.3 dropout: wrong answers."""

import numpy as np


# %% test backward unscaled -> test-not-scaled
# in test mode the backward pass returns dout without the factor p of the forward pass
def dropout_forward(x, dropout_param):
    p, mode = float(dropout_param["p"]), dropout_param["mode"]
    mask = None
    if mode == "train":
        if dropout_param.get("rng") is not None:
            u = np.random.default_rng(dropout_param["rng"]).random(x.shape, dtype=np.float32)
        elif dropout_param.get("seed") is not None:
            u = np.random.RandomState(dropout_param["seed"]).rand(*x.shape)
        else:
            u = np.random.rand(*x.shape)
        mask = u < p
        out = x * mask
    else:
        out = x * p
    return out, (dropout_param, mask)


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    if dropout_param["mode"] == "train":
        dx = dout * mask
    else:
        dx = dout.copy()
    return dx


# %% one mask for the batch -> shared-mask
# the mask is drawn for one example and broadcast over the batch so all examples lose the same units
def dropout_forward(x, dropout_param):
    p, mode = float(dropout_param["p"]), dropout_param["mode"]
    if mode == "test":
        return x * p, p
    shape = x.shape[1:]
    if dropout_param.get("rng") is not None:
        u = np.random.default_rng(dropout_param["rng"]).random(shape, dtype=np.float32)
    elif dropout_param.get("seed") is not None:
        u = np.random.RandomState(dropout_param["seed"]).rand(*shape)
    else:
        u = np.random.rand(*shape)
    mask = u < p
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout * cache


# %% test scaled by drop rate -> p-drops
# the test pass scales by 1 - p as if p were the probability of dropping
def dropout_forward(x, dropout_param):
    p = float(dropout_param["p"])
    if dropout_param["mode"] == "train":
        rng, seed = dropout_param.get("rng"), dropout_param.get("seed")
        if rng is not None:
            numbers = np.random.default_rng(rng).random(x.shape, dtype=np.float32)
        elif seed is not None:
            numbers = np.random.RandomState(seed).rand(*x.shape)
        else:
            numbers = np.random.rand(*x.shape)
        factor = numbers < p
    else:
        factor = 1 - p
    return x * factor, factor


def dropout_backward(dout, cache):
    factor = cache
    return dout * factor
