"""1.5a three convolutions: right answers."""

import numpy as np


# %% full first: every element of a stamps a copy of b, valid is its middle and filt is valid of the flipped kernel
def conv_full(a, b):
    (H, W), (kh, kw) = a.shape, b.shape
    out = np.zeros((H + kh - 1, W + kw - 1), dtype=np.result_type(a, b))
    for m in range(H):
        for n in range(W):
            out[m : m + kh, n : n + kw] += a[m, n] * b
    return out


def conv_valid(a, b):
    (H, W), (kh, kw) = a.shape, b.shape
    return conv_full(a, b)[kh - 1 : H, kw - 1 : W].copy()


def conv_filt(a, b):
    return conv_valid(a, b[::-1, ::-1])
