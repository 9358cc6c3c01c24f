"""1.5b convolutional layer, forward: wrong answers of set 11."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nnlib.layers import arguments

# %% the columns are ordered with the example last -> rearranged


def im2col(x, kernel):
    windows = sliding_window_view(x, kernel, axis=(2, 3))
    return windows.transpose(1, 4, 5, 2, 3, 0).reshape(x.shape[1] * kernel[0] * kernel[1], -1)


# %% only the first channel of the kernels for all channels -> only-the-mean


def conv_forward(x, w):
    arguments.convolution(x, w)
    columns = im2col(x, w.shape[2:])
    first = np.broadcast_to(w[:, :1], w.shape)
    out = np.einsum("ncpquv,fcuv->nfpq", sliding_window_view(x, w.shape[2:], (2, 3)), first)
    return out, (x.shape, columns, w, out.shape)


# %% a cache of indices of the first shape seen -> exception


_FIRST = {}


def im2col(x, kernel):
    if kernel not in _FIRST:
        numbers = np.arange(x[0].size).reshape(1, *x.shape[1:])
        windows = sliding_window_view(numbers, kernel, axis=(2, 3))
        _FIRST[kernel] = windows.transpose(1, 4, 5, 0, 2, 3).reshape(x.shape[1] * kernel[0] * kernel[1], -1)
    flat = x.reshape(len(x), -1)[:, _FIRST[kernel]]
    return flat.transpose(1, 0, 2).reshape(flat.shape[1], -1)
