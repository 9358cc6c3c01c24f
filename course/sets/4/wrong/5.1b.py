"""5.1b max pooling, forward: wrong answers."""

import numpy as np


# %% the loops end before the last window -> unfilled
def max_pool_forward(x, pool_param):
    h, w, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    n, c, height, width = x.shape
    out = np.zeros((n, c, (height - h) // s + 1, (width - w) // s + 1), x.dtype)
    for i in range(0, height - h, s):
        for j in range(0, width - w, s):
            out[:, :, i // s, j // s] = x[:, :, i : i + h, j : j + w].max((2, 3))
    return out, None


# %% the upper left pixel of each window -> window-size, none
def max_pool_forward(x, pool_param):
    h, w, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    _n, _c, height, width = x.shape
    return x[:, :, : height - h + 1 : s, : width - w + 1 : s].copy(), None
