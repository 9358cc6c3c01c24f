"""1.5c convolutional layer, backward: wrong answers of set 8."""

import numpy as np

from nnlib.layers import arguments

# %% col2im assigns by index arrays, which keeps the last -> overwrites-overlaps


def col2im(columns, x_shape, kernel):
    n, c, height, width = x_shape
    h, w = kernel
    p, q = height - h + 1, width - w + 1
    i = np.arange(h)[:, None, None, None] + np.arange(p)[None, None, :, None]
    j = np.arange(w)[None, :, None, None] + np.arange(q)[None, None, None, :]
    dx = np.zeros(x_shape, dtype=columns.dtype)
    dx[:, :, i, j] += columns.reshape(c, h, w, n, p, q).transpose(3, 0, 1, 2, 4, 5)
    return dx


# %% only the last image's part of dw -> one-index


def conv_forward(x, w):
    arguments.convolution(x, w)
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("ncpquv,fcuv->nfpq", windows, w), (x, w)


def conv_backward(dout, cache):
    x, w = cache
    h, k = w.shape[2:]
    p, q = dout.shape[2:]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for u in range(h):
        for v in range(k):
            dx[:, :, u : u + p, v : v + q] += np.einsum("nfpq,fc->ncpq", dout, w[:, :, u, v])
    for n in range(len(x)):
        windows = np.lib.stride_tricks.sliding_window_view(x[n], (p, q), axis=(1, 2))
        dw = np.einsum("cuvpq,fpq->fcuv", windows, dout[n])
    return dx, dw


# %% dx filters with the kernel unflipped -> flipped


def conv_forward(x, w):
    arguments.convolution(x, w)
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("ncpquv,fcuv->nfpq", windows, w), (x, w)


def conv_backward(dout, cache):
    x, w = cache
    h, k = w.shape[2:]
    around = np.pad(dout, ((0, 0), (0, 0), (h - 1, h - 1), (k - 1, k - 1)))
    windows = np.lib.stride_tricks.sliding_window_view(around, (h, k), axis=(2, 3))
    dx = np.einsum("nfijuv,fcuv->ncij", windows, w)
    seen = np.lib.stride_tricks.sliding_window_view(x, dout.shape[2:], axis=(2, 3))
    return dx, np.einsum("ncuvpq,nfpq->fcuv", seen, dout)


# %% dw is divided by the batch -> over-n


def conv_forward(x, w):
    arguments.convolution(x, w)
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("ncpquv,fcuv->nfpq", windows, w), (x, w, windows)


def conv_backward(dout, cache):
    x, w, windows = cache
    dx = np.zeros_like(x)
    p, q = dout.shape[2:]
    for u, v in np.ndindex(*w.shape[2:]):
        dx[:, :, u : u + p, v : v + q] += np.einsum("nfpq,fc->ncpq", dout, w[:, :, u, v])
    return dx, np.einsum("nfpq,ncpquv->fcuv", dout, windows) / len(dout)


# %% the gradient's rows are taken without swapping images and filters -> rearranged


def conv_backward(dout, cache):
    columns, w, shape = _parts(cache)
    rows = dout.reshape(len(w), -1)
    return col2im(w.reshape(len(w), -1).T @ rows, shape, w.shape[2:]), (rows @ columns.T).reshape(w.shape)


def conv_forward(x, w):
    arguments.convolution(x, w)
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("ncpquv,fcuv->nfpq", windows, w), (x, w)


def _parts(cache):
    x, w = cache
    return im2col(x, w.shape[2:]), w, x.shape
