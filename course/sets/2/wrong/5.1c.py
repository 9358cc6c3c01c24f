"""5.1c max pooling, backward: wrong answers."""

import numpy as np


def max_pool_forward(x, pool_param):
    h, w, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, H, W = x.shape
    P, Q = (H - h) // s + 1, (W - w) // s + 1
    out = np.zeros((N, C, P, Q), x.dtype)
    for i in range(P):
        for j in range(Q):
            out[:, :, i, j] = x[:, :, i * s : i * s + h, j * s : j * s + w].max((2, 3))
    return out, (x, h, w, s)


# %% the winner's index is taken apart with height and width exchanged -> square-only, none
def max_pool_backward(dout, cache):
    x, h, w, s = cache
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        win = x[n, c, i * s : i * s + h, j * s : j * s + w]
        u, v = divmod(int(win.argmax()), h)
        if u < h and v < w:
            dx[n, c, i * s + u, j * s + v] += dout[n, c, i, j]
    return dx


# %% the maximum of the whole channel gets everything -> misplaced
def max_pool_backward(dout, cache):
    x, _h, _w, _s = cache
    dx = np.zeros_like(x)
    for n, c in np.ndindex(*dout.shape[:2]):
        u, v = np.unravel_index(x[n, c].argmax(), x[n, c].shape)
        dx[n, c, u, v] = dout[n, c].sum()
    return dx


# %% averaged over the batch -> over-n
def max_pool_backward(dout, cache):
    x, h, w, s = cache
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        win = x[n, c, i * s : i * s + h, j * s : j * s + w]
        u, v = np.unravel_index(win.argmax(), win.shape)
        dx[n, c, i * s + u, j * s + v] += dout[n, c, i, j]
    return dx / len(x)


# %% the last channel alone -> one-index
def max_pool_backward(dout, cache):
    x, h, w, s = cache
    dx = np.zeros_like(x)
    N, C, P, Q = dout.shape
    for n in range(N):
        for c in range(C):
            d = np.zeros_like(x[0, 0])
            for i in range(P):
                for j in range(Q):
                    win = x[n, c, i * s : i * s + h, j * s : j * s + w]
                    u, v = np.unravel_index(win.argmax(), win.shape)
                    d[i * s + u, j * s + v] += dout[n, c, i, j]
        dx[n, c] = d
    return dx


# %% a mask of equals, assigned -> overwrites-overlaps
def max_pool_backward(dout, cache):
    x, h, w, s = cache
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        win = x[n, c, i * s : i * s + h, j * s : j * s + w]
        u, v = np.unravel_index(win.argmax(), win.shape)
        dx[n, c, i * s + u, j * s + v] = dout[n, c, i, j]
    return dx


# %% the gradient by the smallest element -> min-for-max
def max_pool_backward(dout, cache):
    x, h, w, s = cache
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        win = x[n, c, i * s : i * s + h, j * s : j * s + w]
        u, v = np.unravel_index(win.argmin(), win.shape)
        dx[n, c, i * s + u, j * s + v] += dout[n, c, i, j]
    return dx


# %% the place within the window for that in the image -> misplaced
def max_pool_backward(dout, cache):
    x, h, w, s = cache
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        win = x[n, c, i * s : i * s + h, j * s : j * s + w]
        u, v = np.unravel_index(win.argmax(), win.shape)
        dx[n, c, u, v] += dout[n, c, i, j]
    return dx
