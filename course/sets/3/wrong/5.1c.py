"""5.1c max pooling, backward: wrong answers."""

import numpy as np


# %% the winner by a mask of equals, each paid -> ties-to-all
def max_pool_forward(x, pool_param):
    h, w, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    v = np.lib.stride_tricks.sliding_window_view(x, (h, w), axis=(2, 3))[:, :, ::s, ::s]
    return v.max((4, 5)), (x, v.max((4, 5)), h, w, s)


def max_pool_backward(dout, cache):
    x, out, h, w, s = cache
    dx = np.zeros_like(x)
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            win = x[:, :, i * s : i * s + h, j * s : j * s + w]
            dx[:, :, i * s : i * s + h, j * s : j * s + w] += (win == out[:, :, i : i + 1, j : j + 1]) * dout[
                :, :, i : i + 1, j : j + 1
            ]
    return dx


# %% the gradient is put at the windows' corners -> misplaced
def max_pool_forward(x, pool_param):
    h, w, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    v = np.lib.stride_tricks.sliding_window_view(x, (h, w), axis=(2, 3))[:, :, ::s, ::s]
    return v.max((4, 5)), (x, v.max((4, 5)), h, w, s)


def max_pool_backward(dout, cache):
    x, out, _h, _w, s = cache
    dx = np.zeros_like(x)
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            dx[:, :, i * s, j * s] += dout[:, :, i, j]
    return dx


# %% the winner is multiplied by its value -> times-input
def max_pool_forward(x, pool_param):
    h, w, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    v = np.lib.stride_tricks.sliding_window_view(x, (h, w), axis=(2, 3))[:, :, ::s, ::s]
    return v.max((4, 5)), (x, h, w, s)


def max_pool_backward(dout, cache):
    x, h, w, s = cache
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        win = x[n, c, i * s : i * s + h, j * s : j * s + w]
        a, b = np.unravel_index(win.argmax(), win.shape)
        dx[n, c, i * s + a, j * s + b] += dout[n, c, i, j] * win[a, b]
    return dx


# %% the first channel alone -> one-index
def max_pool_forward(x, pool_param):
    h, w, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    v = np.lib.stride_tricks.sliding_window_view(x, (h, w), axis=(2, 3))[:, :, ::s, ::s]
    return v.max((4, 5)), (x, h, w, s)


def max_pool_backward(dout, cache):
    x, h, w, s = cache
    dx = np.zeros_like(x)
    for n, i, j in np.ndindex(dout.shape[0], *dout.shape[2:]):
        win = x[n, 0, i * s : i * s + h, j * s : j * s + w]
        a, b = np.unravel_index(win.argmax(), win.shape)
        dx[n, 0, i * s + a, j * s + b] += dout[n, 0, i, j]
    return dx
