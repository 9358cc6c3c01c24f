"""2.1 logistic loss: wrong answers."""

import numpy as np


# %% unsigned labels run over -> unsigned-labels
def logistic_loss(x, y):
    y = np.asarray(y)
    s = 2 * y - 1 if y.min() == 0 else y
    m = s * x
    loss = np.logaddexp(0, -m).mean()
    dx = -s * np.exp(-np.logaddexp(0, m)) / len(x)
    return loss, dx.astype(x.dtype)


# %% half of the mean -> factor-2
def logistic_loss(x, y):
    s = np.where(np.asarray(y) > 0, 1, -1).astype(x.dtype)
    m = s * x
    n = len(x)
    return np.logaddexp(0, -m).sum() / (2 * n), -s * np.exp(-np.logaddexp(0, m)) / (2 * n)


# %% scores as a column against labels as a row -> every-pair
def logistic_loss(x, y):
    s = np.where(np.asarray(y) > 0, 1, -1).astype(x.dtype)
    m = x.reshape(-1, 1) * s
    return np.logaddexp(0, -m).mean(), (-s * np.exp(-np.logaddexp(0, m))).mean(axis=1) / len(x)


# %% the gradient is a column -> extra-axis
def logistic_loss(x, y):
    s = np.where(np.asarray(y) > 0, 1, -1).astype(x.dtype)
    m = s * x
    dx = -s * np.exp(-np.logaddexp(0, m)) / len(x)
    return np.logaddexp(0, -m).mean(), dx[:, None]


# %% the scores are multiplied by the signs in place -> argument-changed
def logistic_loss(x, y):
    s = np.where(np.asarray(y) > 0, 1, -1).astype(x.dtype)
    x *= s
    return np.logaddexp(0, -x).mean(), -s * np.exp(-np.logaddexp(0, x)) / len(x)


# %% a sigmoid minus the labels, and +-1 are not turned -> one-label-convention
def logistic_loss(x, y):
    y = np.asarray(y)
    s = 1 / (1 + np.exp(-np.clip(x, -700, 700)))
    loss = np.mean(np.maximum(x, 0) - x * y + np.log1p(np.exp(-np.abs(x))))
    return loss, ((s - y) / len(x)).astype(x.dtype)


# %% the derivative of the sigmoid in the gradient -> sigmoid-derivative
def logistic_loss(x, y):
    t = (np.asarray(y) > 0).astype(x.dtype)
    e = np.exp(-np.abs(x))
    s = np.where(x >= 0, 1 / (1 + e), e / (1 + e))
    loss = np.mean(np.maximum(x, 0) - x * t + np.log1p(e))
    return loss, (s - t) * s * (1 - s) / len(x)


# %% the loss of positive examples alone -> one-class
def logistic_loss(x, y):
    t = (np.asarray(y) > 0).astype(x.dtype)
    e = np.exp(-np.abs(x))
    s = np.where(x >= 0, 1 / (1 + e), e / (1 + e))
    loss = np.mean(t * (np.maximum(-x, 0) + np.log1p(e)))
    return loss, (s - t) / len(x)


# %% the gradient is y - sigmoid -> sign
def logistic_loss(x, y):
    t = (np.asarray(y) > 0).astype(x.dtype)
    e = np.exp(-np.abs(x))
    s = np.where(x >= 0, 1 / (1 + e), e / (1 + e))
    loss = np.mean(np.maximum(x, 0) - x * t + np.log1p(e))
    return loss, (t - s) / len(x)
