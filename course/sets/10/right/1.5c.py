"""1.5c convolutional layer, backward: right answers of set 10."""

import numpy as np

from nnlib.layers.conv import conv_filt, conv_full


def conv_forward(x, w):
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("ncpquv,fcuv->nfpq", windows, w, optimize=True), (x, w)


# %% bincount of flat positions


def col2im(columns, x_shape, kernel):
    N, C, H, W = x_shape
    P, Q = H - kernel[0] + 1, W - kernel[1] + 1
    at = np.arange(N * C * H * W).reshape(x_shape)
    windows = np.lib.stride_tricks.sliding_window_view(at, kernel, axis=(2, 3))
    places = windows.transpose(1, 4, 5, 0, 2, 3).ravel()
    sums = np.bincount(places, weights=columns.ravel(), minlength=at.size)
    return sums.reshape(x_shape).astype(columns.dtype)


def conv_backward(dout, cache):
    x, w = cache
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    dw = np.tensordot(dout, windows, axes=((0, 2, 3), (0, 2, 3)))
    rows = dout.transpose(1, 0, 2, 3).reshape(len(w), -1)
    return col2im(w.reshape(len(w), -1).T @ rows, x.shape, w.shape[2:]), dw


# %% the formulas of the task with the functions of 1.5a


def col2im(columns, x_shape, kernel):
    N, C, H, W = x_shape
    h, w = kernel
    P, Q = H - h + 1, W - w + 1
    parts = columns.reshape(C, h, w, N, P, Q)
    image = np.zeros((N, C, H, W), dtype=columns.dtype)
    for c, u, v, n in np.ndindex(C, h, w, N):
        image[n, c, u : u + P, v : v + Q] += parts[c, u, v, n]
    return image


def conv_backward(dout, cache):
    x, w = cache
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for n, f, c in np.ndindex(len(x), len(w), x.shape[1]):
        dx[n, c] += conv_full(w[f, c], dout[n, f])
        dw[f, c] += conv_filt(x[n, c], dout[n, f])
    return dx, dw


# %% add.at, and dx as a convolution of the padded gradient


def col2im(columns, x_shape, kernel):
    out = np.zeros(x_shape, columns.dtype)
    N, C, H, W = x_shape
    c, u, v, n, p, q = np.indices((C, *kernel, N, H - kernel[0] + 1, W - kernel[1] + 1))
    np.add.at(out, (n, c, u + p, v + q), columns.reshape(c.shape))
    return out


def conv_backward(dout, cache):
    x, w = cache
    h, wd = w.shape[2] - 1, w.shape[3] - 1
    padded = np.pad(dout, ((0, 0), (0, 0), (h, h), (wd, wd)))
    dx, _ = conv_forward(padded, w[:, :, ::-1, ::-1].swapaxes(0, 1))
    dw, _ = conv_forward(x.swapaxes(0, 1), dout.swapaxes(0, 1))
    return dx, dw.swapaxes(0, 1)


# %% a pad of the shifted products


def col2im(columns, x_shape, kernel):
    N, C, H, W = x_shape
    h, w = kernel
    blocks = columns.reshape(C, h, w, N, H - h + 1, W - w + 1).swapaxes(0, 3)
    return sum(
        np.pad(blocks[:, u, v], ((0, 0), (0, 0), (u, h - 1 - u), (v, w - 1 - v))) for u in range(h) for v in range(w)
    )


def conv_backward(dout, cache):
    x, w = cache
    P, Q = dout.shape[2:]
    dx, dw = np.zeros(x.shape, x.dtype), np.empty(w.shape, w.dtype)
    for u, v in np.ndindex(*w.shape[2:]):
        window = np.s_[:, :, u : u + P, v : v + Q]
        dw[:, :, u, v] = np.einsum("nfpq,ncpq->fc", dout, x[window])
        dx[window] += np.einsum("nfpq,fc->ncpq", dout, w[:, :, u, v])
    return dx, dw
