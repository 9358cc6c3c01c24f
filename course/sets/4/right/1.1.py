"""1.1 fully connected layer: right answers, written differently."""

import numpy as np


# %% columns of outputs, one neuron at a time
def fc_forward(x, w, b):
    columns = [x @ w[:, j] + b[j] for j in range(w.shape[1])]
    return np.column_stack(columns), (np.array(x), np.array(w))


def fc_backward(dout, cache):
    x, w = cache
    dx = sum(np.outer(dout[:, j], w[:, j]) for j in range(w.shape[1]))
    return dx, np.stack([x.T @ column for column in dout.T], axis=1), np.array([column.sum() for column in dout.T])


# %% the cache is a list that backward empties, on a copy
def fc_forward(x, w, b):
    out = np.dot(x, w)
    out += np.broadcast_to(b, out.shape)
    return out, [x, w]


def fc_backward(dout, cache):
    stack = list(cache)
    w = stack.pop()
    x = stack.pop()
    return np.dot(dout, np.transpose(w)), np.dot(np.transpose(x), dout), np.sum(dout, axis=0, dtype=dout.dtype)
