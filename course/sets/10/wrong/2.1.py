"""2.1 logistic loss: wrong answers of set 10."""

import numpy as np

from nnlib import checks


def _sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))


# %% the formulas as they stand -> overflow


def logistic_loss(x, y):
    m = checks.binary_batch(x, y) * x
    loss = np.mean(np.log(1 + np.exp(-m)))
    return loss, (-checks.binary_batch(x, y) / (1 + np.exp(m)) / len(x)).astype(x.dtype)


# %% a probability kept away from 0 by a small number -> clipped-log


def logistic_loss(x, y):
    t = (checks.binary_batch(x, y) > 0).astype(x.dtype)
    p = np.clip(_sigmoid(x), 1e-7, 1 - 1e-7)
    loss = -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))
    return loss, ((_sigmoid(x) - t) / len(x)).astype(x.dtype)


# %% the loss is a mean, the gradient is not -> times-n


def logistic_loss(x, y):
    signs = checks.binary_batch(x, y)
    m = signs * x
    return np.logaddexp(0, -m).mean(), (-signs * _sigmoid(-m)).astype(x.dtype)


# %% both are sums -> times-n


def logistic_loss(x, y):
    signs = checks.binary_batch(x, y)
    m = signs * x
    return np.logaddexp(0, -m).sum(), (-signs * _sigmoid(-m)).astype(x.dtype)


# %% y as it is given, in the cross-entropy -> one-label-convention


def logistic_loss(x, y):
    loss = np.mean(np.logaddexp(0, x) - y * x)
    return loss, ((_sigmoid(x) - y) / len(y)).astype(x.dtype)


# %% y as it is given, as signs -> one-label-convention


def logistic_loss(x, y):
    m = y * x
    return np.mean(np.logaddexp(0, -m)), (-y * _sigmoid(-m) / len(y)).astype(x.dtype)


# %% converts the caller's labels -> labels-changed


def logistic_loss(x, y):
    y[y == -1] = 0
    loss = np.mean(np.logaddexp(0, x) - y * x)
    return loss, ((_sigmoid(x) - y) / len(y)).astype(x.dtype)


# %% the gradient by the margin -> label-sign-missing


def logistic_loss(x, y):
    m = checks.binary_batch(x, y) * x
    return np.logaddexp(0, -m).mean(), (-_sigmoid(-m) / len(x)).astype(x.dtype)


# %% the gradient uphill -> sign


def logistic_loss(x, y):
    t = (checks.binary_batch(x, y) > 0).astype(x.dtype)
    return np.mean(np.logaddexp(0, x) - t * x), ((t - _sigmoid(x)) / len(x)).astype(x.dtype)


# %% bits -> log-base-2


def logistic_loss(x, y):
    signs = checks.binary_batch(x, y)
    m = signs * x
    return np.mean(np.logaddexp2(0, -m / np.log(2))), (-signs * _sigmoid(-m) / np.log(2) / len(x)).astype(x.dtype)


# %% the derivative of a squared error of the sigmoid -> sigmoid-derivative


def logistic_loss(x, y):
    t = (checks.binary_batch(x, y) > 0).astype(x.dtype)
    p = _sigmoid(x)
    return np.mean(np.logaddexp(0, x) - t * x), ((p - t) * p * (1 - p) / len(x)).astype(x.dtype)
