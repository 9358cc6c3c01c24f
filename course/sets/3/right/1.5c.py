"""1.5c convolutional layer, backward: right answers, written differently."""

import numpy as np

from nnlib.layers.conv import col2im


# %% images one by one
def conv_backward(dout, cache):
    x_shape, columns, w, out_shape = cache
    f = w.shape[0]
    parts = columns.reshape(-1, x_shape[0], out_shape[2] * out_shape[3])
    dw, dx = np.zeros((f, parts.shape[0]), w.dtype), []
    for n in range(x_shape[0]):
        g = dout[n].reshape(f, -1)
        dw += g @ parts[:, n].T
        dx.append(col2im(w.reshape(f, -1).T @ g, (1, *x_shape[1:]), w.shape[2:]))
    return np.concatenate(dx), dw.reshape(w.shape)
