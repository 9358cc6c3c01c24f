"""3.1 hinge loss: wrong answers of set 8."""

import numpy as np

from nnlib import checks

# %% the kink counts as active -> gradient-at-zero


def svm_loss(x, y):
    signs = checks.binary_batch(x, y)
    gap = 1 - signs * x
    dx = -signs * np.heaviside(gap, 1)
    return float(gap.clip(0).mean()), (dx / len(x)).astype(x.dtype)


# %% np.mean of the active margins -> averaged-over-active


def svm_loss(x, y):
    signs = checks.binary_batch(x, y)
    gap = 1 - signs * x
    active = gap > 0
    count = max(int(active.sum()), 1)
    return float(gap[active].sum() / count), np.where(active, -signs, 0).astype(x.dtype) / count


# %% the squared hinge -> squared-hinge


def svm_loss(x, y):
    signs = checks.binary_batch(x, y)
    gap = np.maximum(0, 1 - signs * x)
    return float(np.mean(gap**2)), -2 * signs * gap / len(x)


# %% the margin's border at 0, as a perceptron -> margin-zero


def svm_loss(x, y):
    signs = checks.binary_batch(x, y)
    gap = np.maximum(0, -signs * x)
    return float(np.mean(gap)), -signs * (gap > 0) / len(x)


# %% the gradient forgets the mean -> times-n


def svm_loss(x, y):
    signs = checks.binary_batch(x, y)
    gap = np.maximum(0, 1 - signs * x)
    return float(np.mean(gap)), -signs * (gap > 0)
