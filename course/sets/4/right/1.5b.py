"""1.5b convolutional layer, forward: right answers, written differently."""

import numpy as np


# %% unfold by reshape of a view, tensordot for the layer
def im2col(x, kernel):
    view = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(2, 3))
    return view.transpose(1, 4, 5, 0, 2, 3).reshape(x.shape[1] * kernel[0] * kernel[1], -1)


def conv_forward(x, w):
    view = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    out = np.moveaxis(np.tensordot(view, w, axes=([1, 4, 5], [1, 2, 3])), -1, 1)
    return out, (x.shape, im2col(x, w.shape[2:]), w, out.shape)
