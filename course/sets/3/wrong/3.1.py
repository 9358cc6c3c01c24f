"""3.1 hinge loss: wrong answers."""

import numpy as np


# %% the margin is 2 -> margin-width
def svm_loss(x, y):
    s = np.where(np.asarray(y) > 0, 1, -1).astype(x.dtype)
    h = np.maximum(0, 2 - s * x)
    return h.mean(), -s * (h > 0) / len(x)


# %% the largest hinge, not the mean -> largest-example
def svm_loss(x, y):
    s = np.where(np.asarray(y) > 0, 1, -1).astype(x.dtype)
    h = np.maximum(0, 1 - s * x)
    return h.max(), -s * (h > 0) / len(x)


# %% the gradient of the scores alone, where active -> label-sign-missing
def svm_loss(x, y):
    s = np.where(np.asarray(y) > 0, 1, -1).astype(x.dtype)
    h = np.maximum(0, 1 - s * x)
    return h.mean(), -(h > 0).astype(x.dtype) / len(x)


# %% divided by N - 1 -> n-minus-one
def svm_loss(x, y):
    s = np.where(np.asarray(y) > 0, 1, -1).astype(x.dtype)
    h = np.maximum(0, 1 - s * x)
    return h.sum() / (len(x) - 1), -s * (h > 0) / (len(x) - 1)
