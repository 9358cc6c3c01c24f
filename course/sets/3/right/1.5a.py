"""1.5a three convolutions: right answers, written differently."""

import numpy as np


# %% all three from one sum of shifted images
def _shifted_sum(a, b, rows, columns):
    out = np.zeros((rows, columns), dtype=a.dtype)
    for u in range(b.shape[0]):
        for v in range(b.shape[1]):
            out += b[u, v] * a[u : u + rows, v : v + columns]
    return out


def conv_filt(a, b):
    return _shifted_sum(a, b, a.shape[0] - b.shape[0] + 1, a.shape[1] - b.shape[1] + 1)


def conv_valid(a, b):
    return conv_filt(a, b[::-1, ::-1])


def conv_full(a, b):
    padded = np.pad(a, [(k - 1,) * 2 for k in b.shape], mode="constant", constant_values=0)
    return conv_filt(padded, np.fliplr(np.flipud(b)))


# %% recursion over the kernel's rows
def conv_filt(a, b):
    if len(b) > 1:
        return conv_filt(a[: len(a) - len(b) + 1], b[:1]) + conv_filt(a[1:], b[1:])
    wide = np.lib.stride_tricks.sliding_window_view(a, b.shape[1], axis=1)
    return wide @ b[0]


def conv_valid(a, b):
    return conv_filt(a, np.rot90(np.rot90(b)))


def conv_full(a, b):
    return conv_valid(np.pad(a, ((len(b) - 1,) * 2, (b.shape[1] - 1,) * 2)), b)
