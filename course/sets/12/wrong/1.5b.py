"""1.5b convolutional layer, forward: wrong answers of set 12."""

import numpy as np

from nnlib.layers.conv import im2col

# %% w.shape is assigned -> argument-changed


def conv_forward(x, w):
    f, c, kh, kw = w.shape
    n, _, h, width = x.shape
    columns = im2col(x, (kh, kw))
    w.shape = (f, c * kh * kw)
    out = (w @ columns).reshape(f, n, h - kh + 1, width - kw + 1).transpose(1, 0, 2, 3)
    return out, (x.shape, columns, w.reshape(f, c, kh, kw), out.shape)


# %% a single image comes back without its batch axis -> extra-axis


def conv_forward(x, w):
    (n, _, height, width), (f, _, kh, kw) = x.shape, w.shape
    columns = im2col(x, (kh, kw))
    out = w.reshape(f, -1) @ columns
    out = out.reshape(f, n, height - kh + 1, width - kw + 1).transpose(1, 0, 2, 3)
    return (out[0] if n == 1 else out), (x.shape, columns, w, out.shape)


# %% 1 x 1 kernels leave the sum of channels unweighted -> same-along-axis


def conv_forward(x, w):
    (n, _c, height, width), (f, _, kh, kw) = x.shape, w.shape
    columns = im2col(x, (kh, kw))
    if kh == kw == 1:
        out = np.repeat(x.sum(axis=1, keepdims=True), f, axis=1)
    else:
        out = (w.reshape(f, -1) @ columns).reshape(f, n, height - kh + 1, width - kw + 1).transpose(1, 0, 2, 3)
    return out, (x.shape, columns, w, out.shape)


# %% one buffer for all outputs of a shape -> kept-between-calls


_BUFFERS = {}


def conv_forward(x, w):
    (n, _, height, width), (f, _, kh, kw) = x.shape, w.shape
    columns = im2col(x, (kh, kw))
    out = w.reshape(f, -1) @ columns
    out = out.reshape(f, n, height - kh + 1, width - kw + 1).transpose(1, 0, 2, 3)
    buffer = _BUFFERS.setdefault((out.shape, out.dtype.str), np.empty_like(out))
    buffer[...] = out
    return buffer, (x.shape, columns, w, out.shape)
