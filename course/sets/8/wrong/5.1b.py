"""5.1b max pooling, forward: wrong answers of set 8."""

import numpy as np

from nnlib.layers import arguments

# %% the window's height is taken for the stride -> stride-ignored


def max_pool_forward(x, pool_param):
    height, width, _ = arguments.max_pool(x, pool_param)
    n, c, h, w = x.shape
    p, q = h // height, w // width
    parts = x[:, :, : p * height, : q * width].reshape(n, c, p, height, q, width)
    return parts.max(axis=(3, 5)), (x, pool_param)


# %% mean pooling -> mean-for-max


def max_pool_forward(x, pool_param):
    height, width, stride = arguments.max_pool(x, pool_param)
    windows = np.lib.stride_tricks.sliding_window_view(x, (height, width), axis=(2, 3))[:, :, ::stride, ::stride]
    return windows.mean(axis=(4, 5)), (x, pool_param)


# %% the maximum starts at 0 -> starts-at-zero


def max_pool_forward(x, pool_param):
    height, width, stride = arguments.max_pool(x, pool_param)
    p, q = (x.shape[2] - height) // stride + 1, (x.shape[3] - width) // stride + 1
    out = np.zeros(x.shape[:2] + (p, q), dtype=x.dtype)
    for u in range(height):
        for v in range(width):
            part = x[:, :, u : u + (p - 1) * stride + 1 : stride, v : v + (q - 1) * stride + 1 : stride]
            out = np.maximum(out, part)
    return out, (x, pool_param)


# %% half windows at the border count too -> size-off-by-one


def max_pool_forward(x, pool_param):
    height, width, stride = arguments.max_pool(x, pool_param)
    p, q = -(-(x.shape[2] - height) // stride) + 1, -(-(x.shape[3] - width) // stride) + 1
    out = np.empty(x.shape[:2] + (p, q), dtype=x.dtype)
    for i in range(p):
        for j in range(q):
            window = x[:, :, i * stride : i * stride + height, j * stride : j * stride + width]
            out[:, :, i, j] = window.max(axis=(2, 3))
    return out, (x, pool_param)
