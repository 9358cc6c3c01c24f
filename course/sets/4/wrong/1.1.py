"""1.1 fully connected layer: wrong answers."""

import numpy as np


# %% dW from the means of both factors -> right-alone
def fc_forward(x, w, b):
    return x @ w + b, (x, w)


def fc_backward(dout, cache):
    x, w = cache
    return dout @ w.T, np.outer(x.mean(axis=0), dout.mean(axis=0)), dout.sum(axis=0)


# %% db divided by the number of outputs -> over-size
def fc_forward(x, w, b):
    return x @ w + b, (x, w)


def fc_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0) / dout.shape[1]


# %% forward changes x to centre it -> argument-changed, examples-mixed
def fc_forward(x, w, b):
    x = x - x.mean(axis=0)
    return x @ w + b, (x, w)
