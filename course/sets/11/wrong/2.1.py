"""2.1 logistic loss: wrong answers of set 11."""

import numpy as np

from nnlib import checks

# %% labels -1 become +1 by abs: right for 0 and 1 -> one-label-convention


def logistic_loss(x, y):
    checks.binary_batch(x, y)
    t = np.abs(y).astype(x.dtype)
    loss = np.maximum(x, 0) - x * t + np.log1p(np.exp(-np.abs(x)))
    return float(loss.mean()), (0.5 * (1 + np.tanh(x / 2)) - t) / len(x)


# %% the gradient with respect to the margin: the sign is missing -> label-sign-missing


def logistic_loss(x, y):
    s = checks.binary_batch(x, y)
    return float(np.logaddexp(0, -s * x).mean()), -np.exp(-np.logaddexp(0, s * x)) / len(x)
