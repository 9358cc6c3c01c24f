"""1.3 dropout: right answers of set 11."""

import numpy as np

from nnlib.layers import arguments

# %% the three sources written out; a Generator, an int, a seed or NumPy's state


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    rng, seed = dropout_param.get("rng"), dropout_param.get("seed")
    if mode == "test":
        return x * x.dtype.type(p), (mode, x.dtype.type(p))
    if rng is not None:
        if not isinstance(rng, np.random.Generator):
            rng = np.random.default_rng(rng)
        u = rng.random(x.shape, dtype=np.float32)
    elif seed is not None:
        u = np.random.RandomState(seed).rand(*x.shape)
    else:
        u = np.random.rand(*x.shape)
    mask = (u < p).astype(x.dtype)
    return x * mask, (mode, mask)


def dropout_backward(dout, cache):
    _mode, scale = cache
    return dout * scale


# %% a small class with both passes


class _Dropout:
    __slots__ = ("factor",)

    def __init__(self, factor):
        self.factor = factor

    def __call__(self, a):
        return np.multiply(a, self.factor).astype(a.dtype, copy=False)


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    layer = _Dropout(np.less(arguments.uniform(x.shape, dropout_param), p) if training else float(p))
    return layer(x), layer


def dropout_backward(dout, cache):
    return cache(dout)
