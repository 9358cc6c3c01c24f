"""5.1c max pooling, backward: wrong answers of set 10."""

import numpy as np

from nnlib.layers import arguments


def max_pool_forward(x, pool_param):
    h, w, s = arguments.max_pool(x, pool_param)
    view = np.lib.stride_tricks.sliding_window_view(x, (h, w), axis=(2, 3))[:, :, ::s, ::s]
    return view.max(axis=(4, 5)), (x, h, w, s)


# %% every tied element gets all of it -> ties-to-all


def max_pool_backward(dout, cache):
    x, h, w, s = cache
    dx = np.zeros_like(x)
    for n, c, p, q in np.ndindex(*dout.shape):
        here = np.s_[n, c, p * s : p * s + h, q * s : q * s + w]
        dx[here] += (x[here] == x[here].max()) * dout[n, c, p, q]
    return dx


# %% tied elements share it -> ties-shared


def max_pool_backward(dout, cache):
    x, h, w, s = cache
    dx = np.zeros_like(x)
    for n, c, p, q in np.ndindex(*dout.shape):
        here = np.s_[n, c, p * s : p * s + h, q * s : q * s + w]
        mask = x[here] == x[here].max()
        dx[here] += mask * dout[n, c, p, q] / mask.sum()
    return dx


# %% overwrites where windows overlap -> overwrites-overlaps


def max_pool_backward(dout, cache):
    x, h, w, s = cache
    dx = np.zeros_like(x)
    for n, c, p, q in np.ndindex(*dout.shape):
        window = x[n, c, p * s : p * s + h, q * s : q * s + w]
        u, v = divmod(window.argmax(), w)
        dx[n, c, p * s + u, q * s + v] = dout[n, c, p, q]
    return dx


# %% fancy indexing with += -> overwrites-overlaps


def max_pool_backward(dout, cache):
    x, h, w, s = cache
    view = np.lib.stride_tricks.sliding_window_view(x, (h, w), axis=(2, 3))[:, :, ::s, ::s]
    u, v = np.divmod(view.reshape(*dout.shape, -1).argmax(axis=-1), w)
    n, c, p, q = np.indices(dout.shape)
    dx = np.zeros_like(x)
    dx[n, c, p * s + u, q * s + v] += dout
    return dx


# %% the last maximum wins -> last-tie


def max_pool_backward(dout, cache):
    x, h, w, s = cache
    dx = np.zeros_like(x)
    for n, c, p, q in np.ndindex(*dout.shape):
        window = x[n, c, p * s : p * s + h, q * s : q * s + w]
        best, place = -np.inf, None
        for u, v in np.ndindex(h, w):
            if window[u, v] >= best:
                best, place = window[u, v], (p * s + u, q * s + v)
        dx[n, c, place[0], place[1]] += dout[n, c, p, q]
    return dx


# %% the whole window gets the gradient -> mean-for-max


def max_pool_backward(dout, cache):
    x, h, w, s = cache
    dx = np.zeros_like(x)
    for p, q in np.ndindex(*dout.shape[2:]):
        dx[:, :, p * s : p * s + h, q * s : q * s + w] += dout[:, :, p, q][..., None, None]
    return dx


# %% the stride is taken as 2 -> stride-ignored


def max_pool_backward(dout, cache):
    x, h, w, _ = cache
    dx = np.zeros_like(x)
    for n, c, p, q in np.ndindex(*dout.shape):
        window = x[n, c, 2 * p : 2 * p + h, 2 * q : 2 * q + w]
        if window.size:
            u, v = divmod(window.argmax(), window.shape[1])
            dx[n, c, 2 * p + u, 2 * q + v] += dout[n, c, p, q]
    return dx


# %% divmod by the window's height -> misplaced


def max_pool_backward(dout, cache):
    x, h, w, s = cache
    dx = np.zeros_like(x)
    for n, c, p, q in np.ndindex(*dout.shape):
        window = x[n, c, p * s : p * s + h, q * s : q * s + w]
        u, v = divmod(window.argmax(), h)
        i, j = min(p * s + u, x.shape[2] - 1), min(q * s + v, x.shape[3] - 1)
        dx[n, c, i, j] += dout[n, c, p, q]
    return dx
