"""1.5c convolutional layer, backward: wrong answers."""

import numpy as np

from nnlib.layers.conv import conv_filt, conv_valid


def conv_forward(x, w):
    N, _C, H, W = x.shape
    F, _, h, k = w.shape
    out = np.zeros((N, F, H - h + 1, W - k + 1), dtype=x.dtype)
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            out[:, :, i, j] = np.tensordot(x[:, :, i : i + h, j : j + k], w, axes=([1, 2, 3], [1, 2, 3]))
    return out, (x, w)


# %% dX is assigned in the loops -> overwrites-overlaps
def conv_backward(dout, cache):
    x, w = cache
    _F, _, h, k = w.shape
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for n in range(len(x)):
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                dx[n, :, i : i + h, j : j + k] = np.tensordot(dout[n, :, i, j], w, axes=1)
                dw += dout[n, :, i, j][:, None, None, None] * x[n, None, :, i : i + h, j : j + k]
    return dx, dw


# %% dW is assigned in the loops -> one-index
def conv_backward(dout, cache):
    x, w = cache
    _F, _, h, k = w.shape
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for n in range(len(x)):
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                dx[n, :, i : i + h, j : j + k] += np.tensordot(dout[n, :, i, j], w, axes=1)
                dw = dout[n, :, i, j][:, None, None, None] * x[n, None, :, i : i + h, j : j + k]
    return dx, dw


# %% dX with the first filter alone -> one-index
def conv_backward(dout, cache):
    x, w = cache
    _F, _, h, k = w.shape
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            dx[:, :, i : i + h, j : j + k] += dout[:, 0, i, j][:, None, None, None] * w[0]
            dw += np.tensordot(dout[:, :, i, j], x[:, :, i : i + h, j : j + k], axes=(0, 0))
    return dx, dw


# %% both averaged over the batch -> over-n
def conv_backward(dout, cache):
    x, w = cache
    _F, _, h, k = w.shape
    N = len(x)
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            dx[:, :, i : i + h, j : j + k] += np.tensordot(dout[:, :, i, j], w, axes=1)
            dw += np.tensordot(dout[:, :, i, j], x[:, :, i : i + h, j : j + k], axes=(0, 0))
    return dx / N, dw / N


# %% dW without the gradient from above -> ignores-dout
def conv_backward(dout, cache):
    x, w = cache
    _F, _, h, k = w.shape
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            dx[:, :, i : i + h, j : j + k] += np.tensordot(dout[:, :, i, j], w, axes=1)
            dw += x[:, :, i : i + h, j : j + k].sum(0)
    return dx, dw


# %% dX by a valid convolution, padded back -> none
def conv_backward(dout, cache):
    x, w = cache
    F, C, h, k = w.shape
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for n in range(len(x)):
        for f in range(F):
            for c in range(C):
                dx[n, c, h - 1 :, k - 1 :] += conv_valid(np.pad(dout[n, f], ((h - 1, 0), (k - 1, 0))), w[f, c])
                dw[f, c] += conv_filt(x[n, c], dout[n, f])
    return dx, dw


# %% every channel gets all channels' gradient -> same-along-axis
def conv_backward(dout, cache):
    x, w = cache
    _F, _C, h, k = w.shape
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            dx[:, :, i : i + h, j : j + k] += np.einsum("nf,fcuv->nuv", dout[:, :, i, j], w)[:, None]
            dw += np.tensordot(dout[:, :, i, j], x[:, :, i : i + h, j : j + k], axes=(0, 0))
    return dx, dw
