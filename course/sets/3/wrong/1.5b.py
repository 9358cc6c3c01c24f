"""1.5b convolutional layer, forward: wrong answers."""

import numpy as np

from nnlib.layers.conv import conv_filt, im2col


# %% the kernel is turned in the loops -> flipped
def conv_forward(x, w):
    n, _, height, width = x.shape
    f, _, h, k = w.shape
    out = np.zeros((n, f, height - h + 1, width - k + 1), x.dtype)
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            out[:, :, i, j] = np.einsum("ncuv,fcuv->nf", x[:, :, i : i + h, j : j + k], w[:, :, ::-1, ::-1])
    return out, (x, w)


# %% the channels are not added but overwritten -> one-index
def conv_forward(x, w):
    n, c, height, width = x.shape
    f, _, h, k = w.shape
    out = np.zeros((n, f, height - h + 1, width - k + 1), x.dtype)
    for a in range(n):
        for b in range(f):
            for d in range(c):
                out[a, b] = conv_filt(x[a, d], w[b, d])
    return out, (x, w)


# %% the columns are those of rows and columns exchanged -> transpose, rearranged, square-only
def conv_forward(x, w):
    n, _c, height, width = x.shape
    f, _, h, k = w.shape
    out = w.reshape(f, -1) @ im2col(x, (h, k))
    out = out.reshape(f, n, width - k + 1, height - h + 1)
    return out.transpose(1, 0, 3, 2), (x, w)


# %% images and filters are not exchanged back -> rearranged
def conv_forward(x, w):
    n, _c, height, width = x.shape
    f, _, h, k = w.shape
    out = w.reshape(f, -1) @ im2col(x, (h, k))
    return out.reshape(n, f, height - h + 1, width - k + 1), (x, w)
