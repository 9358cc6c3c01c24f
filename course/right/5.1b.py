"""5.1b max pooling, forward: right answers, written differently. The cache is for a backward pass of their own."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

# %% loops over windows


def max_pool_forward(x, pool_param):
    ph, pw, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, H, W = x.shape
    out = np.zeros((N, C, 1 + (H - ph) // stride, 1 + (W - pw) // stride), dtype=x.dtype)
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            out[:, :, i, j] = x[:, :, i * stride : i * stride + ph, j * stride : j * stride + pw].max(axis=(2, 3))
    return out, (x, pool_param)


# %% windows as a view


def max_pool_forward(x, pool_param):
    ph, pw, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    windows = sliding_window_view(x, (ph, pw), axis=(2, 3))[:, :, ::stride, ::stride]
    return windows.max(axis=(4, 5)), (windows, x.shape, pool_param)


# %% the maximum so far, in Fortran order


def max_pool_forward(x, pool_param):
    ph, pw, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    rows, columns = (x.shape[2] - ph) // stride * stride + 1, (x.shape[3] - pw) // stride * stride + 1
    out = None
    for u, v in np.ndindex(ph, pw):
        element = x[:, :, u : u + rows : stride, v : v + columns : stride]
        out = element.copy() if out is None else np.maximum(out, element)
    return np.asfortranarray(out), {"x": x, **pool_param}


# %% rows first, then columns


def max_pool_forward(x, pool_param):
    ph, pw, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    tall = sliding_window_view(x, ph, axis=2)[:, :, ::stride].max(axis=-1)
    return sliding_window_view(tall, pw, axis=3)[:, :, :, ::stride].max(axis=-1), (x, pool_param)
