"""1.5c convolutional layer, backward: wrong answers."""

import numpy as np


# %% col2im overwrites -> overwrites-overlaps
# pixels that several windows share are assigned instead of added up
def col2im(columns, x_shape, kernel):
    N, C, H, W = x_shape
    kh, kw = kernel
    P, Q = H - kh + 1, W - kw + 1
    columns = columns.reshape(C, kh, kw, N, P, Q)
    x = np.zeros(x_shape, dtype=columns.dtype)
    for u in range(kh):
        for v in range(kw):
            x[:, :, u : u + P, v : v + Q] = columns[:, u, v].transpose(1, 0, 2, 3)
    return x


def conv_backward(dout, cache):
    x_shape, columns, w, _out_shape = cache
    F = w.shape[0]
    dout_flat = dout.transpose(1, 0, 2, 3).reshape(F, -1)
    dw = (dout_flat @ columns.T).reshape(w.shape)
    dx = col2im(w.reshape(F, -1).T @ dout_flat, x_shape, w.shape[2:])
    return dx, dw


# %% examples last -> examples-mixed
# dout is laid out with the example as its last axis as in CS231n but the columns have it before the pixels
def col2im(columns, x_shape, kernel):
    n, c, height, width = x_shape
    kh, kw = kernel
    p, q = height - kh + 1, width - kw + 1
    columns = columns.reshape(c, kh, kw, n, p, q)
    x = np.zeros(x_shape, dtype=columns.dtype)
    for u in range(kh):
        for v in range(kw):
            x[:, :, u : u + p, v : v + q] += columns[:, u, v].transpose(1, 0, 2, 3)
    return x


def conv_backward(dout, cache):
    x_shape, x_cols, w, _ = cache
    num_filters, _, filter_height, filter_width = w.shape
    dout_reshaped = dout.transpose(1, 2, 3, 0).reshape(num_filters, -1)
    dw = dout_reshaped.dot(x_cols.T).reshape(w.shape)
    dx_cols = w.reshape(num_filters, -1).T.dot(dout_reshaped)
    dx = col2im(dx_cols, x_shape, (filter_height, filter_width))
    return dx, dw
