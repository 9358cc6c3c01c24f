"""1.5a three convolutions: right answers of set 10."""

import numpy as np

from nnlib import checks
from nnlib.layers import arguments

# %% FFTs, the other two as crops of the full one


def conv_full(a, b):
    shape = (a.shape[0] + b.shape[0] - 1, a.shape[1] + b.shape[1] - 1)
    product = np.fft.rfft2(a.astype(np.float64), shape) * np.fft.rfft2(b.astype(np.float64), shape)
    return np.fft.irfft2(product, shape).astype(np.result_type(a, b))


def conv_valid(a, b):
    (h, w), (k, m) = a.shape, b.shape
    return conv_full(a, b)[k - 1 : h, m - 1 : w]


def conv_filt(a, b):
    return conv_valid(a, b[::-1, ::-1])


# %% one-dimensional convolution of the padded rows, laid end to end


def conv_full(a, b):
    width = a.shape[1] + b.shape[1] - 1
    long = np.pad(a, ((0, 0), (0, width - a.shape[1]))).ravel()
    kernel = np.pad(b, ((0, 0), (0, width - b.shape[1]))).ravel()
    height = a.shape[0] + b.shape[0] - 1
    return np.convolve(long, kernel)[: height * width].reshape(height, width)


def conv_valid(a, b):
    full = conv_full(a, b)
    return full[b.shape[0] - 1 : a.shape[0], b.shape[1] - 1 : a.shape[1]].copy()


def conv_filt(a, b):
    checks.floating("a", a, ndim=2)
    checks.floating("b", b, ndim=2)
    arguments.kernel_fits("b", b.shape, "a", a.shape)
    return conv_valid(a, np.flip(b))


# %% as_strided windows and a matrix-vector product, rot90 twice


def conv_filt(a, b):
    out_shape = tuple(n - k + 1 for n, k in zip(a.shape, b.shape, strict=True))
    windows = np.lib.stride_tricks.as_strided(a, out_shape + b.shape, a.strides * 2, writeable=False)
    return windows.reshape(-1, b.size).dot(b.ravel()).reshape(out_shape)


def conv_valid(a, b):
    return conv_filt(a, np.rot90(b, 2))


def conv_full(a, b):
    top, left = b.shape[0] - 1, b.shape[1] - 1
    canvas = np.zeros((a.shape[0] + 2 * top, a.shape[1] + 2 * left), a.dtype)
    canvas[top : top + a.shape[0], left : left + a.shape[1]] = a
    return conv_valid(canvas, b)


# %% every pixel scatters the kernel; valid by the definition with its indices from 1


def conv_full(a, b):
    out = np.zeros((a.shape[0] + b.shape[0] - 1, a.shape[1] + b.shape[1] - 1), dtype=a.dtype)
    for (i, j), value in np.ndenumerate(a):
        out[i : i + b.shape[0], j : j + b.shape[1]] += value * b
    return out


def conv_valid(a, b):
    (H, W), (h, w) = a.shape, b.shape
    out = np.zeros((H - h + 1, W - w + 1), dtype=a.dtype)
    for i in range(1, H - h + 2):
        for j in range(1, W - w + 2):
            for k in range(1, H + 1):
                for m in range(1, W + 1):
                    if 1 <= i - k + h <= h and 1 <= j - m + w <= w:
                        out[i - 1, j - 1] += a[k - 1, m - 1] * b[i - k + h - 1, j - m + w - 1]
    return out


def conv_filt(a, b):
    (H, W), (h, w) = a.shape, b.shape
    total = 0
    for u, v in np.ndindex(h, w):
        total = total + b[u, v] * a[u : H - h + 1 + u, v : W - w + 1 + v]
    return total
