"""1.5a three convolutions: wrong answers."""

import numpy as np

from nnlib.layers.conv import conv_valid


# %% the window's width is the kernel's height -> square-only, exception
def conv_filt(a, b):
    h, w = b.shape
    out = np.zeros((a.shape[0] - h + 1, a.shape[1] - w + 1), a.dtype)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(a[i : i + h, j : j + h] * b)
    return out


# %% full pads with ones -> border
def conv_full(a, b):
    h, w = b.shape
    big = np.ones((a.shape[0] + 2 * (h - 1), a.shape[1] + 2 * (w - 1)), a.dtype)
    big[h - 1 : h - 1 + a.shape[0], w - 1 : w - 1 + a.shape[1]] = a
    return conv_valid(big, b)


# %% the kernel is summed first -> only-the-mean
def conv_filt(a, b):
    h, w = b.shape
    out = np.zeros((a.shape[0] - h + 1, a.shape[1] - w + 1), a.dtype)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(a[i : i + h, j : j + w]) * np.sum(b)
    return out
