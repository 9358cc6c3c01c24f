"""1.5b convolutional layer, forward: wrong answers."""

import numpy as np


# %% output not transposed -> rearranged
# the product (F; N P Q) is reshaped to (N; F; P; Q) directly so images and filters are mixed
def im2col(x, kernel):
    N, C, H, W = x.shape
    kh, kw = kernel
    P, Q = H - kh + 1, W - kw + 1
    cols = np.zeros((C, kh, kw, N, P, Q), dtype=x.dtype)
    for u in range(kh):
        for v in range(kw):
            cols[:, u, v] = x[:, :, u : u + P, v : v + Q].transpose(1, 0, 2, 3)
    return cols.reshape(C * kh * kw, N * P * Q)


def conv_forward(x, w):
    N, _C, H, W = x.shape
    F, _, kh, kw = w.shape
    cols = im2col(x, (kh, kw))
    out = w.reshape(F, -1).dot(cols)
    out = out.reshape(N, F, H - kh + 1, W - kw + 1)
    return out, (x.shape, cols, w, out.shape)


# %% float64 columns -> float64-from-float32
# the columns are allocated by np.zeros without a dtype so a float32 image gives float64 output
def im2col(x, kernel):
    n, c, h, w = x.shape
    kh, kw = kernel
    p, q = h - kh + 1, w - kw + 1
    columns = np.zeros((c * kh * kw, n * p * q))
    row = 0
    for channel in range(c):
        for u in range(kh):
            for v in range(kw):
                columns[row] = x[:, channel, u : u + p, v : v + q].ravel()
                row += 1
    return columns


def conv_forward(x, w):
    n, _, height, width = x.shape
    f, _, kh, kw = w.shape
    columns = im2col(x, (kh, kw))
    out = (w.reshape(f, -1) @ columns).reshape(f, n, height - kh + 1, width - kw + 1).transpose(1, 0, 2, 3)
    return out, (x.shape, columns, w, out.shape)


# %% kernel sides swapped -> square-only
# conv_forward unpacks the kernel's shape as width before height
def im2col(x, kernel):
    N, C, H, W = x.shape
    kh, kw = kernel
    P, Q = H - kh + 1, W - kw + 1
    cols = np.empty((C, kh, kw, N, P, Q), dtype=x.dtype)
    for u in range(kh):
        for v in range(kw):
            cols[:, u, v] = np.swapaxes(x[:, :, u : u + P, v : v + Q], 0, 1)
    return cols.reshape(C * kh * kw, -1)


def conv_forward(x, w):
    N, C, H, W = x.shape
    F, C, kw, kh = w.shape
    cols = im2col(x, (kh, kw))
    out = np.dot(w.reshape(F, C * kh * kw), cols)
    out = out.reshape(F, N, H - kh + 1, W - kw + 1)
    out = np.swapaxes(out, 0, 1)
    return out, (x.shape, cols, w, out.shape)
