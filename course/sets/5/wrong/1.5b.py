"""1.5b convolutional layer, forward: wrong answers."""

import numpy as np


# %% reshaped to (N F P Q) at once -> rearranged
# the product (F N P Q) is reshaped to (N F P Q) without the transpose
def im2col(x, kernel):
    (n, c, h, w), (kh, kw) = x.shape, kernel
    p, q = h - kh + 1, w - kw + 1
    columns = np.zeros((c, kh, kw, n, p, q), dtype=x.dtype)
    for u in range(kh):
        for v in range(kw):
            columns[:, u, v] = x[:, :, u : u + p, v : v + q].transpose(1, 0, 2, 3)
    return columns.reshape(c * kh * kw, -1)


def conv_forward(x, w):
    (N, C, H, W), (F, _, kh, kw) = x.shape, w.shape
    columns = im2col(x, (kh, kw))
    out = w.reshape(F, -1) @ columns
    out = out.reshape(N, F, H - kh + 1, W - kw + 1)
    return out, (x.shape, columns, w, out.shape)


# %% the sum has no axis -> same-along-axis
# each output element sums over all images as well as over channels and pixels so all images get the same map
def im2col(x, kernel):
    (n, c, h, w), (kh, kw) = x.shape, kernel
    p, q = h - kh + 1, w - kw + 1
    columns = np.empty((c, kh, kw, n, p, q), dtype=x.dtype)
    for u, v in np.ndindex(kh, kw):
        columns[:, u, v] = np.moveaxis(x[:, :, u : u + p, v : v + q], 1, 0)
    return columns.reshape(c * kh * kw, n * p * q)


def conv_forward(x, w):
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    out_h, out_w = H - HH + 1, W - WW + 1
    out = np.zeros((N, F, out_h, out_w), dtype=x.dtype)
    for f in range(F):
        for i in range(out_h):
            for j in range(out_w):
                window = x[:, :, i : i + HH, j : j + WW]
                out[:, f, i, j] = np.sum(window * w[f])
    return out, (x.shape, im2col(x, (HH, WW)), w, out.shape)


# %% the columns of CS231n -> rearranged
# im2col numbers its columns by (p q n) where the item asks for (n p q) but conv_forward undoes it and is right
def get_im2col_indices(x_shape, kh, kw):
    N, C, H, W = x_shape
    P, Q = H - kh + 1, W - kw + 1
    i0 = np.tile(np.repeat(np.arange(kh), kw), C)
    i1 = np.repeat(np.arange(P), Q)
    j0 = np.tile(np.arange(kw), kh * C)
    j1 = np.tile(np.arange(Q), P)
    i = i0.reshape(-1, 1) + i1.reshape(1, -1)
    j = j0.reshape(-1, 1) + j1.reshape(1, -1)
    k = np.repeat(np.arange(C), kh * kw).reshape(-1, 1)
    return k, i, j


def im2col(x, kernel):
    k, i, j = get_im2col_indices(x.shape, *kernel)
    cols = x[:, k, i, j]
    return cols.transpose(1, 2, 0).reshape(kernel[0] * kernel[1] * x.shape[1], -1)


def conv_forward(x, w):
    N, C, H, W = x.shape
    F, _, kh, kw = w.shape
    x_cols = im2col(x, (kh, kw))
    res = w.reshape(F, -1) @ x_cols
    out = res.reshape(F, H - kh + 1, W - kw + 1, N).transpose(3, 0, 1, 2)
    return out, (x, w, x_cols)


def conv_backward(dout, cache):
    x, w, x_cols = cache
    N, F, P, Q = dout.shape
    kh, kw = w.shape[2:]
    dout_reshaped = dout.transpose(1, 2, 3, 0).reshape(F, -1)
    dw = (dout_reshaped @ x_cols.T).reshape(w.shape)
    dx_cols = (w.reshape(F, -1).T @ dout_reshaped).reshape(-1, kh, kw, P, Q, N)
    dx = np.zeros_like(x)
    for u in range(kh):
        for v in range(kw):
            dx[:, :, u : u + P, v : v + Q] += dx_cols[:, u, v].transpose(3, 0, 1, 2)
    return dx, dw
