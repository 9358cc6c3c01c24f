"""1.5c convolutional layer, backward: wrong answers."""

import numpy as np


# %% += with repeated indices -> overwrites-overlaps
# col2im adds through an index array and NumPy keeps only the last of the repeated pixels where np.add.at would add all
def col2im(columns, x_shape, kernel):
    (N, C, H, W), (kh, kw) = x_shape, kernel
    P, Q = H - kh + 1, W - kw + 1
    i = np.tile(np.repeat(np.arange(kh), kw), C)[:, None] + np.repeat(np.arange(P), Q)[None, :]
    j = np.tile(np.arange(kw), kh * C)[:, None] + np.tile(np.arange(Q), P)[None, :]
    k = np.repeat(np.arange(C), kh * kw)[:, None]
    x = np.zeros(x_shape, dtype=columns.dtype)
    x[:, k, i, j] += columns.reshape(C * kh * kw, N, P * Q).transpose(1, 0, 2)
    return x


def conv_backward(dout, cache):
    x_shape, columns, w, _ = cache
    F = w.shape[0]
    g = dout.transpose(1, 0, 2, 3).reshape(F, -1)
    dw = (g @ columns.T).reshape(w.shape)
    dx = col2im(w.reshape(F, -1).T @ g, x_shape, w.shape[2:])
    return dx, dw


# %% dout reshaped without the transpose -> rearranged
# dout (N F P Q) is reshaped to (F N P Q) at once so examples and filters are mixed for N and F above 1
def col2im(columns, x_shape, kernel):
    (n, c, h, w), (kh, kw) = x_shape, kernel
    p, q = h - kh + 1, w - kw + 1
    columns = columns.reshape(c, kh, kw, n, p, q)
    x = np.zeros((c, n, h, w), dtype=columns.dtype)
    for u in range(kh):
        for v in range(kw):
            x[:, :, u : u + p, v : v + q] += columns[:, u, v]
    return x.transpose(1, 0, 2, 3)


def conv_backward(dout, cache):
    x_shape, columns, w, _ = cache
    num_filters = w.shape[0]
    dout_reshaped = dout.reshape(num_filters, -1)
    dw = dout_reshaped.dot(columns.T).reshape(w.shape)
    dx_cols = w.reshape(num_filters, -1).T.dot(dout_reshaped)
    return col2im(dx_cols, x_shape, w.shape[2:]), dw


# %% the kernel not flipped in dx -> flipped
# dx filters the padded dout with the kernel as it stands where a full convolution flips it
def col2im(columns, x_shape, kernel):
    (n, c, h, w), (kh, kw) = x_shape, kernel
    p, q = h - kh + 1, w - kw + 1
    columns = columns.reshape(c, kh, kw, n, p, q)
    x = np.zeros(x_shape, dtype=columns.dtype)
    for u, v in np.ndindex(kh, kw):
        x[:, :, u : u + p, v : v + q] += columns[:, u, v].transpose(1, 0, 2, 3)
    return x


def conv_backward(dout, cache):
    x_shape, columns, w, _ = cache
    N, F, P, Q = dout.shape
    _, C, kh, kw = w.shape
    dw = (dout.transpose(1, 0, 2, 3).reshape(F, -1) @ columns.T).reshape(w.shape)
    padded = np.pad(dout, ((0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)))
    dx = np.zeros(x_shape, dtype=dout.dtype)
    for i in range(x_shape[2]):
        for j in range(x_shape[3]):
            window = padded[:, :, i : i + kh, j : j + kw]
            dx[:, :, i, j] = np.tensordot(window, w, axes=([1, 2, 3], [0, 2, 3]))
    return dx, dw
