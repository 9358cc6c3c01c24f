"""5.1b max pooling, forward: wrong answers."""

import numpy as np


# %% one window too few in each direction -> size-off-by-one
def max_pool_forward(x, pool_param):
    h, w, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    n, c, height, width = x.shape
    out = np.zeros((n, c, (height - h) // s, (width - w) // s), x.dtype)
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            out[:, :, i, j] = x[:, :, s * i : s * i + h, s * j : s * j + w].max(axis=(2, 3))
    return out, None


# %% the maximum along the rows alone -> window-size
def max_pool_forward(x, pool_param):
    h, w, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    n, c, height, width = x.shape
    out = np.zeros((n, c, (height - h) // s + 1, (width - w) // s + 1), x.dtype)
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            out[:, :, i, j] = x[:, :, s * i : s * i + h, s * j].max(axis=2)
    return out, None


# %% the pool's width as the stride along the rows -> stride-ignored
def max_pool_forward(x, pool_param):
    h, w, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    n, c, height, width = x.shape
    out = np.zeros((n, c, (height - h) // s + 1, (width - w) // s + 1), x.dtype)
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            out[:, :, i, j] = np.max(x[:, :, s * i : s * i + h, w * j : w * j + w], axis=(2, 3), initial=-np.inf)
    return out, None
