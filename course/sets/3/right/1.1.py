"""1.1 fully connected layer: right answers, written differently."""

import numpy as np


# %% examples one by one, a class for the cache
class _Saved:
    def __init__(self, **arrays):
        self.__dict__.update(arrays)


def fc_forward(x, w, b):
    out = np.empty((x.shape[0], w.shape[1]), x.dtype)
    for n, row in enumerate(x):
        out[n] = row @ w + b
    return out, _Saved(x=x, w=w)


def fc_backward(dout, cache):
    dw = np.zeros_like(cache.w)
    db = np.zeros(cache.w.shape[1], dout.dtype)
    for row, g in zip(cache.x, dout, strict=True):
        dw += row[:, None] * g
        db += g
    return np.inner(dout, cache.w), dw, db


# %% matmul and add with out
def fc_forward(x, w, b):
    out = np.empty((len(x), w.shape[1]), x.dtype, order="F")
    np.matmul(x, w, out=out)
    np.add(out, b, out=out)
    return out, {"inputs": (x, w)}


def fc_backward(dout, cache):
    x, w = cache["inputs"]
    return np.tensordot(dout, w, ((1,), (1,))), np.tensordot(x, dout, ((0,), (0,))), np.add.reduce(dout, axis=0)
