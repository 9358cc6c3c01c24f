"""1.5c convolutional layer, backward: wrong answers of set 10."""

import numpy as np


def conv_forward(x, w):
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("ncpquv,fcuv->nfpq", windows, w, optimize=True), (x, w)


def col2im(columns, x_shape, kernel):
    N, C, H, W = x_shape
    P, Q = H - kernel[0] + 1, W - kernel[1] + 1
    parts = columns.reshape(C, *kernel, N, P, Q)
    x = np.zeros(x_shape, columns.dtype)
    for u, v in np.ndindex(*kernel):
        x[:, :, u : u + P, v : v + Q] += parts[:, u, v].swapaxes(0, 1)
    return x


# %% columns overwrite each other -> overwrites-overlaps


def col2im(columns, x_shape, kernel):
    N, C, H, W = x_shape
    P, Q = H - kernel[0] + 1, W - kernel[1] + 1
    parts = columns.reshape(C, *kernel, N, P, Q)
    x = np.zeros(x_shape, columns.dtype)
    for u, v in np.ndindex(*kernel):
        x[:, :, u : u + P, v : v + Q] = parts[:, u, v].swapaxes(0, 1)
    return x


def conv_backward(dout, cache):
    x, w = cache
    F = len(w)
    rows = dout.swapaxes(0, 1).reshape(F, -1)
    dw = np.einsum("nfpq,ncpquv->fcuv", dout, np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3)))
    return col2im(w.reshape(F, -1).T @ rows, x.shape, w.shape[2:]), dw


# %% fancy indexing with += -> overwrites-overlaps


def col2im(columns, x_shape, kernel):
    N, C, H, W = x_shape
    c, u, v, n, p, q = np.indices((C, *kernel, N, H - kernel[0] + 1, W - kernel[1] + 1))
    x = np.zeros(x_shape, columns.dtype)
    x[n, c, u + p, v + q] += columns.reshape(c.shape)
    return x


def conv_backward(dout, cache):
    x, w = cache
    F = len(w)
    rows = dout.swapaxes(0, 1).reshape(F, -1)
    dw = np.einsum("nfpq,ncpquv->fcuv", dout, np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3)))
    return col2im(w.reshape(F, -1).T @ rows, x.shape, w.shape[2:]), dw


# %% dx slides the kernel unflipped -> flipped


def conv_backward(dout, cache):
    x, w = cache
    h, wd = w.shape[2:]
    padded = np.pad(dout, ((0, 0), (0, 0), (h - 1, h - 1), (wd - 1, wd - 1)))
    dx = conv_forward(padded, w.swapaxes(0, 1))[0]
    dw = conv_forward(x.swapaxes(0, 1), dout.swapaxes(0, 1))[0].swapaxes(0, 1)
    return dx, dw


# %% flips the kernel gradient -> flipped


def conv_backward(dout, cache):
    x, w = cache
    F = len(w)
    dx = col2im(w.reshape(F, -1).T @ dout.swapaxes(0, 1).reshape(F, -1), x.shape, w.shape[2:])
    dw = conv_forward(x.swapaxes(0, 1), dout.swapaxes(0, 1))[0].swapaxes(0, 1)
    return dx, dw[:, :, ::-1, ::-1]


# %% dw as a mean over the batch -> over-n


def conv_backward(dout, cache):
    x, w = cache
    F = len(w)
    dx = col2im(w.reshape(F, -1).T @ dout.swapaxes(0, 1).reshape(F, -1), x.shape, w.shape[2:])
    dw = conv_forward(x.swapaxes(0, 1), dout.swapaxes(0, 1))[0].swapaxes(0, 1)
    return dx, dw / x.shape[0]


# %% the gradient reshaped without a transpose -> rearranged


def conv_backward(dout, cache):
    x, w = cache
    F = len(w)
    rows = dout.reshape(F, -1)
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    columns = windows.transpose(1, 4, 5, 0, 2, 3).reshape(w[0].size, -1)
    dw = (rows @ columns.T).reshape(w.shape)
    return col2im(w.reshape(F, -1).T @ rows, x.shape, w.shape[2:]), dw


# %% only the last filter reaches dx -> one-index


def conv_backward(dout, cache):
    x, w = cache
    N, F, P, Q = dout.shape
    h, wd = w.shape[2:]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for f in range(F):
        part = np.zeros_like(x)
        for p, q in np.ndindex(P, Q):
            window = x[:, :, p : p + h, q : q + wd]
            part[:, :, p : p + h, q : q + wd] += w[f] * dout[:, f, p, q][:, None, None, None]
            dw[f] += np.tensordot(dout[:, f, p, q], window, 1)
        dx = part
    return dx, dw


# %% dw of the last image -> one-index


def conv_backward(dout, cache):
    x, w = cache
    N, F, P, Q = dout.shape
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    h, wd = w.shape[2:]
    for n in range(N):
        windows = np.lib.stride_tricks.sliding_window_view(x[n], (h, wd), axis=(1, 2))
        dw = np.einsum("fpq,cpquv->fcuv", dout[n], windows)
        for u, v in np.ndindex(h, wd):
            dx[n, :, u : u + P, v : v + Q] += np.einsum("fpq,fc->cpq", dout[n], w[:, :, u, v])
    return dx, dw
