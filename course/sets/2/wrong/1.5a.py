"""1.5a three convolutions: wrong answers."""

import numpy as np


# %% a matrix product of the window and the kernel -> only-the-mean
def conv_filt(a, b):
    H, W = a.shape
    h, w = b.shape
    out = np.zeros((H - h + 1, W - w + 1), dtype=a.dtype)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(a[i : i + h, j : j + w] @ b.T)
    return out


# %% whole numbers in the output -> whole-numbers
def conv_filt(a, b):
    H, W = a.shape
    h, w = b.shape
    out = np.zeros((H - h + 1, W - w + 1), dtype=int)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(a[i : i + h, j : j + w] * b)
    return out


# %% the loops end one early, in an output of the right size -> unfilled
def conv_filt(a, b):
    H, W = a.shape
    h, w = b.shape
    out = np.zeros((H - h + 1, W - w + 1), dtype=a.dtype)
    for i in range(H - h):
        for j in range(W - w):
            out[i, j] = np.sum(a[i : i + h, j : j + w] * b)
    return out


# %% valid flips up and down -> flipped-one-axis
def conv_valid(a, b):
    return conv_filt(a, np.flipud(b))


# %% full pads half the kernel -> same-size
def conv_full(a, b):
    ph, pw = (b.shape[0] - 1) // 2, (b.shape[1] - 1) // 2
    return conv_filt(np.pad(a, ((ph, ph), (pw, pw))), b[::-1, ::-1])


# %% full flips twice -> flipped
def conv_full(a, b):
    h, w = b.shape
    return conv_valid(np.pad(a, ((h - 1, h - 1), (w - 1, w - 1))), np.flip(b))


# %% full pads height by the width and the reverse -> square-only
def conv_full(a, b):
    h, w = b.shape
    return conv_valid(np.pad(a, ((w - 1, w - 1), (h - 1, h - 1))), b)


# %% filt adds into the same float64 sums -> float64-from-float32
def conv_filt(a, b):
    h, w = b.shape
    out = np.zeros((a.shape[0] - h + 1, a.shape[1] - w + 1))
    for u in range(h):
        for v in range(w):
            out += a[u : u + out.shape[0], v : v + out.shape[1]] * b[u, v]
    return out


# %% full lets wrapped values in: a circular convolution -> none
def conv_full(a, b):
    shape = [m + n - 1 for m, n in zip(a.shape, b.shape, strict=False)]
    big = np.fft.irfft2(np.fft.rfft2(a, shape) * np.conj(np.fft.rfft2(b, shape)), shape)
    return big.astype(a.dtype)
