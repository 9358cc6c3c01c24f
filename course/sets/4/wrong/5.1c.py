"""5.1c max pooling, backward: wrong answers."""

import numpy as np


# %% every image's gradient goes into the first image -> examples-mixed
def max_pool_backward(dout, cache):
    winner, shape, (_h, w, s) = cache
    dx = np.zeros(shape, dout.dtype)
    for n, c, i, j in np.ndindex(*dout.shape):
        u, v = divmod(int(winner[n, c, i, j]), w)
        dx[0, c, i * s + u, j * s + v] += dout[n, c, i, j]
    return dx


# %% the maximum itself is added to the gradient -> needless-argument
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
        dx[n, c, i * s + a, j * s + b] += dout[n, c, i, j] + win[a, b]
    return dx
