"""1.1 fully connected layer: wrong answers."""

import numpy as np


# %% forward subtracts the bias -> bias-sign
def fc_forward(x, w, b):
    return x.dot(w) - b, (x, w, b)


# %% forward applies a ReLU as in the course's fc-relu sandwich -> extra-activation
def fc_forward(x, w, b):
    out = np.maximum(0, x.dot(w) + b)
    return out, (x, w, b)


def fc_backward(dout, cache):
    x, w, _b = cache
    return dout @ w.T, x.T @ dout, dout.sum(0)


# %% db by a product with ones of float64 -> float64-from-float32
def fc_forward(x, w, b):
    return x.dot(w) + b, (x, w, b)


def fc_backward(dout, cache):
    x, w, _b = cache
    db = np.ones(x.shape[0]).dot(dout)
    return dout.dot(w.T), x.T.dot(dout), db


# %% dW divided by the number of outputs -> over-size
def fc_forward(x, w, b):
    return x.dot(w) + b, (x, w, b)


def fc_backward(dout, cache):
    x, w, _b = cache
    return dout.dot(w.T), x.T.dot(dout) / w.shape[1], dout.sum(0)


# %% backward forgets db -> returns-too-few
def fc_forward(x, w, b):
    return x.dot(w) + b, (x, w, b)


def fc_backward(dout, cache):
    x, w, _b = cache
    return dout.dot(w.T), x.T.dot(dout)


# %% dX with elementwise leftovers of a ReLU -> needless-argument
def fc_forward(x, w, b):
    out = x.dot(w) + b
    return out, (x, w, out)


def fc_backward(dout, cache):
    x, w, out = cache
    dout = dout * (out > 0)
    return dout.dot(w.T), x.T.dot(dout), dout.sum(0)


# %% the cache's x is overwritten by centring in backward -> cache-changed, argument-changed
def fc_forward(x, w, b):
    return x.dot(w) + b, [x, w, b]


def fc_backward(dout, cache):
    x, w, _b = cache
    dx = dout.dot(w.T)
    dw = x.T.dot(dout)
    x *= 0
    return dx, dw, dout.sum(0)
