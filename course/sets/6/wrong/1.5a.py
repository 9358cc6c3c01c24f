"""1.5a three convolutions: wrong answers."""

import numpy as np


# %% filt takes the largest product, not their sum -> none
def conv_filt(a, b):
    (h, w), (kh, kw) = a.shape, b.shape
    out = np.zeros((h - kh + 1, w - kw + 1), a.dtype)
    for i, j in np.ndindex(out.shape):
        out[i, j] = (a[i : i + kh, j : j + kw] * b).max()
    return out


# %% filt adds the kernel in place of multiplying it -> only-the-mean
def conv_filt(a, b):
    (h, w), (kh, kw) = a.shape, b.shape
    out = np.zeros((h - kh + 1, w - kw + 1), a.dtype)
    for i, j in np.ndindex(out.shape):
        out[i, j] = (a[i : i + kh, j : j + kw] + b).sum()
    return out
