"""1.5c convolutional layer, backward: wrong answers. The cache is (x's shape, columns, w, the output's shape)."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nnlib.layers.conv import conv_filt, conv_full, conv_valid


def _windows(x, size):
    return sliding_window_view(x, size, axis=(2, 3))


def _full(dout, w):
    """Return dX with the kernels as they are given, not flipped."""
    kh, kw = w.shape[2:]
    padded = np.pad(dout, ((0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)))
    return np.einsum("nfijuv,fcuv->ncij", _windows(padded, (kh, kw)), w)


def _filters(dout, cache):
    """Return dW."""
    _, columns, w, _ = cache
    g = dout.transpose(1, 0, 2, 3).reshape(len(w), -1)
    return (g @ columns.T).reshape(w.shape)


# %% dX by a full convolution without the flip -> flipped


def conv_backward(dout, cache):
    return _full(dout, cache[2]), _filters(dout, cache)


# %% dW flipped -> flipped


def conv_backward(dout, cache):
    w = cache[2]
    return _full(dout, w[:, :, ::-1, ::-1]), _filters(dout, cache)[:, :, ::-1, ::-1]


# %% dX flips one axis of the kernels alone -> flipped-one-axis


def conv_backward(dout, cache):
    return _full(dout, cache[2][:, :, ::-1]), _filters(dout, cache)


# %% col2im assigns where windows overlap -> overwrites-overlaps


def col2im(columns, x_shape, kernel):
    (n, c, height, width), (kh, kw) = x_shape, kernel
    p, q = height - kh + 1, width - kw + 1
    columns = columns.reshape(c, kh, kw, n, p, q)
    x = np.zeros(x_shape, dtype=columns.dtype)
    for u, v in np.ndindex(kh, kw):
        x[:, :, u : u + p, v : v + q] = columns[:, u, v].transpose(1, 0, 2, 3)
    return x


# %% col2im averages where windows overlap -> averages-overlaps


def col2im(columns, x_shape, kernel):
    (n, c, height, width), (kh, kw) = x_shape, kernel
    p, q = height - kh + 1, width - kw + 1
    columns = columns.reshape(c, kh, kw, n, p, q)
    x, count = np.zeros(x_shape, dtype=columns.dtype), np.zeros(x_shape, dtype=columns.dtype)
    for u, v in np.ndindex(kh, kw):
        x[:, :, u : u + p, v : v + q] += columns[:, u, v].transpose(1, 0, 2, 3)
        count[:, :, u : u + p, v : v + q] += 1
    return x / count


# %% col2im reads the columns with the channels last -> rearranged, none


def col2im(columns, x_shape, kernel):
    (n, c, height, width), (kh, kw) = x_shape, kernel
    p, q = height - kh + 1, width - kw + 1
    columns = columns.reshape(kh, kw, c, n, p, q)
    x = np.zeros(x_shape, dtype=columns.dtype)
    for u, v in np.ndindex(kh, kw):
        x[:, :, u : u + p, v : v + q] += columns[u, v].transpose(1, 0, 2, 3)
    return x


# %% dX of the last filter alone -> one-index


def conv_backward(dout, cache):
    x_shape, _, w, _ = cache
    dx = np.zeros(x_shape, dtype=dout.dtype)
    for n, f, c in np.ndindex(len(dout), len(w), w.shape[1]):
        dx[n, c] = conv_full(w[f, c], dout[n, f])
    return dx, _filters(dout, cache)


# %% dW of the last image alone -> one-index


def conv_forward(x, w):
    return np.einsum("ncpquv,fcuv->nfpq", _windows(x, w.shape[2:]), w), (x, w)


def conv_backward(dout, cache):
    x, w = cache
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for n, f, c in np.ndindex(len(dout), len(w), w.shape[1]):
        dx[n, c] += conv_full(dout[n, f], w[f, c])
        dw[f, c] = conv_filt(x[n, c], dout[n, f])
    return dx, dw


# %% dW by conv_valid, which flips -> flipped, none


def conv_forward(x, w):
    return np.einsum("ncpquv,fcuv->nfpq", _windows(x, w.shape[2:]), w), (x, w)


def conv_backward(dout, cache):
    x, w = cache
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for n, f, c in np.ndindex(len(dout), len(w), w.shape[1]):
        dx[n, c] += conv_full(dout[n, f], w[f, c])
        dw[f, c] += conv_valid(x[n, c], dout[n, f])
    return dx, dw


# %% dW averaged over the batch -> over-n


def conv_backward(dout, cache):
    return _full(dout, cache[2][:, :, ::-1, ::-1]), _filters(dout, cache) / len(dout)


# %% dW averaged over the output's pixels -> over-size


def conv_backward(dout, cache):
    return _full(dout, cache[2][:, :, ::-1, ::-1]), _filters(dout, cache) / dout[0, 0].size


# %% dout reshaped without a transpose -> rearranged


def conv_backward(dout, cache):
    x_shape, columns, w, _ = cache
    g = dout.reshape(len(w), -1)
    dw = (g @ columns.T).reshape(w.shape)
    return col2im(w.reshape(len(w), -1).T @ g, x_shape, w.shape[2:]), dw


# %% dW with its two kernel axes exchanged -> transpose, square-only


def conv_backward(dout, cache):
    return _full(dout, cache[2][:, :, ::-1, ::-1]), _filters(dout, cache).transpose(0, 1, 3, 2)


# %% dX leaves the border out -> unfilled


def conv_backward(dout, cache):
    x_shape, _, w, _ = cache
    kh, kw = w.shape[2:]
    dx = np.zeros(x_shape, dtype=dout.dtype)
    inner = _full(dout, w[:, :, ::-1, ::-1])[:, :, kh - 1 : 1 - kh or None, kw - 1 : 1 - kw or None]
    dx[:, :, kh - 1 : 1 - kh or None, kw - 1 : 1 - kw or None] = inner
    return dx, _filters(dout, cache)


# %% dX and dW in the wrong order -> swapped-results


def conv_backward(dout, cache):
    return _filters(dout, cache), _full(dout, cache[2][:, :, ::-1, ::-1])


# %% dX of float64 -> float64-from-float32


def conv_backward(dout, cache):
    x_shape, _, w, _ = cache
    dx = np.zeros(x_shape)
    dx += _full(dout, w[:, :, ::-1, ::-1])
    return dx, _filters(dout, cache)


# %% the caller's gradient averaged in place -> over-n, argument-changed, argument-changed


def conv_backward(dout, cache):
    dout /= len(dout)
    return _full(dout, cache[2][:, :, ::-1, ::-1]), _filters(dout, cache)


# %% dX of the first example for all -> one-index


def conv_backward(dout, cache):
    dx = np.zeros(cache[0], dtype=dout.dtype)
    dx[0] = _full(dout[:1], cache[2][:, :, ::-1, ::-1])[0]
    return dx, _filters(dout, cache)
