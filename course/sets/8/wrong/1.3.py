"""1.3 dropout: wrong answers of set 8."""

import numpy as np

from nnlib.layers import arguments

# %% inverted dropout (set 8) -> inverted-dropout, test-not-scaled


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    if not training:
        return x.copy(), np.ones_like(x)
    mask = ((arguments.uniform(x.shape, dropout_param) < p) / p).astype(x.dtype)
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout * cache


# %% p taken as the probability of dropping -> p-drops


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    drop = 1 - p
    if not training:
        return x * drop, drop
    mask = arguments.uniform(x.shape, dropout_param) >= p
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout * cache


# %% backward drops anew -> another-mask


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    if not training:
        return x * p, dropout_param
    return x * (arguments.uniform(x.shape, dropout_param) < p), dropout_param


def dropout_backward(dout, cache):
    if cache["mode"] == "test":
        return dout * cache["p"]
    return dout * (arguments.uniform(dout.shape, cache) < cache["p"])


# %% test mode's backward forgets p -> test-not-scaled


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    if training:
        mask = (arguments.uniform(x.shape, dropout_param) < p).astype(x.dtype)
        return x * mask, mask
    return x * p, None


def dropout_backward(dout, cache):
    return dout if cache is None else dout * cache


# %% whole columns are dropped, one mask for all examples -> shared-mask


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    mask = arguments.uniform(x.shape[1:], dropout_param) < p if training else p
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout * cache


# %% test mode drops as well -> drops-in-test


def dropout_forward(x, dropout_param):
    p, _ = arguments.dropout(x, dropout_param)
    mask = arguments.uniform(x.shape, dropout_param) < p
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout * cache


# %% the mask is float64 -> float64-from-float32


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    mask = np.full(x.shape, p)
    if training:
        mask = np.where(arguments.uniform(x.shape, dropout_param) < p, 1.0, 0.0)
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout * cache
