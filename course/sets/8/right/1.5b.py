"""1.5b convolutional layer, forward: right answers of set 8."""

from functools import cache
from types import SimpleNamespace

import numpy as np

from nnlib.layers import arguments

# %% a sum over the kernel's pixels, a namespace as cache


def im2col(x, kernel):
    h, w = kernel
    p, q = x.shape[2] - h + 1, x.shape[3] - w + 1
    rows = [x[:, c, u : u + p, v : v + q].ravel() for c in range(x.shape[1]) for u in range(h) for v in range(w)]
    return np.stack(rows)


def conv_forward(x, w):
    arguments.convolution(x, w)
    p, q = x.shape[2] - w.shape[2] + 1, x.shape[3] - w.shape[3] + 1
    out = np.zeros((len(x), len(w), p, q), dtype=np.result_type(x, w))
    for u, v in np.ndindex(*w.shape[2:]):
        out += np.einsum("ncpq,fc->nfpq", x[:, :, u : u + p, v : v + q], w[:, :, u, v])
    return out, SimpleNamespace(x=x, w=w)


def conv_backward(dout, cache):
    x, w = cache.x, cache.w
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    p, q = dout.shape[2:]
    for u, v in np.ndindex(*w.shape[2:]):
        dw[:, :, u, v] = np.einsum("nfpq,ncpq->fc", dout, x[:, :, u : u + p, v : v + q])
        dx[:, :, u : u + p, v : v + q] += np.einsum("nfpq,fc->ncpq", dout, w[:, :, u, v])
    return dx, dw


# %% index arrays that are kept from call to call, the output as a view


@cache
def _places(channels, height, width, h, w):
    i = np.arange(h)[:, None, None, None] + np.arange(height - h + 1)[None, None, :, None]
    j = np.arange(w)[None, :, None, None] + np.arange(width - w + 1)[None, None, None, :]
    flat = (i * width + j).reshape(h * w, -1)
    return (np.arange(channels)[:, None, None] * height * width + flat).reshape(channels * h * w, -1)


def im2col(x, kernel):
    places = _places(*x.shape[1:], *kernel)
    columns = np.take(x.reshape(len(x), -1), places, axis=1)
    return columns.transpose(1, 0, 2).reshape(len(places), -1)


def conv_forward(x, w):
    arguments.convolution(x, w)
    columns = im2col(x, w.shape[2:])
    out = columns.T @ w.reshape(len(w), -1).T
    p, q = x.shape[2] - w.shape[2] + 1, x.shape[3] - w.shape[3] + 1
    return np.rollaxis(out.reshape(len(x), p, q, len(w)), 3, 1), (columns, x.shape, w)


def conv_backward(dout, cache):
    columns, shape, w = cache
    g = dout.transpose(1, 0, 2, 3).reshape(len(w), -1)
    back = (w.reshape(len(w), -1).T @ g).reshape(columns.shape[0], shape[0], -1)
    dx = np.zeros((shape[0], shape[1] * shape[2] * shape[3]), dtype=dout.dtype)
    for n in range(shape[0]):
        np.add.at(dx[n], _places(*shape[1:], *w.shape[2:]), back[:, n])
    return dx.reshape(shape), (g @ columns.T).reshape(w.shape)


# %% im2col by recursion over the images


def im2col(x, kernel):
    if len(x) > 1:
        left, right = im2col(x[:1], kernel), im2col(x[1:], kernel)
        return np.concatenate([left, right], axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(x[0], kernel, axis=(1, 2))
    return windows.transpose(0, 3, 4, 1, 2).reshape(x.shape[1] * kernel[0] * kernel[1], -1).copy()


def conv_forward(x, w):
    arguments.convolution(x, w)
    f, _, h, k = w.shape
    flat = np.dot(w.reshape(f, -1), im2col(x, (h, k)))
    out = flat.reshape(f, x.shape[0], x.shape[2] - h + 1, x.shape[3] - k + 1).swapaxes(0, 1)
    return out, (x, w)


def conv_backward(dout, cache):
    x, w = cache
    h, k = w.shape[2:]
    g = dout.swapaxes(0, 1).reshape(len(w), -1)
    dw = (g @ im2col(x, (h, k)).T).reshape(w.shape)
    padded = np.pad(dout, ((0, 0), (0, 0), (h - 1, h - 1), (k - 1, k - 1)))
    turned = np.ascontiguousarray(w[:, :, ::-1, ::-1].swapaxes(0, 1))
    dx, _ = conv_forward(padded, turned)
    return dx, dw
