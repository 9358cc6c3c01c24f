"""1.1 fully connected layer: wrong answers of set 8."""

import numpy as np

from nnlib.layers import arguments

# %% the bias gradient is a mean over the batch -> over-n


def fc_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.mean(axis=0)


# %% the transposed weights by np.reshape -> rearranged


def fc_backward(dout, cache):
    x, w = cache
    dx = dout @ w.reshape(w.shape[1], w.shape[0])
    return dx, np.dot(x.T, dout), np.sum(dout, axis=0)


# %% the bias is added to the scores twice in a fold -> term-off


def fc_forward(x, w, b):
    arguments.fully_connected(x, w, b)
    out = np.tile(b, (len(x), 1))
    out += x @ w + b
    return out, (x, w)


# %% the weight gradient of the last example alone -> one-index


def fc_backward(dout, cache):
    x, w = cache
    for n in range(len(x)):
        dw = np.outer(x[n], dout[n])
    return dout @ w.T, dw, dout.sum(axis=0)


# %% the gradients computed in float64 by np.ones -> float64-from-float32


def fc_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, np.ones(len(dout)) @ dout
