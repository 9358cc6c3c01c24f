"""2.1 logistic loss: wrong answers."""

import numpy as np


def _loss(x, y, power=1.0, weights=None):
    signs = np.where(y > 0, 1, -1).astype(x.dtype)
    each = np.logaddexp(0, -signs * x)
    dx = -signs * np.exp(-np.logaddexp(0, signs * x))
    return each, dx.astype(x.dtype)


# %% the positive class counts twice -> right-for-one-label
def logistic_loss(x, y):
    each, dx = _loss(x, y)
    weights = np.where(y > 0, 2, 1).astype(x.dtype)
    return float((weights * each).mean()), weights * dx / len(x)


# %% a temperature of 2 -> wrong-loss
def logistic_loss(x, y):
    each, dx = _loss(x / 2, y)
    return float(each.mean()), dx / len(x) / 2


# %% label smoothing -> wrong-loss
def logistic_loss(x, y):
    each, dx = _loss(x, y)
    other, dother = _loss(x, np.where(y > 0, 0, 1))
    return float((0.9 * each + 0.1 * other).mean()), (0.9 * dx + 0.1 * dother) / len(x)
