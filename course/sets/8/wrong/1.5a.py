"""1.5a three convolutions: wrong answers of set 8."""

import numpy as np

from nnlib import checks
from nnlib.layers import arguments


def conv_filt(a, b):
    checks.floating("a", a, ndim=2)
    checks.floating("b", b, ndim=2)
    arguments.kernel_fits("b", b.shape, "a", a.shape)
    out = np.zeros((a.shape[0] - b.shape[0] + 1, a.shape[1] - b.shape[1] + 1), dtype=a.dtype)
    for u in range(b.shape[0]):
        for v in range(b.shape[1]):
            out += a[u : u + out.shape[0], v : v + out.shape[1]] * b[u, v]
    return out


# %% valid turns the kernel over one axis only -> flipped-one-axis


def conv_valid(a, b):
    return conv_filt(a, b[::-1])


def conv_full(a, b):
    padded = np.pad(a, ((b.shape[0] - 1,) * 2, (b.shape[1] - 1,) * 2))
    return conv_filt(padded, b[::-1, ::-1])


# %% the padding's two axes are swapped -> square-only


def conv_valid(a, b):
    return conv_filt(a, np.flip(b))


def conv_full(a, b):
    padded = np.pad(a, ((b.shape[1] - 1,) * 2, (b.shape[0] - 1,) * 2))
    return conv_valid(padded, b)


# %% full filters, it does not flip -> flipped


def conv_valid(a, b):
    return conv_filt(a, np.flip(b))


def conv_full(a, b):
    h, w = b.shape
    padded = np.zeros((a.shape[0] + 2 * h - 2, a.shape[1] + 2 * w - 2), dtype=a.dtype)
    padded[h - 1 : h - 1 + a.shape[0], w - 1 : w - 1 + a.shape[1]] = a
    return conv_filt(padded, b)


# %% the flip is a transpose as well -> transpose


def conv_valid(a, b):
    return conv_filt(a, np.rot90(b))


def conv_full(a, b):
    padded = np.pad(a, ((b.shape[0] - 1,) * 2, (b.shape[1] - 1,) * 2))
    return conv_filt(padded, b[::-1, ::-1])


# %% one pixel too few at the right and at the bottom -> size-off-by-one


def conv_filt(a, b):
    checks.floating("a", a, ndim=2)
    checks.floating("b", b, ndim=2)
    arguments.kernel_fits("b", b.shape, "a", a.shape)
    out = np.zeros((a.shape[0] - b.shape[0], a.shape[1] - b.shape[1]), dtype=a.dtype)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(a[i : i + b.shape[0], j : j + b.shape[1]] * b)
    return out


def conv_valid(a, b):
    return conv_filt(a, np.flip(b))


def conv_full(a, b):
    return conv_valid(np.pad(a, ((b.shape[0] - 1,) * 2, (b.shape[1] - 1,) * 2)), b)
