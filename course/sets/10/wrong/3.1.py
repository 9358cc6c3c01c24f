"""3.1 hinge loss: wrong answers of set 10."""

import numpy as np

from nnlib import checks

# %% the gradient as a mean over the violators -> averaged-over-active


def svm_loss(x, y):
    t = checks.binary_batch(x, y)
    slack = np.maximum(0, 1 - t * x)
    active = slack > 0
    return slack.mean(), (-t * active / max(active.sum(), 1)).astype(x.dtype)


# %% both as means over the violators -> averaged-over-active


def svm_loss(x, y):
    t = checks.binary_batch(x, y)
    slack = np.maximum(0, 1 - t * x)
    n = max(np.count_nonzero(slack), 1)
    return slack.sum() / n, (np.where(slack > 0, -t, 0) / n).astype(x.dtype)


# %% the squared hinge, otherwise -> squared-hinge


def svm_loss(x, y):
    t = checks.binary_batch(x, y)
    slack = np.maximum(0, 1 - t * x)
    return np.mean(slack**2), (-2 * t * slack / len(x)).astype(x.dtype)


# %% no margin -> margin-zero


def svm_loss(x, y):
    t = checks.binary_batch(x, y)
    slack = np.maximum(0, -t * x)
    return np.mean(slack), (np.where(slack > 0, -t, 0) / len(x)).astype(x.dtype)


# %% the kink counts as active, otherwise -> gradient-at-zero


def svm_loss(x, y):
    t = checks.binary_batch(x, y)
    margin = t * x
    return np.maximum(0, 1 - margin).mean(), (-t * (margin <= 1) / len(x)).astype(x.dtype)


# %% slope of every example -> missing-mask


def svm_loss(x, y):
    t = checks.binary_batch(x, y)
    return np.maximum(0, 1 - t * x).mean(), (-t / len(x)).astype(x.dtype)


# %% the slope without the label -> exception


def svm_loss(x, y):
    t = checks.binary_batch(x, y)
    slack = np.maximum(0, 1 - t * x)
    return slack.mean(), (-(slack > 0) / len(x)).astype(x.dtype)


# %% y used as it comes -> one-label-convention


def svm_loss(x, y):
    slack = np.maximum(0, 1 - y * x)
    return slack.mean(), (-(y * (slack > 0)) / len(x)).astype(x.dtype)


# %% makes signs in the caller's labels -> exception, labels-changed


def svm_loss(x, y):
    y[y == 0] = -1
    slack = np.maximum(0, 1 - y * x)
    return slack.mean(), (-(y * (slack > 0)) / len(x)).astype(x.dtype)
