"""1.3 dropout: right answers of set 8."""

import numpy as np

from nnlib.layers import arguments

# %% one factor for both modes


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    factor = (arguments.uniform(x.shape, dropout_param) < p).astype(x.dtype) if training else x.dtype.type(p)
    return x * factor, factor


def dropout_backward(dout, cache):
    return cache * dout


# %% the indices of what is dropped, None in test mode


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    if not training:
        return x * p, (p, None)
    dropped = np.flatnonzero(arguments.uniform(x.shape, dropout_param) >= p)
    out = x.copy(order="C")
    out.flat[dropped] = 0
    return out, (p, dropped)


def dropout_backward(dout, cache):
    p, dropped = cache
    if dropped is None:
        return p * dout
    dx = np.ascontiguousarray(dout).copy()
    dx.reshape(-1)[dropped] = 0
    return dx


# %% draws its own numbers, as the docstring says


def _numbers(shape, rng, seed):
    if rng is not None:
        return np.random.default_rng(rng).random(shape, dtype=np.float32)
    if seed is not None:
        return np.random.RandomState(seed).random_sample(shape)
    return np.random.random_sample(shape)


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    mask = None
    if training:
        mask = _numbers(x.shape, dropout_param.get("rng"), dropout_param.get("seed")) < p
        out = np.where(mask, x, np.zeros_like(x))
    else:
        out = np.multiply(x, p)
    return out, dict(dropout_param, mask=mask)


def dropout_backward(dout, cache):
    if cache["mode"] == "test":
        return dout * cache["p"]
    return np.where(cache["mask"], dout, np.zeros_like(dout))


# %% a function of the mode, the mask as int8


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    if training:
        kept = np.less(arguments.uniform(x.shape, dropout_param), p).view(np.int8)
        return x * kept, ("train", kept)
    return x * p, ("test", p)


def dropout_backward(dout, cache):
    match cache:
        case ("train", kept):
            return dout * kept
        case ("test", p):
            return dout * p
