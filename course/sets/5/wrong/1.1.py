"""1.1 fully connected layer: wrong answers."""

import numpy as np


# %% averaged over the batch twice -> over-n
# dw and db are divided by N although the 1/N of the mean is already in dout
def fc_forward(x, w, b):
    out = np.dot(x, w) + b
    cache = (x, w, b)
    return out, cache


def fc_backward(dout, cache):
    x, w, b = cache
    N = x.shape[0]
    dx = np.dot(dout, w.T)
    dw = np.dot(x.T, dout) / N
    db = np.mean(dout, axis=0)
    return dx, dw, db


# %% db over the wrong axis -> wrong-axis
# db sums over the outputs (axis 1) and has shape (N,) where it should sum over the batch
def fc_forward(x, w, b):
    out = x.dot(w) + b[np.newaxis, :]
    return out, (x, w)


def fc_backward(dout, cache):
    x, w = cache
    dx = dout.dot(w.T)
    dw = x.T.dot(dout)
    db = np.sum(dout, axis=1)
    return dx, dw, db


# %% reshape in place of a transpose -> rearranged, transpose
# dx is computed as w dout^T and then reshaped where it should be transposed
def fc_forward(x, w, b):
    out = x @ w + b
    return out, (x, w, b)


def fc_backward(dout, cache):
    x, w, b = cache
    dx = (w @ dout.T).reshape(x.shape)
    dw = x.T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db
