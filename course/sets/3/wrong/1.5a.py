"""1.5a three convolutions: wrong answers."""

import numpy as np


# %% filt with the kernel's transpose -> square-only, transpose, exception
def conv_filt(a, b):
    h, w = b.shape
    out = np.empty((a.shape[0] - h + 1, a.shape[1] - w + 1), a.dtype)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (a[i : i + w, j : j + h] * b.T).sum()
    return out


# %% full is that of one axis: the columns are not padded -> other-size
def conv_full(a, b):
    h, _w = b.shape
    return conv_valid(np.pad(a, ((h - 1, h - 1), (0, 0))), b)


# %% full wraps around -> border
def conv_full(a, b):
    h, w = b.shape
    return conv_valid(np.pad(a, ((h - 1, h - 1), (w - 1, w - 1)), mode="wrap"), b)


# %% filt starts at 1, as the formula does -> unfilled
def conv_filt(a, b):
    h, w = b.shape
    out = np.zeros((a.shape[0] - h + 1, a.shape[1] - w + 1), a.dtype)
    for i in range(1, out.shape[0]):
        for j in range(1, out.shape[1]):
            out[i, j] = (a[i : i + h, j : j + w] * b).sum()
    return out


# %% valid is full, cut at the wrong end -> shifted
def conv_valid(a, b):
    h, w = b.shape
    return conv_full_of(a, b)[: a.shape[0] - h + 1, : a.shape[1] - w + 1]


def conv_full_of(a, b):
    out = np.zeros((a.shape[0] + b.shape[0] - 1, a.shape[1] + b.shape[1] - 1), a.dtype)
    for u in range(b.shape[0]):
        for v in range(b.shape[1]):
            out[u : u + a.shape[0], v : v + a.shape[1]] += a * b[u, v]
    return out
