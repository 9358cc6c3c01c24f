"""1.5c convolutional layer, backward: right answers of set 12."""

import numpy as np

from nnlib.layers.conv import col2im

# %% np.bincount


def col2im(columns, x_shape, kernel):
    (n, c, height, width), (_kh, _kw) = x_shape, kernel
    pixel = np.arange(n * c * height * width).reshape(x_shape)
    where = np.lib.stride_tricks.sliding_window_view(pixel, kernel, axis=(2, 3)).transpose(1, 4, 5, 0, 2, 3)
    sums = np.bincount(where.ravel(), weights=columns.ravel(), minlength=pixel.size)
    return sums.reshape(x_shape).astype(columns.dtype)
