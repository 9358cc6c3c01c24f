"""1.5b convolutional layer, forward: right answers."""

import numpy as np


# %% index arrays and a product for each image
def _patches(x, kernel):
    _, c, height, width = x.shape
    kh, kw = kernel
    channel, u, v = (axis.reshape(-1, 1) for axis in np.indices((c, kh, kw)))
    i, j = (axis.reshape(1, -1) for axis in np.indices((height - kh + 1, width - kw + 1)))
    return x[:, channel, u + i, v + j]  # (N, K, P Q)


def im2col(x, kernel):
    patches = _patches(x, kernel)
    return np.concatenate(list(patches), axis=1)


def conv_forward(x, w):
    n, _, height, width = x.shape
    f, _, kh, kw = w.shape
    patches = _patches(x, (kh, kw))
    out = np.matmul(w.reshape(f, -1), patches).reshape(n, f, height - kh + 1, width - kw + 1)
    columns = patches.transpose(1, 0, 2).reshape(patches.shape[1], -1)
    return out, (x.shape, columns, w, out.shape)
