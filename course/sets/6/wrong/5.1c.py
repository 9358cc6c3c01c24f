"""5.1c max pooling, backward: wrong answers."""

import numpy as np


# %% the gradient is divided by the window's size -> constant-factor, over-size
def max_pool_backward(dout, cache):
    winner, x_shape, (ph, pw, s) = _cache(cache)
    dx = np.zeros(x_shape, dout.dtype)
    n, c, p, q = np.indices(dout.shape, sparse=True)
    np.add.at(dx, (n, c, p * s + winner // pw, q * s + winner % pw), dout / dout.dtype.type(ph * pw))
    return dx


def max_pool_forward(x, pool_param):
    ph, pw, s = pool_param.values()
    views = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), (2, 3))[:, :, ::s, ::s]
    flat = views.reshape(*views.shape[:4], -1)
    return flat.max(-1), (flat.argmax(-1), x.shape, (ph, pw, s))


def _cache(cache):
    return cache


# %% the channels' gradients are added up -> channels-mixed
def max_pool_backward(dout, cache):
    winner, x_shape, (ph, pw, s) = cache
    dx = np.zeros(x_shape, dout.dtype)
    n, c, p, q = np.indices(dout.shape, sparse=True)
    np.add.at(dx, (n, c, p * s + winner // pw, q * s + winner % pw), dout.sum(1, keepdims=True))
    return dx


def max_pool_forward(x, pool_param):
    ph, pw, s = pool_param.values()
    views = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), (2, 3))[:, :, ::s, ::s]
    flat = views.reshape(*views.shape[:4], -1)
    return flat.max(-1), (flat.argmax(-1), x.shape, (ph, pw, s))
