"""1.5a three convolutions: right answers, written differently."""

import numpy as np

# %% a loop for each index, as the definitions stand


def conv_filt(a, b):
    (height, width), (kh, kw) = a.shape, b.shape
    out = np.zeros((height - kh + 1, width - kw + 1), dtype=a.dtype)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            for m in range(kh):
                for n in range(kw):
                    out[i, j] += a[i + m, j + n] * b[m, n]
    return out


def conv_valid(a, b):
    (height, width), (kh, kw) = a.shape, b.shape
    out = np.zeros((height - kh + 1, width - kw + 1), dtype=a.dtype)
    for i, j in np.ndindex(out.shape):
        out[i, j] = np.sum(a[i : i + kh, j : j + kw] * b[::-1, ::-1])
    return out


def conv_full(a, b):
    (height, width), (kh, kw) = a.shape, b.shape
    out = np.zeros((height + kh - 1, width + kw - 1), dtype=a.dtype)
    for m, n in np.ndindex(a.shape):
        out[m : m + kh, n : n + kw] += a[m, n] * b
    return out


# %% a shifted image for each element of the kernel


def conv_filt(a, b):
    p, q = a.shape[0] - b.shape[0] + 1, a.shape[1] - b.shape[1] + 1
    return sum(b[u, v] * a[u : u + p, v : v + q] for u, v in np.ndindex(b.shape))


def conv_valid(a, b):
    return conv_filt(a, np.rot90(b, 2))


def conv_full(a, b):
    kh, kw = b.shape
    padded = np.zeros((a.shape[0] + 2 * kh - 2, a.shape[1] + 2 * kw - 2), dtype=a.dtype)
    padded[kh - 1 : kh - 1 + a.shape[0], kw - 1 : kw - 1 + a.shape[1]] = a
    return conv_filt(padded, np.flip(b))


# %% by the Fourier transform


def conv_full(a, b):
    shape = [m + n - 1 for m, n in zip(a.shape, b.shape, strict=True)]
    out = np.fft.irfft2(np.fft.rfft2(a, shape) * np.fft.rfft2(b, shape), shape)
    return out.astype(a.dtype)


def conv_valid(a, b):
    kh, kw = b.shape
    return conv_full(a, b)[kh - 1 : a.shape[0], kw - 1 : a.shape[1]]


def conv_filt(a, b):
    return conv_valid(a, b[::-1, ::-1])
