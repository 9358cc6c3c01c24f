"""1.1 fully connected layer: wrong answers."""

import numpy as np


# %% averaged parameter gradients -> over-n
# the weight and bias gradients are divided by N although the loss has already averaged
def fc_forward(x, w, b):
    out = np.dot(x, w) + b
    cache = (x, w, b)
    return out, cache


def fc_backward(dout, cache):
    x, w, _b = cache
    num_train = x.shape[0]
    dx = np.dot(dout, w.T)
    dw = np.dot(x.T, dout) / num_train
    db = np.sum(dout, axis=0) / num_train
    return dx, dw, db


# %% reshape for transpose -> rearranged
# dx multiplies by W reshaped to its transposed shape instead of by the transpose
def fc_forward(x, w, b):
    out = x.dot(w) + b
    return out, (x, w)


def fc_backward(dout, cache):
    x, w = cache
    d_in, d_out = w.shape
    dx = dout.dot(w.reshape(d_out, d_in))
    dw = x.T.dot(dout)
    db = dout.sum(axis=0)
    return dx, dw, db


# %% float64 buffer -> float64-from-float32
# the output is filled row by row into np.zeros without a dtype so float32 becomes float64
def fc_forward(x, w, b):
    N = x.shape[0]
    out = np.zeros((N, w.shape[1]))
    for i in range(N):
        out[i] = w.T @ x[i] + b
    return out, (x, w)


def fc_backward(dout, cache):
    x, w = cache
    dx = dout @ w.T
    dw = x.T @ dout
    db = dout.sum(0)
    return dx, dw, db
