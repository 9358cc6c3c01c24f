"""2.1 logistic loss: wrong answers."""

import numpy as np


# %% the exponent has the wrong sign -> sign
def logistic_loss(x, y):
    s = np.where(np.asarray(y) > 0, 1, -1).astype(x.dtype)
    return np.logaddexp(0, s * x).mean(), s * np.exp(-np.logaddexp(0, -s * x)) / len(x)


# %% predictions in place of scores in the gradient -> wrong-loss
def logistic_loss(x, y):
    t = (np.asarray(y) > 0).astype(x.dtype)
    loss = np.mean(np.logaddexp(0, x) - t * x)
    return loss, ((x > 0) - t) / len(x)


# %% the mean squared error of the sigmoid -> wrong-loss
def logistic_loss(x, y):
    t = (np.asarray(y) > 0).astype(x.dtype)
    p = np.exp(-np.logaddexp(0, -x))
    return np.mean((p - t) ** 2), 2 * (p - t) * p * (1 - p) / len(x)


# %% the gradient is not averaged -> times-n
def logistic_loss(x, y):
    t = (np.asarray(y) > 0).astype(x.dtype)
    return np.mean(np.logaddexp(0, x) - t * x), np.exp(-np.logaddexp(0, -x)) - t
