"""1.1 fully connected layer: wrong answers."""

import numpy as np


# %% the bias is added once for each input -> term-off
def fc_forward(x, w, b):
    out = sum(np.outer(x[:, i], w[i]) + b for i in range(len(w)))
    return out, (x, w)


def fc_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(0)


# %% the weights are normalised to columns of length 1 -> missing-factor
def fc_forward(x, w, b):
    return x @ (w / np.linalg.norm(w, axis=0)) + b, (x, w)


def fc_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(0)


# %% the gradient is clipped to [-1, 1] -> function-of-right
def fc_backward(dout, cache):
    x, w, *_ = cache
    return dout @ w.T, np.clip(x.T @ dout, -1, 1), dout.sum(0)


def fc_forward(x, w, b):
    return x @ w + b, (x, w)
