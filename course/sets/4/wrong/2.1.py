"""2.1 logistic loss: wrong answers."""

import numpy as np


# %% the logarithm to the base of 10 -> constant-factor
def logistic_loss(x, y):
    s = np.where(np.asarray(y) > 0, 1, -1).astype(x.dtype)
    return np.logaddexp(0, -s * x).mean() / np.log(10), -s * np.exp(-np.logaddexp(0, s * x)) / len(x)


# %% (y + 1) / 2 whatever the labels -> one-label-convention
def logistic_loss(x, y):
    t = (np.asarray(y, dtype=x.dtype) + 1) / 2
    return np.mean(np.logaddexp(0, x) - t * x), (np.exp(-np.logaddexp(0, -x)) - t) / len(x)


# %% the gradient times the score -> times-input
def logistic_loss(x, y):
    t = (np.asarray(y) > 0).astype(x.dtype)
    return np.mean(np.logaddexp(0, x) - t * x), x * (np.exp(-np.logaddexp(0, -x)) - t) / len(x)
