"""3.1 hinge loss: wrong answers."""

import numpy as np


# %% the negative class counts half -> right-for-one-label
def svm_loss(x, y):
    signs = np.where(y > 0, 1, -1).astype(x.dtype)
    weights = np.where(y > 0, 1, 0.5).astype(x.dtype)
    slack = np.maximum(0, 1 - signs * x)
    return float((weights * slack).mean()), -weights * signs * (slack > 0) / x.dtype.type(len(x))


# %% the root of the mean square -> right-alone
def svm_loss(x, y):
    signs = np.where(y > 0, 1, -1).astype(x.dtype)
    slack = np.maximum(0, 1 - signs * x)
    return float(np.sqrt((slack**2).mean())), -signs * (slack > 0) / x.dtype.type(len(x))
