"""1.5b convolutional layer, forward: wrong answers."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nnlib.layers.conv import conv_filt, conv_valid

# %% the kernels are flipped -> flipped


def conv_forward(x, w):
    windows = sliding_window_view(x, w.shape[2:], axis=(2, 3))
    out = np.einsum("ncpquv,fcuv->nfpq", windows, w[:, :, ::-1, ::-1])
    return out, (x, w)


# %% the kernels are flipped by `conv_valid` -> flipped


def conv_forward(x, w):
    n, c, height, width = x.shape
    f, _, kh, kw = w.shape
    out = np.zeros((n, f, height - kh + 1, width - kw + 1), dtype=x.dtype)
    for i in range(n):
        for j in range(f):
            for k in range(c):
                out[i, j] += conv_valid(x[i, k], w[j, k])
    return out, (x, w)


# %% the last channel alone -> one-index


def conv_forward(x, w):
    n, c, height, width = x.shape
    f, _, kh, kw = w.shape
    out = np.zeros((n, f, height - kh + 1, width - kw + 1), dtype=x.dtype)
    for i in range(n):
        for j in range(f):
            for k in range(c):
                out[i, j] = conv_filt(x[i, k], w[j, k])
    return out, (x, w)


# %% the mean over the channels -> over-size


def conv_forward(x, w):
    windows = sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("ncpquv,fcuv->nfpq", windows, w) / w.shape[1], (x, w)


# %% the first channel alone -> one-index


def conv_forward(x, w):
    windows = sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("npquv,fuv->nfpq", windows[:, 0], w[:, 0]), (x, w)


# %% reshaped without a transpose -> rearranged


def conv_forward(x, w):
    (n, _, height, width), (f, _, kh, kw) = x.shape, w.shape
    columns = im2col(x, (kh, kw))
    out = w.reshape(f, -1) @ columns
    return out.reshape(n, f, height - kh + 1, width - kw + 1), (x.shape, columns, w, out.shape)


# %% height and width exchanged in the reshape -> square-only, transpose


def conv_forward(x, w):
    (n, _, height, width), (f, _, kh, kw) = x.shape, w.shape
    columns = im2col(x, (kh, kw))
    out = (w.reshape(f, -1) @ columns).reshape(f, n, width - kw + 1, height - kh + 1).transpose(1, 0, 2, 3)
    return out, (x.shape, columns, w, out.shape)


# %% height and width exchanged by the transpose -> square-only, transpose


def conv_forward(x, w):
    (n, _, height, width), (f, _, kh, kw) = x.shape, w.shape
    columns = im2col(x, (kh, kw))
    out = (w.reshape(f, -1) @ columns).reshape(f, n, height - kh + 1, width - kw + 1).transpose(1, 0, 3, 2)
    return out, (x.shape, columns, w, out.shape)


# %% the output is that of (F, N) -> rearranged, transpose


def conv_forward(x, w):
    (n, _, height, width), (f, _, kh, kw) = x.shape, w.shape
    columns = im2col(x, (kh, kw))
    out = (w.reshape(f, -1) @ columns).reshape(f, n, height - kh + 1, width - kw + 1)
    return out, (x.shape, columns, w, out.shape)


# %% im2col puts the channels last in a column -> rearranged


def im2col(x, kernel):
    (n, c, height, width), (kh, kw) = x.shape, kernel
    p, q = height - kh + 1, width - kw + 1
    columns = np.empty((kh, kw, c, n, p, q), dtype=x.dtype)
    for u, v in np.ndindex(kh, kw):
        columns[u, v] = x[:, :, u : u + p, v : v + q].transpose(1, 0, 2, 3)
    return columns.reshape(c * kh * kw, n * p * q)


# %% im2col's windows are its rows -> transpose


def im2col(x, kernel):
    windows = sliding_window_view(x, kernel, axis=(2, 3)).transpose(0, 2, 3, 1, 4, 5)
    n, p, q = windows.shape[:3]
    return windows.reshape(n * p * q, -1)


def conv_forward(x, w):
    (n, _, height, width), (f, _, kh, kw) = x.shape, w.shape
    out = im2col(x, (kh, kw)) @ w.reshape(f, -1).T
    return out.reshape(n, height - kh + 1, width - kw + 1, f).transpose(0, 3, 1, 2), (x, w)


# %% im2col's columns are numbered by pixel, then by image -> rearranged


def im2col(x, kernel):
    windows = sliding_window_view(x, kernel, axis=(2, 3)).transpose(1, 4, 5, 2, 3, 0)
    c, kh, kw = windows.shape[:3]
    return windows.reshape(c * kh * kw, -1)


def conv_forward(x, w):
    (n, _, height, width), (f, _, kh, kw) = x.shape, w.shape
    out = w.reshape(f, -1) @ im2col(x, (kh, kw))
    return out.reshape(f, height - kh + 1, width - kw + 1, n).transpose(3, 0, 1, 2), (x, w)


# %% one row and column short -> size-off-by-one


def conv_forward(x, w):
    n, _, height, width = x.shape
    f, _, kh, kw = w.shape
    out = np.zeros((n, f, height - kh, width - kw), dtype=x.dtype)
    for p in range(height - kh):
        for q in range(width - kw):
            out[:, :, p, q] = np.einsum("ncuv,fcuv->nf", x[:, :, p : p + kh, q : q + kw], w)
    return out, (x, w)


# %% padded, so that the output has the input's size -> same-size


def conv_forward(x, w):
    kh, kw = w.shape[2:]
    top, left = kh // 2, kw // 2
    padded = np.pad(x, ((0, 0), (0, 0), (top, kh - 1 - top), (left, kw - 1 - left)))
    windows = sliding_window_view(padded, (kh, kw), axis=(2, 3))
    return np.einsum("ncpquv,fcuv->nfpq", windows, w), (x, w)


# %% the kernel's height used for its width -> square-only


def conv_forward(x, w):
    n, _, height, width = x.shape
    f, _, k, _ = w.shape
    out = np.zeros((n, f, height - k + 1, width - k + 1), dtype=x.dtype)
    for p in range(height - k + 1):
        for q in range(width - k + 1):
            out[:, :, p, q] = np.einsum("ncuv,fcuv->nf", x[:, :, p : p + k, q : q + k], w)
    return out, (x, w)


# %% the first image alone -> one-index


def conv_forward(x, w):
    windows = sliding_window_view(x, w.shape[2:], axis=(2, 3))
    out = np.zeros((len(x), len(w), *windows.shape[2:4]), dtype=x.dtype)
    out[0] = np.einsum("cpquv,fcuv->fpq", windows[0], w)
    return out, (x, w)


# %% an output of float64 -> float64-from-float32


def conv_forward(x, w):
    n, _, height, width = x.shape
    f, _, kh, kw = w.shape
    out = np.zeros((n, f, height - kh + 1, width - kw + 1))
    for u, v in np.ndindex(kh, kw):
        shifted = x[:, :, u : u + out.shape[2], v : v + out.shape[3]]
        out += np.einsum("ncpq,fc->nfpq", shifted, w[:, :, u, v])
    return out, (x, w)


# %% only one element of the kernel is left -> one-index


def conv_forward(x, w):
    (height, width), (kh, kw) = x.shape[2:], w.shape[2:]
    p, q = height - kh + 1, width - kw + 1
    for u, v in np.ndindex(kh, kw):
        out = np.einsum("ncpq,fc->nfpq", x[:, :, u : u + p, v : v + q], w[:, :, u, v])
    return out, (x, w)
