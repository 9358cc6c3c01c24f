"""1.5b convolutional layer, forward: wrong answers of set 10."""

import numpy as np

# %% columns by example last, as in CS231n -> rearranged


def im2col(x, kernel):
    h, w = kernel
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(2, 3))
    return windows.transpose(1, 4, 5, 2, 3, 0).reshape(x.shape[1] * h * w, -1)


def conv_forward(x, w):
    F, C, h, wd = w.shape
    P, Q = x.shape[2] - h + 1, x.shape[3] - wd + 1
    out = w.reshape(F, -1) @ im2col(x, (h, wd))
    return out.reshape(F, P, Q, len(x)).transpose(3, 0, 1, 2), (x, w)


# %% windows as rows, as in most blogs -> transpose


def im2col(x, kernel):
    h, w = kernel
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(2, 3))
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, x.shape[1] * h * w)


def conv_forward(x, w):
    F, C, h, wd = w.shape
    P, Q = x.shape[2] - h + 1, x.shape[3] - wd + 1
    out = im2col(x, (h, wd)) @ w.reshape(F, -1).T
    return out.reshape(len(x), P, Q, F).transpose(0, 3, 1, 2), (x, w)


# %% a true convolution -> flipped


def im2col(x, kernel):
    h, w = kernel
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(2, 3))
    return windows.transpose(1, 4, 5, 0, 2, 3).reshape(x.shape[1] * h * w, -1)


def conv_forward(x, w):
    F, C, h, wd = w.shape
    P, Q = x.shape[2] - h + 1, x.shape[3] - wd + 1
    out = w[:, :, ::-1, ::-1].reshape(F, -1) @ im2col(x, (h, wd))
    return out.reshape(F, len(x), P, Q).transpose(1, 0, 2, 3), (x, w)


# %% reshape without the transpose -> rearranged


def im2col(x, kernel):
    h, w = kernel
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(2, 3))
    return windows.transpose(1, 4, 5, 0, 2, 3).reshape(x.shape[1] * h * w, -1)


def conv_forward(x, w):
    F, C, h, wd = w.shape
    P, Q = x.shape[2] - h + 1, x.shape[3] - wd + 1
    out = w.reshape(F, -1) @ im2col(x, (h, wd))
    return out.reshape(len(x), F, P, Q), (x, w)


# %% each channel overwrites the last one -> one-index


def im2col(x, kernel):
    h, w = kernel
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(2, 3))
    return windows.transpose(1, 4, 5, 0, 2, 3).reshape(x.shape[1] * h * w, -1)


def conv_forward(x, w):
    F, C, h, wd = w.shape
    out = np.zeros((len(x), F, x.shape[2] - h + 1, x.shape[3] - wd + 1), x.dtype)
    for n, f, c in np.ndindex(len(x), F, C):
        out[n, f] = conv_filt(x[n, c], w[f, c])
    return out, (x, w)


# %% square kernels only -> square-only


def im2col(x, kernel):
    N, C, H, W = x.shape
    k = kernel[0]
    P, Q = H - k + 1, W - k + 1
    out = np.zeros((C, k, k, N, P, Q), x.dtype)
    for i in range(k):
        for j in range(k):
            out[:, i, j] = x[:, :, i : i + P, j : j + Q].transpose(1, 0, 2, 3)
    return out.reshape(C * k * k, -1)


def conv_forward(x, w):
    F, C, h, wd = w.shape
    P, Q = x.shape[2] - h + 1, x.shape[3] - wd + 1
    out = w.reshape(F, -1) @ im2col(x, (h, wd))
    return out.reshape(F, len(x), P, Q).transpose(1, 0, 2, 3), (x, w)


# %% averages over the channels -> over-size


def im2col(x, kernel):
    h, w = kernel
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(2, 3))
    return windows.transpose(1, 4, 5, 0, 2, 3).reshape(x.shape[1] * h * w, -1)


def conv_forward(x, w):
    h, wd = w.shape[2:]
    windows = np.lib.stride_tricks.sliding_window_view(x, (h, wd), axis=(2, 3))
    return np.einsum("ncpquv,fcuv->nfpqc", windows, w).mean(axis=-1), (x, w)
