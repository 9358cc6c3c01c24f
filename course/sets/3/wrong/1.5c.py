"""1.5c convolutional layer, backward: wrong answers."""

import numpy as np


# %% dW sums with the gradient turned -> flipped
def conv_backward(dout, cache):
    x_shape, columns, w, _out_shape = cache
    turned = dout[:, :, ::-1, ::-1].transpose(1, 0, 2, 3).reshape(len(w), -1)
    g = dout.transpose(1, 0, 2, 3).reshape(len(w), -1)
    return col2im(w.reshape(len(w), -1).T @ g, x_shape, w.shape[2:]), (turned @ columns.T).reshape(w.shape)


# %% dX from the kernels' rows in the wrong order -> rearranged
def conv_backward(dout, cache):
    x_shape, columns, w, _out_shape = cache
    g = dout.transpose(1, 0, 2, 3).reshape(len(w), -1)
    return col2im(w.reshape(-1, len(w)) @ g, x_shape, w.shape[2:]), (g @ columns.T).reshape(w.shape)


# %% dW is scaled by the number of pixels -> over-size
def conv_backward(dout, cache):
    x_shape, columns, w, out_shape = cache
    g = dout.transpose(1, 0, 2, 3).reshape(len(w), -1)
    dw = (g @ columns.T).reshape(w.shape) / (out_shape[2] * out_shape[3])
    return col2im(w.reshape(len(w), -1).T @ g, x_shape, w.shape[2:]), dw


# %% col2im takes the last value -> overwrites-overlaps
def col2im(columns, x_shape, kernel):
    (n, c, height, width), (h, k) = x_shape, kernel
    p, q = height - h + 1, width - k + 1
    blocks = columns.reshape(c, h, k, n, p, q)
    x = np.zeros(x_shape, columns.dtype)
    for i in range(p):
        for j in range(q):
            x[:, :, i : i + h, j : j + k] = blocks[..., i, j].transpose(3, 0, 1, 2)
    return x
