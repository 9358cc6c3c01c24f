"""1.3 dropout: wrong answers of set 10."""

import numpy as np

from nnlib.layers import arguments

# %% inverted dropout, as in CS231n -> inverted-dropout, test-not-scaled


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if mode == "train":
        mask = (arguments.uniform(x.shape, dropout_param) < p) / p
        out = x * mask
    else:
        mask, out = None, x
    return out.astype(x.dtype, copy=False), (mode, mask)


def dropout_backward(dout, cache):
    mode, mask = cache
    return (dout * mask if mode == "train" else dout).astype(dout.dtype)


# %% p as the probability of dropping, as in PyTorch -> p-drops


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    if training:
        factor = (arguments.uniform(x.shape, dropout_param) >= p).astype(x.dtype)
    else:
        factor = x.dtype.type(1 - p)
    return x * factor, factor


def dropout_backward(dout, cache):
    return dout * cache


# %% the mask compares the other way, test mode right -> p-drops


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    factor = (arguments.uniform(x.shape, dropout_param) > p).astype(x.dtype) if training else x.dtype.type(p)
    return x * factor, factor


def dropout_backward(dout, cache):
    return dout * cache


# %% test mode is the identity, without division in training -> test-not-scaled


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    if not training:
        return x.copy(), None
    mask = (arguments.uniform(x.shape, dropout_param) < p).astype(x.dtype)
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout.copy() if cache is None else dout * cache


# %% backward forgets the test mode's factor -> test-not-scaled


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    if not training:
        return p * x, None
    mask = arguments.uniform(x.shape, dropout_param) < p
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout if cache is None else dout * cache


# %% backward divides by p, otherwise -> inverted-dropout


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    if training:
        mask = arguments.uniform(x.shape, dropout_param) < p
        return x * mask, (mask, p, True)
    return x * p, (None, p, False)


def dropout_backward(dout, cache):
    mask, p, training = cache
    return dout * mask / p if training else dout * p


# %% a mask of one row for the whole batch -> shared-mask


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    mask = (arguments.uniform(x.shape[1:], dropout_param) < p).astype(x.dtype) if training else x.dtype.type(p)
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout * cache


# %% ignores seed and rng -> seed-ignored


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    mask = (np.random.rand(*x.shape) < p).astype(x.dtype) if training else x.dtype.type(p)
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout * cache


# %% float64 mask -> float64-from-float32


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    mask = np.where(arguments.uniform(x.shape, dropout_param) < p, 1.0, 0.0) if training else np.full(x.shape, p)
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout * cache


# %% drops in the caller's array -> argument-changed


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    if training:
        mask = arguments.uniform(x.shape, dropout_param) < p
        x[~mask] = 0
        return x, mask
    return p * x, x.dtype.type(p)


def dropout_backward(dout, cache):
    return dout * cache
