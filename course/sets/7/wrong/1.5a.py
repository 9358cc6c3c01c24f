"""1.5a three convolutions: wrong answers."""

import numpy as np


# %% padding swapped -> square-only
# full pads the rows by W'-1 and the columns by H'-1
def conv_filt(a, b):
    H, W = a.shape
    h, w = b.shape
    out = np.zeros((H - h + 1, W - w + 1), dtype=a.dtype)
    for i in range(H - h + 1):
        for j in range(W - w + 1):
            out[i, j] = np.sum(a[i : i + h, j : j + w] * b)
    return out


def conv_valid(a, b):
    return conv_filt(a, np.flip(b))


def conv_full(a, b):
    h, w = b.shape
    padded = np.pad(a, ((w - 1, w - 1), (h - 1, h - 1)), mode="constant")
    return conv_valid(padded, b)


# %% flips rows only -> flipped-one-axis
# b[::-1] flips the kernel along its rows but not along its columns
def conv_filt(a, b):
    kh, kw = b.shape
    p, q = a.shape[0] - kh + 1, a.shape[1] - kw + 1
    out = np.zeros((p, q), dtype=a.dtype)
    for u in range(kh):
        for v in range(kw):
            out += a[u : u + p, v : v + q] * b[u, v]
    return out


def conv_valid(a, b):
    flipped = b[::-1]
    return conv_filt(a, flipped)


def conv_full(a, b):
    kh, kw = b.shape
    padded = np.pad(a, ((kh - 1, kh - 1), (kw - 1, kw - 1)))
    return conv_valid(padded, b)
