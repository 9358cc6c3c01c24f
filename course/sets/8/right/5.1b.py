"""5.1b max pooling, forward: right answers of set 8."""

from functools import reduce
from itertools import product

import numpy as np

from nnlib.layers import arguments

# %% strides, the maximum's place in each window


def _views(x, height, width, stride):
    n, c, h, w = x.shape
    sn, sc, sh, sw = x.strides
    shape = (n, c, (h - height) // stride + 1, (w - width) // stride + 1, height, width)
    return np.lib.stride_tricks.as_strided(x, shape, (sn, sc, sh * stride, sw * stride, sh, sw), writeable=False)


def max_pool_forward(x, pool_param):
    height, width, stride = arguments.max_pool(x, pool_param)
    flat = _views(x, height, width, stride).reshape(*_views(x, height, width, stride).shape[:4], -1)
    best = flat.argmax(axis=-1)[..., None]
    return np.take_along_axis(flat, best, -1)[..., 0], (best[..., 0], x.shape, (height, width, stride))


def max_pool_backward(dout, cache):
    best, shape, (_, width, stride) = cache
    dx = np.zeros(shape, dtype=dout.dtype)
    n, c, p, q = np.indices(best.shape, sparse=True)
    np.add.at(dx, (n, c, p * stride + best // width, q * stride + best % width), dout)
    return dx


# %% np.maximum over shifted images, the output in the cache


def max_pool_forward(x, pool_param):
    height, width, stride = arguments.max_pool(x, pool_param)
    p, q = (x.shape[2] - height) // stride + 1, (x.shape[3] - width) // stride + 1

    def shifted(u, v):
        return x[:, :, u : u + stride * (p - 1) + 1 : stride, v : v + stride * (q - 1) + 1 : stride]

    out = reduce(np.maximum, (shifted(u, v) for u, v in product(range(height), range(width)))).copy()
    return out, {"x": x, "out": out, "sizes": (height, width, stride)}


def max_pool_backward(dout, cache):
    x, out, (height, width, stride) = cache["x"], cache["out"], cache["sizes"]
    dx, open_ = np.zeros_like(x), np.ones(out.shape, dtype=bool)
    p, q = out.shape[2:]
    for u, v in product(range(height), range(width)):
        here = (..., slice(u, u + stride * (p - 1) + 1, stride), slice(v, v + stride * (q - 1) + 1, stride))
        won = open_ & (x[here] == out)
        dx[here] += won * dout
        open_ &= ~won
    return dx
