"""1.1 fully connected layer: wrong answers of set 12."""

import numpy as np

# %% the gradient of x is written into the cached x -> argument-changed


def fc_backward(dout, cache):
    x, w = cache[0], cache[1]
    dw = x.T.dot(dout)
    db = dout.sum(axis=0)
    dx = np.dot(dout, w.T, out=x) if x.flags.c_contiguous and x.dtype == dout.dtype else dout @ w.T
    return dx, dw, db


# %% gradients are clipped to [-1, 1] inside the layer -> function-of-right


def fc_backward(dout, cache):
    x, w = cache[0], cache[1]
    grads = dout @ w.T, x.T @ dout, dout.sum(0)
    return tuple(np.clip(g, -1.0, 1.0) for g in grads)


# %% weight decay in dw -> needless-argument


def fc_backward(dout, cache):
    x, w = cache[0], cache[1]
    dw = x.T @ dout + 1e-3 * w
    return dout @ w.T, dw, dout.sum(axis=0)


# %% computed in float32, whatever comes in -> nearly-right


def fc_forward(x, w, b):
    out = (x.astype(np.float32) @ w.astype(np.float32) + b.astype(np.float32)).astype(x.dtype)
    return out, (x, w)


# %% one output buffer for all calls of a shape -> kept-between-calls


_BUFFERS = {}


def fc_forward(x, w, b):
    key = x.shape[0], w.shape[1], x.dtype.str
    out = _BUFFERS.setdefault(key, np.empty((x.shape[0], w.shape[1]), x.dtype))
    np.matmul(x, w, out=out)
    out += b
    return out, (x, w)


# %% one buffer for all gradients of w -> kept-between-calls


_BUFFERS = {}


def fc_backward(dout, cache):
    x, w = cache
    dw = _BUFFERS.setdefault((w.shape, w.dtype.str), np.empty_like(w))
    np.matmul(x.T, dout, out=dw)
    return dout @ w.T, dw, dout.sum(axis=0)


# %% no bias for a single example -> missing-bias


def fc_forward(x, w, b):
    out = x @ w + b if len(x) > 1 else x @ w
    return out, (x, w)
