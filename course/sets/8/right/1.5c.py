"""1.5c convolutional layer, backward: right answers of set 8."""

import numpy as np

from nnlib.layers import arguments
from nnlib.layers.conv import conv_filt, conv_full, im2col

# %% the two formulas with the functions of 1.5a, image by image


def col2im(columns, x_shape, kernel):
    n, c, height, width = x_shape
    h, w = kernel
    p, q = height - h + 1, width - w + 1
    parts = columns.reshape(c, h, w, n, p, q)
    out = np.zeros(x_shape, dtype=columns.dtype)
    for i in range(p):
        for j in range(q):
            out[:, :, i : i + h, j : j + w] += parts[:, :, :, :, i, j].transpose(3, 0, 1, 2)
    return out


def conv_forward(x, w):
    arguments.convolution(x, w)
    out = [[sum(conv_filt(x[n, c], w[f, c]) for c in range(x.shape[1])) for f in range(len(w))] for n in range(len(x))]
    return np.array(out), {"x": x, "w": w}


def conv_backward(dout, cache):
    x, w = cache["x"], cache["w"]
    dx = np.empty_like(x)
    dw = np.empty_like(w)
    for c in range(x.shape[1]):
        for n in range(len(x)):
            dx[n, c] = sum(conv_full(w[f, c], dout[n, f]) for f in range(len(w)))
        for f in range(len(w)):
            dw[f, c] = sum(conv_filt(x[n, c], dout[n, f]) for n in range(len(x)))
    return dx, dw


# %% np.bincount over flat indices


def col2im(columns, x_shape, kernel):
    places = im2col(np.arange(np.prod(x_shape), dtype=np.float64).reshape(x_shape), kernel)
    total = np.bincount(places.astype(np.intp).ravel(), weights=columns.ravel(), minlength=int(np.prod(x_shape)))
    return total.reshape(x_shape).astype(columns.dtype)


def conv_forward(x, w):
    arguments.convolution(x, w)
    columns = im2col(x, w.shape[2:])
    p, q = x.shape[2] - w.shape[2] + 1, x.shape[3] - w.shape[3] + 1
    out = (w.reshape(len(w), -1) @ columns).reshape(len(w), len(x), p, q).transpose(1, 0, 2, 3)
    return out, (columns, w, x.shape)


def conv_backward(dout, cache):
    columns, w, shape = cache
    g = dout.transpose(1, 0, 2, 3).reshape(len(w), -1)
    dw = np.matmul(g, columns.T).reshape(w.shape)
    return col2im(np.matmul(w.reshape(len(w), -1).T, g), shape, w.shape[2:]), dw


# %% windows of the padded gradient, tensordot


def col2im(columns, x_shape, kernel):
    n, c, height, width = x_shape
    h, w = kernel
    p, q = height - h + 1, width - w + 1
    image = np.zeros((c, n, height, width), dtype=columns.dtype, order="F")
    for row, (channel, u, v) in zip(columns, np.ndindex(c, h, w), strict=True):
        image[channel, :, u : u + p, v : v + q] += row.reshape(n, p, q)
    return image.transpose(1, 0, 2, 3)


def _windows(a, size):
    return np.lib.stride_tricks.sliding_window_view(a, size, axis=(2, 3))


def conv_forward(x, w):
    arguments.convolution(x, w)
    return np.einsum("ncpquv,fcuv->nfpq", _windows(x, w.shape[2:]), w, optimize=True), [x, w]


def conv_backward(dout, cache):
    x, w = cache
    h, k = w.shape[2:]
    around = np.pad(dout, [(0, 0), (0, 0), (h - 1,) * 2, (k - 1,) * 2], mode="constant")
    dx = np.tensordot(_windows(around, (h, k)), np.flip(w, (2, 3)), axes=((1, 4, 5), (0, 2, 3)))
    dw = np.tensordot(dout, _windows(x, dout.shape[2:]), axes=((0, 2, 3), (0, 4, 5)))
    return np.moveaxis(dx, -1, 1), dw
