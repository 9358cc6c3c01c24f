"""1.1 fully connected: wrong answers of set 10."""

import numpy as np


def fc_forward(x, w, b):
    return np.matmul(x, w) + b, (x, w, b)


# %% dw as the outer product the other way -> transpose


def fc_backward(dout, cache):
    x, w, b = cache
    return dout.dot(w.T), dout.T.dot(x), dout.sum(axis=0)


# %% dw and db as means -> over-n


def fc_backward(dout, cache):
    x, w, b = cache
    m = x.shape[0]
    return dout @ w.T, (x.T @ dout) / m, np.sum(dout, axis=0) / m


# %% db with keepdims -> extra-axis


def fc_backward(dout, cache):
    x, w, b = cache
    return dout @ w.T, x.T @ dout, np.sum(dout, axis=0, keepdims=True)


# %% db sums everything into each bias -> same-along-axis


def fc_backward(dout, cache):
    x, w, b = cache
    return dout @ w.T, x.T @ dout, np.full_like(b, dout.sum())


# %% dx with w as it is -> transpose


def fc_backward(dout, cache):
    x, w, b = cache
    return dout @ w, x.T @ dout, dout.sum(axis=0)


# %% db over the wrong axis, otherwise -> wrong-axis


def fc_backward(dout, cache):
    x, w, b = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=1)


# %% dw without the transpose of x -> transpose


def fc_backward(dout, cache):
    x, w, b = cache
    return dout @ w.T, x @ dout, dout.sum(axis=0)


# %% an output buffer of zeros -> float64-from-float32


def fc_forward(x, w, b):
    out = np.zeros((x.shape[0], w.shape[1]))
    out[:] = x @ w + b
    return out, (x, w, b)


def fc_backward(dout, cache):
    x, w, b = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


# %% db in the wrong place -> swapped-results


def fc_backward(dout, cache):
    x, w, b = cache
    return dout @ w.T, dout.sum(axis=0), x.T @ dout
