"""5.1b max pooling, forward: wrong answers."""

import numpy as np


def _sizes(pool_param):
    return pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]


# %% the stride goes down but not across -> stride-ignored
def max_pool_forward(x, pool_param):
    h, w, s = _sizes(pool_param)
    N, C, H, W = x.shape
    P, Q = (H - h) // s + 1, (W - w) // s + 1
    out = np.zeros((N, C, P, Q), x.dtype)
    for i in range(P):
        for j in range(Q):
            out[:, :, i, j] = x[:, :, i * s : i * s + h, j : j + w].max((2, 3))
    return out, (x, pool_param)


# %% a window as large as the stride -> window-size
def max_pool_forward(x, pool_param):
    h, w, s = _sizes(pool_param)
    N, C, H, W = x.shape
    P, Q = (H - h) // s + 1, (W - w) // s + 1
    out = np.zeros((N, C, P, Q), x.dtype)
    for i in range(P):
        for j in range(Q):
            out[:, :, i, j] = x[:, :, i * s : i * s + s, j * s : j * s + s].max((2, 3))
    return out, (x, pool_param)


# %% the maximum over the batch too -> more-than-window
def max_pool_forward(x, pool_param):
    h, w, s = _sizes(pool_param)
    N, C, H, W = x.shape
    P, Q = (H - h) // s + 1, (W - w) // s + 1
    out = np.zeros((N, C, P, Q), x.dtype)
    for i in range(P):
        for j in range(Q):
            for c in range(C):
                out[:, c, i, j] = np.max(x[:, c, i * s : i * s + h, j * s : j * s + w])
    return out, (x, pool_param)


# %% the output's size is divided and not rounded -> exception
def max_pool_forward(x, pool_param):
    h, w, s = _sizes(pool_param)
    N, C, H, W = x.shape
    P, Q = (H - h) / s + 1, (W - w) / s + 1
    out = np.zeros((N, C, P, Q), x.dtype)
    return out, (x, pool_param)


# %% the sum of the window -> mean-for-max
def max_pool_forward(x, pool_param):
    h, w, s = _sizes(pool_param)
    N, C, H, W = x.shape
    P, Q = (H - h) // s + 1, (W - w) // s + 1
    out = np.zeros((N, C, P, Q), x.dtype)
    for i in range(P):
        for j in range(Q):
            out[:, :, i, j] = x[:, :, i * s : i * s + h, j * s : j * s + w].sum((2, 3))
    return out, (x, pool_param)


# %% the output keeps only the last channel -> one-index
def max_pool_forward(x, pool_param):
    h, w, s = _sizes(pool_param)
    N, C, H, W = x.shape
    P, Q = (H - h) // s + 1, (W - w) // s + 1
    out = np.zeros((N, C, P, Q), x.dtype)
    for i in range(P):
        for j in range(Q):
            for c in range(C):
                best = x[:, c, i * s : i * s + h, j * s : j * s + w].max((1, 2))
            out[:, c, i, j] = best
    return out, (x, pool_param)


# %% the index of the maximum -> index-for-value
def max_pool_forward(x, pool_param):
    h, w, s = _sizes(pool_param)
    N, C, H, W = x.shape
    P, Q = (H - h) // s + 1, (W - w) // s + 1
    out = np.zeros((N, C, P, Q), x.dtype)
    for i in range(P):
        for j in range(Q):
            out[:, :, i, j] = x[:, :, i * s : i * s + h, j * s : j * s + w].reshape(N, C, -1).argmax(2)
    return out, (x, pool_param)
