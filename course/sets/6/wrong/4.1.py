"""4.1 softmax loss: wrong answers."""

import numpy as np


def _softmax(x):
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


# %% the median over the batch in place of the mean -> right-alone
def softmax_loss(x, y):
    p, rows = _softmax(x), np.arange(len(x))
    loss = np.median(np.logaddexp.reduce(x, axis=1) - x[rows, y])
    p[rows, y] -= 1
    return float(loss), p / len(x)


# %% the focal loss -> wrong-loss
def softmax_loss(x, y):
    p, rows = _softmax(x), np.arange(len(x))
    log_p = x[rows, y] - np.logaddexp.reduce(x, axis=1)
    loss = -((1 - p[rows, y]) ** 2 * log_p).mean()
    p[rows, y] -= 1
    return float(loss), p / len(x)


# %% the right class weighs twice in the gradient -> missing-one-hot
def softmax_loss(x, y):
    p, rows = _softmax(x), np.arange(len(x))
    loss = (np.logaddexp.reduce(x, axis=1) - x[rows, y]).mean()
    p[rows, y] -= 2
    return float(loss), p / len(x)
