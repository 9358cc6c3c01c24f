"""5.1b max pooling, forward: wrong answers of set 10."""

import numpy as np

from nnlib.layers import arguments

# %% windows side by side, whatever the stride -> stride-ignored


def max_pool_forward(x, pool_param):
    h, w, s = arguments.max_pool(x, pool_param)
    P, Q = (x.shape[2] - h) // h + 1, (x.shape[3] - w) // w + 1
    cut = x[:, :, : P * h, : Q * w].reshape(*x.shape[:2], P, h, Q, w)
    return cut.max(axis=(3, 5)), None


# %% running maximum from zero -> starts-at-zero


def max_pool_forward(x, pool_param):
    h, w, s = arguments.max_pool(x, pool_param)
    P, Q = (x.shape[2] - h) // s + 1, (x.shape[3] - w) // s + 1
    out = np.zeros((*x.shape[:2], P, Q), x.dtype)
    for u in range(h):
        for v in range(w):
            out = np.maximum(out, x[:, :, u : u + P * s : s, v : v + Q * s : s][:, :, :P, :Q])
    return out, None


# %% an extra window that sticks out -> size-off-by-one


def max_pool_forward(x, pool_param):
    h, w, s = arguments.max_pool(x, pool_param)
    H, W = x.shape[2:]
    rows, columns = range(0, H, s), range(0, W, s)
    out = [[x[:, :, i : i + h, j : j + w].max(axis=(2, 3)) for j in columns] for i in rows]
    return np.array(out).transpose(2, 3, 0, 1), None


# %% height and width traded -> square-only


def max_pool_forward(x, pool_param):
    h, w, s = pool_param["pool_width"], pool_param["pool_height"], pool_param["stride"]
    view = np.lib.stride_tricks.sliding_window_view(x, (h, w), axis=(2, 3))[:, :, ::s, ::s]
    return view.max(axis=(-1, -2)), None


# %% the average -> mean-for-max


def max_pool_forward(x, pool_param):
    h, w, s = arguments.max_pool(x, pool_param)
    view = np.lib.stride_tricks.sliding_window_view(x, (h, w), axis=(2, 3))[:, :, ::s, ::s]
    return view.mean(axis=(-1, -2)), None


# %% one window too few -> size-off-by-one


def max_pool_forward(x, pool_param):
    h, w, s = arguments.max_pool(x, pool_param)
    N, C, H, W = x.shape
    out = np.zeros((N, C, (H - h) // s, (W - w) // s), x.dtype)
    for p, q in np.ndindex(*out.shape[2:]):
        out[:, :, p, q] = x[:, :, p * s : p * s + h, q * s : q * s + w].max(axis=(2, 3))
    return out, None
