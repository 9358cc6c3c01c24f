"""5.1c max pooling, backward: wrong answers of set 8."""

import numpy as np

from nnlib.layers import arguments


def max_pool_forward(x, pool_param):
    height, width, stride = arguments.max_pool(x, pool_param)
    windows = np.lib.stride_tricks.sliding_window_view(x, (height, width), axis=(2, 3))[:, :, ::stride, ::stride]
    return windows.max(axis=(4, 5)), (x, height, width, stride)


# %% all that tie get the gradient -> ties-to-all


def max_pool_backward(dout, cache):
    x, height, width, stride = cache
    dx = np.zeros_like(x)
    for p in range(dout.shape[2]):
        for q in range(dout.shape[3]):
            here = (..., slice(p * stride, p * stride + height), slice(q * stride, q * stride + width))
            window = x[here]
            won = window == window.max(axis=(2, 3), keepdims=True)
            dx[here] += won * dout[:, :, p : p + 1, q : q + 1]
    return dx


# %% ties share the gradient -> ties-shared


def max_pool_backward(dout, cache):
    x, height, width, stride = cache
    dx = np.zeros_like(x)
    for p in range(dout.shape[2]):
        for q in range(dout.shape[3]):
            here = (..., slice(p * stride, p * stride + height), slice(q * stride, q * stride + width))
            won = x[here] == x[here].max(axis=(2, 3), keepdims=True)
            dx[here] += won / won.sum(axis=(2, 3), keepdims=True, dtype=x.dtype) * dout[:, :, p : p + 1, q : q + 1]
    return dx


# %% fancy indices with +=, so that a pixel's second window is lost -> overwrites-overlaps


def max_pool_backward(dout, cache):
    x, height, width, stride = cache
    windows = np.lib.stride_tricks.sliding_window_view(x, (height, width), axis=(2, 3))[:, :, ::stride, ::stride]
    best = windows.reshape(*dout.shape, -1).argmax(axis=-1)
    n, c, p, q = np.indices(dout.shape)
    dx = np.zeros_like(x)
    dx[n, c, p * stride + best // width, q * stride + best % width] += dout
    return dx


# %% row and column from the flat index by the height -> square-only


def max_pool_backward(dout, cache):
    x, height, width, stride = cache
    dx = np.zeros((*x.shape[:2], x.shape[2] + height + width, x.shape[3] + height + width), dtype=x.dtype)
    for n, c, p, q in np.ndindex(dout.shape):
        window = x[n, c, p * stride : p * stride + height, q * stride : q * stride + width]
        u, v = divmod(int(window.argmax()), height)
        dx[n, c, p * stride + u, q * stride + v] += dout[n, c, p, q]
    return dx[:, :, : x.shape[2], : x.shape[3]]


# %% the last of several maxima -> last-tie


def max_pool_backward(dout, cache):
    x, height, width, stride = cache
    dx = np.zeros_like(x)
    for n, c, p, q in np.ndindex(dout.shape):
        best, where = -np.inf, None
        for u in range(height):
            for v in range(width):
                value = x[n, c, p * stride + u, q * stride + v]
                if value >= best:
                    best, where = value, (p * stride + u, q * stride + v)
        dx[n, c, where[0], where[1]] += dout[n, c, p, q]
    return dx
