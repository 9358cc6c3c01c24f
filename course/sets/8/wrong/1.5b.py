"""1.5b convolutional layer, forward: wrong answers of set 8."""

import numpy as np

from nnlib.layers import arguments

# %% the rows of the columns count (u, v, c) -> rearranged


def im2col(x, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(2, 3))
    return windows.transpose(4, 5, 1, 0, 2, 3).reshape(x.shape[1] * kernel[0] * kernel[1], -1)


def conv_forward(x, w):
    arguments.convolution(x, w)
    columns = im2col(x, w.shape[2:])
    p, q = x.shape[2] - w.shape[2] + 1, x.shape[3] - w.shape[3] + 1
    out = (w.reshape(len(w), -1) @ columns).reshape(len(w), len(x), p, q).transpose(1, 0, 2, 3)
    return out, (columns, w, x.shape)


# %% the kernel is flipped -> flipped


def conv_forward(x, w):
    arguments.convolution(x, w)
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("ncpquv,fcuv->nfpq", windows, w[..., ::-1, ::-1]), (x, w)


# %% the product's rows are reshaped to images without swapping -> rearranged


def conv_forward(x, w):
    arguments.convolution(x, w)
    columns = im2col(x, w.shape[2:])
    p, q = x.shape[2] - w.shape[2] + 1, x.shape[3] - w.shape[3] + 1
    out = (w.reshape(len(w), -1) @ columns).reshape(len(x), len(w), p, q)
    return out, (columns, w, x.shape)


# %% every filter sees the sum of the channels of the kernel -> only-the-mean


def conv_forward(x, w):
    arguments.convolution(x, w)
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("npquv,fuv->nfpq", windows.sum(axis=1), w.sum(axis=1)), (x, w)
