"""1.1 fully connected layer: wrong answers."""

import numpy as np


# %% only the first example's bias -> right-alone
def fc_forward(x, w, b):
    out = x @ w
    out[0] += b
    return out, (x, w)


# %% dW is averaged and dX is not -> over-n
def fc_backward(dout, cache):
    x, w = cache
    return dout @ w.T, np.mean([np.outer(x[i], dout[i]) for i in range(len(x))], axis=0), np.sum(dout, 0)


def fc_forward(x, w, b):
    return x @ w + b, (x, w)


# %% dX uses x where w belongs -> swapped-arguments
def fc_forward(x, w, b):
    return x @ w + b, (x, w)


def fc_backward(dout, cache):
    x, _w = cache
    return dout @ x.T, x.T @ dout, np.sum(dout, 0)


# %% results in a list in the order of the parameters -> swapped-results
def fc_forward(x, w, b):
    return x @ w + b, (x, w)


def fc_backward(dout, cache):
    x, w = cache
    return x.T @ dout, np.sum(dout, 0), dout @ w.T


# %% a weight decay slipped into dW -> needless-argument
def fc_forward(x, w, b):
    return x @ w + b, (x, w)


def fc_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout + 0.1 * w, np.sum(dout, 0)
