"""1.5b convolutional layer, forward: right answers, written differently."""

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view

from nnlib.layers.conv import conv_filt, conv_full

# %% a sum of `conv_filt`, by loops over images, filters and channels


def im2col(x, kernel):
    n, _, height, width = x.shape
    kh, kw = kernel
    columns = []
    for i in range(n):
        for p in range(height - kh + 1):
            for q in range(width - kw + 1):
                columns.append(x[i, :, p : p + kh, q : q + kw].reshape(-1))
    return np.array(columns).T


def conv_forward(x, w):
    out = [[sum(conv_filt(c, k) for c, k in zip(image, kernel, strict=True)) for kernel in w] for image in x]
    return np.array(out, dtype=x.dtype), [x, w]


def conv_backward(dout, cache):
    x, w = cache
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for n, f, c in np.ndindex(*dout.shape[:2], x.shape[1]):
        dx[n, c] += conv_full(w[f, c], dout[n, f])
        dw[f, c] += conv_filt(x[n, c], dout[n, f])
    return dx, dw


# %% strides, and a product for each image


def im2col(x, kernel):
    n, c, height, width = x.shape
    kh, kw = kernel
    p, q = height - kh + 1, width - kw + 1
    s = x.strides
    windows = as_strided(x, (c, kh, kw, n, p, q), (s[1], s[2], s[3], s[0], s[2], s[3]), writeable=False)
    return windows.reshape(c * kh * kw, -1)


def conv_forward(x, w):
    f, _, kh, kw = w.shape
    columns = im2col(x, (kh, kw))
    p, q = x.shape[2] - kh + 1, x.shape[3] - kw + 1
    parts = np.split(w.reshape(f, -1) @ columns, len(x), axis=1)
    out = np.stack([part.reshape(f, p, q) for part in parts])
    return out, (x.shape, columns, w, out.shape)


# %% einsum over windows, channels last in memory


def im2col(x, kernel):
    windows = sliding_window_view(x, kernel, axis=(2, 3))
    return windows.transpose(1, 4, 5, 0, 2, 3).reshape(x.shape[1] * kernel[0] * kernel[1], -1)


def conv_forward(x, w):
    windows = sliding_window_view(x, w.shape[2:], axis=(2, 3))
    out = np.einsum("ncpquv,fcuv->npqf", windows, w).transpose(0, 3, 1, 2)
    return out, (x.shape, im2col(x, w.shape[2:]), w, out.shape)


# %% tensordot, in Fortran order


def conv_forward(x, w):
    windows = sliding_window_view(x, w.shape[2:], axis=(2, 3))
    out = np.tensordot(windows, w, axes=((1, 4, 5), (1, 2, 3)))
    out = np.asfortranarray(np.moveaxis(out, -1, 1))
    return out, (x.shape, im2col(x, w.shape[2:]), w, out.shape)


# %% a product for each element of the kernel


def conv_forward(x, w):
    p, q = x.shape[2] - w.shape[2] + 1, x.shape[3] - w.shape[3] + 1
    out = np.zeros((len(x), len(w), p, q), dtype=np.float64)
    for u in range(w.shape[2]):
        for v in range(w.shape[3]):
            out += np.tensordot(w[:, :, u, v], x[:, :, u : u + p, v : v + q], (1, 1)).transpose(1, 0, 2, 3)
    return out.astype(x.dtype), (x.shape, im2col(x, w.shape[2:]), w, out.shape)
