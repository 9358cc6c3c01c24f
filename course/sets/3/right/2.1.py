"""2.1 logistic loss: right answers, written differently."""

import numpy as np


# %% softplus of its own, a boolean for the labels
def _softplus(z):
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def logistic_loss(x, y):
    positive = np.greater(y, 0)
    z = np.where(positive, -x, x)
    gradient = np.exp(z - _softplus(z))
    return np.sum(_softplus(z)) / len(z), np.where(positive, -gradient, gradient) / len(z)
