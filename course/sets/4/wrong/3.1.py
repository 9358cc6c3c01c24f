"""3.1 hinge loss: wrong answers."""

import numpy as np


# %% the minimum with 0 -> minimum-with-0
def svm_loss(x, y):
    s = np.where(np.asarray(y) > 0, 1, -1).astype(x.dtype)
    h = np.minimum(0, 1 - s * x)
    return h.mean(), -s * (h < 0) / len(x)


# %% the slack in place of the mask -> squared-hinge
def svm_loss(x, y):
    s = np.where(np.asarray(y) > 0, 1, -1).astype(x.dtype)
    h = np.maximum(0, 1 - s * x)
    return h.mean(), -s * h / len(x)
