"""1.5c convolutional layer, backward: right answers, written differently."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nnlib.layers.conv import conv_filt, conv_full, im2col

# %% a full convolution for each pair of image and filter


def conv_forward(x, w):
    windows = sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("ncpquv,fcuv->nfpq", windows, w), (x, w)


def conv_backward(dout, cache):
    x, w = cache
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for n in range(dout.shape[0]):
        for f in range(dout.shape[1]):
            for c in range(x.shape[1]):
                dx[n, c] += conv_full(dout[n, f], w[f, c])
                dw[f, c] += conv_filt(x[n, c], dout[n, f])
    return dx, dw


# %% padded windows of the gradient and flipped kernels


def conv_forward(x, w):
    windows = sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("ncpquv,fcuv->nfpq", windows, w, optimize=True), {"windows": windows, "w": w}


def conv_backward(dout, cache):
    windows, w = cache["windows"], cache["w"]
    kh, kw = w.shape[2:]
    padded = np.pad(dout, ((0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)))
    spread = sliding_window_view(padded, (kh, kw), axis=(2, 3))
    dx = np.einsum("nfijuv,fcuv->ncij", spread, w[:, :, ::-1, ::-1], optimize=True)
    return np.asfortranarray(dx), np.einsum("ncpquv,nfpq->fcuv", windows, dout, optimize=True)


# %% a product for each element of the kernel


def col2im(columns, x_shape, kernel):
    (n, c, height, width), (kh, kw) = x_shape, kernel
    p, q = height - kh + 1, width - kw + 1
    x = np.zeros(x_shape, dtype=columns.dtype)
    row = 0
    for k in range(c):
        for u in range(kh):
            for v in range(kw):
                x[:, k, u : u + p, v : v + q] += columns[row].reshape(n, p, q)
                row += 1
    return x


def conv_forward(x, w):
    windows = sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("ncpquv,fcuv->nfpq", windows, w, optimize=True), (x, w)


def conv_backward(dout, cache):
    x, w = cache
    p, q = dout.shape[2:]
    dx, dw = np.zeros_like(x), np.empty_like(w)
    for u, v in np.ndindex(w.shape[2:]):
        dx[:, :, u : u + p, v : v + q] += np.einsum("nfpq,fc->ncpq", dout, w[:, :, u, v], optimize=True)
        dw[:, :, u, v] = np.einsum("nfpq,ncpq->fc", dout, x[:, :, u : u + p, v : v + q], optimize=True)
    return dx, dw


# %% np.add.at on the pixels' numbers


def col2im(columns, x_shape, kernel):
    pixels = np.arange(np.prod(x_shape), dtype=np.float64).reshape(x_shape)
    places = im2col(pixels, kernel).astype(np.int64)
    x = np.zeros(int(np.prod(x_shape)), dtype=columns.dtype)
    np.add.at(x, places.ravel(), columns.ravel())
    return x.reshape(x_shape)
