"""1.2 ReLU: right answers of set 8."""

import numpy as np

from nnlib import checks

# %% the mask packed into bits


def relu_forward(x):
    checks.floating("x", x)
    return np.clip(x, 0, None), (np.packbits(x > 0), x.shape)


def relu_backward(dout, cache):
    bits, shape = cache
    mask = np.unpackbits(bits, count=int(np.prod(shape))).reshape(shape)
    return dout * mask.astype(dout.dtype)


# %% an object with a method as cache


class _Gate:
    def __init__(self, x):
        self.closed = np.less_equal(x, 0)

    def pull(self, dout):
        dx = np.array(dout, copy=True)
        np.copyto(dx, 0, where=self.closed)
        return dx


def relu_forward(x):
    checks.floating("x", x)
    gate = _Gate(x)
    return gate.pull(x), gate


def relu_backward(dout, cache):
    return cache.pull(dout)


# %% a masked array, the coordinates as cache


def relu_forward(x):
    checks.floating("x", x)
    return np.ma.masked_less(x, 0).filled(0), np.nonzero(x > 0)


def relu_backward(dout, cache):
    dx = np.zeros_like(dout)
    dx[cache] = dout[cache]
    return dx


# %% heaviside, the output as cache


def relu_forward(x):
    checks.floating("x", x)
    out = np.maximum(x, np.zeros(1, dtype=x.dtype))
    return out, out


def relu_backward(dout, cache):
    return np.multiply(dout, np.heaviside(cache, 0), dtype=dout.dtype)
