"""2.1 logistic loss: wrong answers of set 8."""

import numpy as np

from nnlib import checks

# %% the loss is summed, the gradient averaged -> times-n


def logistic_loss(x, y):
    signs = checks.binary_batch(x, y)
    loss = np.logaddexp(0, -signs * x).sum()
    return float(loss), -signs * np.exp(-np.logaddexp(0, signs * x)) / len(x)


# %% probabilities are clipped before the logarithm -> clipped-log


def logistic_loss(x, y):
    signs = checks.binary_batch(x, y)
    p = np.clip(np.exp(-np.logaddexp(0, -signs * x)), 1e-12, 1 - 1e-12)
    return float(-np.log(p).mean()), signs * (p - 1) / len(x)


# %% labels of -1 are used as they are -> one-label-convention


def logistic_loss(x, y):
    checks.binary_batch(x, y)
    loss = np.mean(np.maximum(x, 0) - y * x + np.log1p(np.exp(-np.abs(x))))
    return float(loss), ((np.exp(-np.logaddexp(0, -x)) - y) / len(x)).astype(x.dtype)


# %% the margin has a minus too few -> sign


def logistic_loss(x, y):
    signs = checks.binary_batch(x, y)
    margins = signs * x
    return float(np.logaddexp(0, margins).mean()), signs * np.exp(-np.logaddexp(0, -margins)) / len(x)


# %% logarithms to the base 2 -> log-base-2


def logistic_loss(x, y):
    signs = checks.binary_batch(x, y)
    loss = np.logaddexp(0, -signs * x).mean() / np.log(2)
    return float(loss), -signs * np.exp(-np.logaddexp(0, signs * x)) / len(x)


# %% log1p(exp) without a case -> overflow


def logistic_loss(x, y):
    signs = checks.binary_batch(x, y)
    e = np.exp(-signs * x)
    return float(np.log1p(e).mean()), -signs * e / (1 + e) / len(x)
