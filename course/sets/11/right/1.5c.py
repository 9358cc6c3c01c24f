"""1.5c convolutional layer, backward: right answers of set 11, for the repository's forward pass."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nnlib.layers import arguments

# %% np.bincount with weights over flat indices


def col2im(columns, x_shape, kernel):
    n, c, height, width = x_shape
    _kh, _kw = kernel
    numbers = np.arange(n * c * height * width).reshape(x_shape)
    windows = sliding_window_view(numbers, kernel, axis=(2, 3)).transpose(1, 4, 5, 0, 2, 3)
    sums = np.bincount(windows.ravel(), weights=columns.ravel(), minlength=numbers.size)
    return sums.reshape(x_shape).astype(columns.dtype)


def conv_backward(dout, cache):
    x_shape, columns, w, _out_shape = cache
    g = np.moveaxis(dout, 1, 0).reshape(len(w), -1)
    dw = np.einsum("fk,ck->fc", g, columns).reshape(w.shape)
    return col2im(np.einsum("fc,fk->ck", w.reshape(len(w), -1), g), x_shape, w.shape[2:]), dw


# %% a full convolution with the flipped kernels, per offset


def col2im(columns, x_shape, kernel):
    (n, c, height, width), (kh, kw) = x_shape, kernel
    p, q = height - kh + 1, width - kw + 1
    blocks = columns.reshape(c, kh, kw, n, p, q).transpose(3, 0, 4, 5, 1, 2)
    x = np.zeros(x_shape, columns.dtype)
    for i in range(p):
        for j in range(q):
            x[:, :, i : i + kh, j : j + kw] += blocks[:, :, i, j]
    return x


def conv_backward(dout, cache):
    _x_shape, columns, w, out_shape = cache
    kh, kw = w.shape[2:]
    padded = np.pad(dout, ((0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)))
    windows = sliding_window_view(padded, (kh, kw), axis=(2, 3))  # (N, F, H, W, H', W')
    dx = np.einsum("nfijuv,fcuv->ncij", windows, w[:, :, ::-1, ::-1], optimize=True)
    dw = np.tensordot(dout, columns.reshape(*w.shape[1:], *np.take(out_shape, (0, 2, 3))), axes=((0, 2, 3), (3, 4, 5)))
    return dx, dw


# %% a cache of another kind with a forward pass of its own


def conv_forward(x, w):
    arguments.convolution(x, w)
    windows = sliding_window_view(x.copy(), w.shape[2:], axis=(2, 3))
    out = np.einsum("ncpquv,fcuv->nfpq", windows, w, optimize=True)
    return out, {"windows": windows, "kernels": w, "shape": x.shape}


def col2im(columns, x_shape, kernel):
    (n, c, height, width), (kh, kw) = x_shape, kernel
    x = np.zeros(x_shape, columns.dtype)
    view = sliding_window_view(x, kernel, axis=(2, 3), writeable=True)
    columns = columns.reshape(c, kh, kw, n, height - kh + 1, width - kw + 1)
    for u in range(kh):
        for v in range(kw):
            view[..., u, v] += columns[:, u, v].swapaxes(0, 1)
    return x


def conv_backward(dout, cache):
    w = cache["kernels"]
    dw = np.einsum("nfpq,ncpquv->fcuv", dout, cache["windows"], optimize=True)
    spread = np.einsum("fcuv,nfpq->cuvnpq", w, dout, optimize=True)
    return col2im(spread.reshape(w[0].size, -1), cache["shape"], w.shape[2:]), dw
