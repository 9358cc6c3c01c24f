"""1.5b convolutional layer, forward: wrong answers."""

import numpy as np


# %% the windows are laid out column by column -> rearranged
def im2col(x, kernel):
    (n, _c, height, width), (h, v) = x.shape, kernel
    cols = [
        x[a, :, i : i + h, j : j + v].ravel(order="F")
        for a in range(n)
        for i in range(height - h + 1)
        for j in range(width - v + 1)
    ]
    return np.array(cols).T


# %% two filters of the kernels are exchanged by a sort -> none
def conv_forward(x, w):
    n, _c, height, width = x.shape
    f, _, h, v = w.shape
    out = np.zeros((n, f, height - h + 1, width - v + 1), x.dtype)
    for k in range(f):
        for i in range(out.shape[2]):
            for j in range(out.shape[3]):
                out[:, f - 1 - k, i, j] = (x[:, :, i : i + h, j : j + v] * w[k]).sum((1, 2, 3))
    return out, (x, w)


# %% the loops over the output's places stop at the kernel's size -> unfilled, exception
def conv_forward(x, w):
    n, _c, height, width = x.shape
    f, _, h, v = w.shape
    out = np.zeros((n, f, height - h + 1, width - v + 1), x.dtype)
    for i in range(min(h, out.shape[2])):
        for j in range(min(v, out.shape[3])):
            for k in range(f):
                out[:, k, i, j] = (x[:, :, i : i + h, j : j + v] * w[k]).sum((1, 2, 3))
    return out, (x, w)
