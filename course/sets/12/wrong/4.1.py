"""4.1 softmax loss: wrong answers of set 12."""

import numpy as np

from nnlib import checks

# %% probabilities with 1e-12 inside the log -> clipped-log


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    rows = np.arange(len(x))
    e = np.exp(x - x.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.log(p[rows, labels] + 1e-12).mean()
    p[rows, labels] -= 1
    return float(loss), p / len(x)


# %% exponents are at least -30 -> clipped-log


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    rows = np.arange(len(x))
    shifted = np.maximum(x - x.max(axis=1, keepdims=True), -30)
    p = np.exp(shifted)
    totals = p.sum(axis=1, keepdims=True)
    loss = (np.log(totals[:, 0]) - shifted[rows, labels]).mean()
    p /= totals
    p[rows, labels] -= 1
    return float(loss), p / len(x)
