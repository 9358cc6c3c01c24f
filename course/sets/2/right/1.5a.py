"""1.5a three convolutions: right answers, written differently."""

import numpy as np


# %% full by the Fourier transform, the others from it
def conv_full(a, b):
    shape = tuple(m + n - 1 for m, n in zip(a.shape, b.shape, strict=True))
    return np.fft.irfft2(np.fft.rfft2(a, shape) * np.fft.rfft2(b, shape), shape).astype(a.dtype)


def conv_valid(a, b):
    h, w = b.shape
    full = conv_full(a, b)
    return full[h - 1 : full.shape[0] - h + 1, w - 1 : full.shape[1] - w + 1].copy()


def conv_filt(a, b):
    return conv_valid(a, np.rot90(b, 2))


# %% loops that count from 1, as the definitions do
def conv_filt(a, b):
    H, W = a.shape
    h, w = b.shape
    out = np.zeros((H - h + 1, W - w + 1), dtype=np.result_type(a, b))
    for i in range(1, H - h + 2):
        for j in range(1, W - w + 2):
            s = 0.0
            for m in range(1, h + 1):
                for n in range(1, w + 1):
                    s += float(a[i + m - 2, j + n - 2]) * float(b[m - 1, n - 1])
            out[i - 1, j - 1] = s
    return out


def conv_valid(a, b):
    return conv_filt(a, b[::-1, ::-1])


def conv_full(a, b):
    h, w = b.shape
    big = np.zeros((a.shape[0] + 2 * h - 2, a.shape[1] + 2 * w - 2), dtype=a.dtype)
    big[h - 1 : h - 1 + a.shape[0], w - 1 : w - 1 + a.shape[1]] = a
    return conv_valid(big, b)


# %% scattered sums for full, strides for filt
def conv_filt(a, b):
    shape = (a.shape[0] - b.shape[0] + 1, a.shape[1] - b.shape[1] + 1, *b.shape)
    windows = np.lib.stride_tricks.as_strided(a, shape, a.strides * 2, writeable=False)
    return np.einsum("ijmn,mn->ij", windows, b)


def conv_valid(a, b):
    return conv_filt(a, np.flip(b, axis=(0, 1)))


def conv_full(a, b):
    out = np.zeros((a.shape[0] + b.shape[0] - 1, a.shape[1] + b.shape[1] - 1), dtype=a.dtype)
    for (u, v), weight in np.ndenumerate(b):
        out[u : u + a.shape[0], v : v + a.shape[1]] += weight * a
    return out
