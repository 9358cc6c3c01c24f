"""1.5b convolutional layer, forward: right answers of set 12."""

from functools import lru_cache

import numpy as np

from nnlib.layers.conv import im2col

# %% memoised indices of the windows


@lru_cache
def _where(shape, kernel):
    n, c, h, w = shape
    index = np.arange(n * c * h * w).reshape(shape)
    windows = np.lib.stride_tricks.sliding_window_view(index, kernel, axis=(2, 3))
    return windows.transpose(1, 4, 5, 0, 2, 3).reshape(c * kernel[0] * kernel[1], -1)


def im2col(x, kernel):
    return np.take(x, _where(x.shape, tuple(kernel)))


def conv_forward(x, w):
    n, f = len(x), len(w)
    p, q = x.shape[2] - w.shape[2] + 1, x.shape[3] - w.shape[3] + 1
    columns = im2col(x, w.shape[2:])
    out = np.einsum("fk,knm->nfm", w.reshape(f, -1), columns.reshape(len(columns), n, p * q)).reshape(n, f, p, q)
    return out, (x.shape, columns, w, out.shape)
