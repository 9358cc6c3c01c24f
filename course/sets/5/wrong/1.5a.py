"""1.5a three convolutions: wrong answers."""

import numpy as np


# %% the kernel flipped in one direction -> flipped-one-axis
# conv_valid turns the rows of b round but not its columns
def conv_filt(a, b):
    (H, W), (kh, kw) = a.shape, b.shape
    out = np.zeros((H - kh + 1, W - kw + 1), dtype=a.dtype)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(a[i : i + kh, j : j + kw] * b)
    return out


def conv_valid(a, b):
    return conv_filt(a, b[::-1])


def conv_full(a, b):
    kh, kw = b.shape
    padded = np.pad(a, ((kh - 1, kh - 1), (kw - 1, kw - 1)))
    return conv_valid(padded, b)


# %% heights and widths of the padding exchanged -> square-only
# conv_full pads the rows by W' - 1 and the columns by H' - 1 which is right for square kernels alone
def conv_filt(a, b):
    (H, W), (kh, kw) = a.shape, b.shape
    P, Q = H - kh + 1, W - kw + 1
    out = np.zeros((P, Q), dtype=np.result_type(a, b))
    for m in range(kh):
        for n in range(kw):
            out += a[m : m + P, n : n + Q] * b[m, n]
    return out


def conv_valid(a, b):
    return conv_filt(a, np.flip(b))


def conv_full(a, b):
    kh, kw = b.shape
    padded = np.zeros((a.shape[0] + 2 * (kw - 1), a.shape[1] + 2 * (kh - 1)), dtype=a.dtype)
    padded[kw - 1 : kw - 1 + a.shape[0], kh - 1 : kh - 1 + a.shape[1]] = a
    return conv_valid(padded, b)
