"""1.5a three convolutions: right answers of set 8."""

import numpy as np
from numpy.lib.stride_tricks import as_strided

from nnlib import checks
from nnlib.layers import arguments

# %% by the Fourier transform (set 8)


def _product(a, b):
    shape = [m + n - 1 for m, n in zip(a.shape, b.shape, strict=True)]
    spectrum = np.fft.rfft2(a, shape) * np.fft.rfft2(b, shape)
    return np.fft.irfft2(spectrum, shape).astype(np.result_type(a, b))


def conv_full(a, b):
    checks.floating("a", a, ndim=2)
    checks.floating("b", b, ndim=2)
    checks.require(a.size > 0 and b.size > 0, "a and b", "at least one element each", f"{a.shape} and {b.shape}")
    return _product(a, b)


def conv_filt(a, b):
    checks.floating("a", a, ndim=2)
    checks.floating("b", b, ndim=2)
    arguments.kernel_fits("b", b.shape, "a", a.shape)
    whole = _product(a, np.flip(b))
    return whole[b.shape[0] - 1 : a.shape[0], b.shape[1] - 1 : a.shape[1]]


def conv_valid(a, b):
    return conv_filt(a, np.flip(b))


# %% every pixel stamps the kernel; valid is the middle of full, filt is valid


def conv_full(a, b):
    checks.floating("a", a, ndim=2)
    checks.floating("b", b, ndim=2)
    checks.require(a.size > 0 and b.size > 0, "a and b", "at least one element each", f"{a.shape} and {b.shape}")
    out = np.zeros(np.add(a.shape, b.shape) - 1, dtype=np.result_type(a, b))
    for (i, j), value in np.ndenumerate(a):
        out[i : i + b.shape[0], j : j + b.shape[1]] += value * b
    return out


def conv_valid(a, b):
    rows, columns = (slice(k - 1, size) for size, k in zip(a.shape, b.shape, strict=True))
    return conv_full(a, b)[rows, columns]


def conv_filt(a, b):
    checks.floating("a", a, ndim=2)
    checks.floating("b", b, ndim=2)
    arguments.kernel_fits("b", b.shape, "a", a.shape)
    return conv_valid(a, b[::-1, ::-1])


# %% strides, tensordot, zeros around the image


def conv_filt(a, b):
    checks.floating("a", a, ndim=2)
    checks.floating("b", b, ndim=2)
    arguments.kernel_fits("b", b.shape, "a", a.shape)
    out = tuple(m - n + 1 for m, n in zip(a.shape, b.shape, strict=True))
    windows = as_strided(a, out + b.shape, a.strides * 2, writeable=False)
    return np.tensordot(windows, b, 2)


def conv_valid(a, b):
    return conv_filt(a, np.rot90(b, 2))


def conv_full(a, b):
    checks.floating("a", a, ndim=2)
    checks.floating("b", b, ndim=2)
    checks.require(a.size > 0 and b.size > 0, "a and b", "at least one element each", f"{a.shape} and {b.shape}")
    padded = np.pad(a, [(k - 1, k - 1) for k in b.shape])
    return conv_valid(padded, b)


# %% row by row with np.convolve and np.correlate


def conv_filt(a, b):
    checks.floating("a", a, ndim=2)
    checks.floating("b", b, ndim=2)
    arguments.kernel_fits("b", b.shape, "a", a.shape)
    height = len(a) - len(b) + 1
    return np.array([sum(np.correlate(a[i + u], b[u], "valid") for u in range(len(b))) for i in range(height)])


def conv_valid(a, b):
    return conv_filt(a, b[::-1, ::-1])


def conv_full(a, b):
    checks.floating("a", a, ndim=2)
    checks.floating("b", b, ndim=2)
    checks.require(a.size > 0 and b.size > 0, "a and b", "at least one element each", f"{a.shape} and {b.shape}")
    out = np.zeros((len(a) + len(b) - 1, a.shape[1] + b.shape[1] - 1), dtype=np.result_type(a, b))
    for i in range(len(a)):
        for u in range(len(b)):
            out[i + u] += np.convolve(a[i], b[u])
    return out
