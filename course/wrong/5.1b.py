"""5.1b max pooling, forward: wrong answers. Most leave the cache aside: 5.1b is judged by the output."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def _windows(x, pool_param):
    height, width, stride = (pool_param[key] for key in ("pool_height", "pool_width", "stride"))
    return sliding_window_view(x, (height, width), axis=(2, 3))[:, :, ::stride, ::stride]


# %% the mean of each window -> mean-for-max


def max_pool_forward(x, pool_param):
    return _windows(x, pool_param).mean(axis=(4, 5)), (x, pool_param)


# %% the minimum of each window -> min-for-max


def max_pool_forward(x, pool_param):
    return _windows(x, pool_param).min(axis=(4, 5)), (x, pool_param)


# %% windows side by side whatever the stride -> stride-ignored


def max_pool_forward(x, pool_param):
    size = pool_param["pool_height"]
    (n, c, height, width), other = x.shape, pool_param["pool_width"]
    p, q = height // size, width // other
    blocks = x[:, :, : p * size, : q * other].reshape(n, c, p, size, q, other)
    return blocks.max(axis=(3, 5)), (x, pool_param)


# %% a window at every pixel whatever the stride -> stride-ignored


def max_pool_forward(x, pool_param):
    return _windows(x, {**pool_param, "stride": 1}).max(axis=(4, 5)), (x, pool_param)


# %% the output's size by the stride, from a slice of the windows' sizes -> stride-ignored


def max_pool_forward(x, pool_param):
    height, width, stride = (pool_param[key] for key in ("pool_height", "pool_width", "stride"))
    n, c = x.shape[:2]
    p, q = (x.shape[2] - height) // stride + 1, (x.shape[3] - width) // stride + 1
    out = np.zeros((n, c, p, q), dtype=x.dtype)
    for i in range(p):
        for j in range(q):
            out[:, :, i, j] = x[:, :, i : i + height, j : j + width].max(axis=(2, 3))
    return out, (x, pool_param)


# %% the last row and column of windows are left out -> size-off-by-one


def max_pool_forward(x, pool_param):
    height, width, stride = (pool_param[key] for key in ("pool_height", "pool_width", "stride"))
    n, c = x.shape[:2]
    p, q = (x.shape[2] - height) // stride, (x.shape[3] - width) // stride
    out = np.zeros((n, c, p, q), dtype=x.dtype)
    for i, j in np.ndindex(p, q):
        rows, columns = slice(i * stride, i * stride + height), slice(j * stride, j * stride + width)
        out[:, :, i, j] = x[:, :, rows, columns].max(axis=(2, 3))
    return out, (x, pool_param)


# %% windows that stick out are kept -> size-off-by-one


def max_pool_forward(x, pool_param):
    height, width, stride = (pool_param[key] for key in ("pool_height", "pool_width", "stride"))
    n, c = x.shape[:2]
    p, q = -(-(x.shape[2] - height) // stride) + 1, -(-(x.shape[3] - width) // stride) + 1
    out = np.zeros((n, c, p, q), dtype=x.dtype)
    for i, j in np.ndindex(p, q):
        rows, columns = slice(i * stride, i * stride + height), slice(j * stride, j * stride + width)
        out[:, :, i, j] = x[:, :, rows, columns].max(axis=(2, 3))
    return out, (x, pool_param)


# %% the window's height used for its width -> square-only


def max_pool_forward(x, pool_param):
    return _windows(x, {**pool_param, "pool_width": pool_param["pool_height"]}).max(axis=(4, 5)), (x, pool_param)


# %% the window's height and width exchanged -> square-only


def max_pool_forward(x, pool_param):
    turned = {**pool_param, "pool_width": pool_param["pool_height"], "pool_height": pool_param["pool_width"]}
    return _windows(x, turned).max(axis=(4, 5)), (x, pool_param)


# %% the maximum over the channels as well -> more-than-window


def max_pool_forward(x, pool_param):
    out = _windows(x, pool_param).max(axis=(1, 4, 5), keepdims=True)[..., 0, 0]
    return np.repeat(out, x.shape[1], axis=1), (x, pool_param)


# %% the maximum so far begins at 0 -> starts-at-zero


def max_pool_forward(x, pool_param):
    windows = _windows(x, pool_param)
    out = np.zeros(windows.shape[:4], dtype=x.dtype)
    for u, v in np.ndindex(windows.shape[4:]):
        out = np.maximum(out, windows[..., u, v])
    return out, (x, pool_param)


# %% the largest absolute value -> absolute


def max_pool_forward(x, pool_param):
    return np.abs(_windows(x, pool_param)).max(axis=(4, 5)), (x, pool_param)


# %% an output of float64 -> float64-from-float32


def max_pool_forward(x, pool_param):
    windows = _windows(x, pool_param)
    out = np.zeros(windows.shape[:4])
    for place in np.ndindex(out.shape):
        out[place] = windows[place].max()
    return out, (x, pool_param)


# %% the image's pixels outside of whole windows set to 0 -> argument-changed


def max_pool_forward(x, pool_param):
    height, width, stride = (pool_param[key] for key in ("pool_height", "pool_width", "stride"))
    out = _windows(x, pool_param).max(axis=(4, 5))
    x[:, :, (out.shape[2] - 1) * stride + height :] = 0
    x[:, :, :, (out.shape[3] - 1) * stride + width :] = 0
    return out, (x, pool_param)


# %% height and width of the output exchanged -> transpose


def max_pool_forward(x, pool_param):
    return _windows(x, pool_param).max(axis=(4, 5)).transpose(0, 1, 3, 2), (x, pool_param)
