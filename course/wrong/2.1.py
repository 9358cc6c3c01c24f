"""2.1 logistic loss: wrong answers."""

import numpy as np


def _signs(x, y):
    return np.where(y > 0, 1, -1).astype(x.dtype)


# %% loss and gradient are sums -> times-n


def logistic_loss(x, y):
    margins = _signs(x, y) * x
    return float(np.logaddexp(0, -margins).sum()), -_signs(x, y) * np.exp(-np.logaddexp(0, margins))


# %% the loss is a mean, the gradient a sum -> times-n


def logistic_loss(x, y):
    margins = _signs(x, y) * x
    return float(np.logaddexp(0, -margins).mean()), -_signs(x, y) * np.exp(-np.logaddexp(0, margins))


# %% the gradient is averaged twice -> over-n


def logistic_loss(x, y):
    signs, n = _signs(x, y), len(x)
    loss = np.logaddexp(0, -signs * x).mean()
    dx = -signs / n * np.exp(-np.logaddexp(0, signs * x))
    return float(loss), dx / n


# %% as in the textbook, exp overflows -> overflow


def logistic_loss(x, y):
    signs = _signs(x, y)
    loss = np.mean(np.log(1 + np.exp(-signs * x)))
    return float(loss), -signs / (1 + np.exp(signs * x)) / len(x)


# %% cross-entropy of a sigmoid, whose log is of 0 -> log-of-zero


def logistic_loss(x, y):
    t = (y > 0).astype(x.dtype)
    p = 1 / (1 + np.exp(-x))
    loss = -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))
    return float(loss), (p - t) / len(x)


# %% a small number inside the logarithm -> clipped-log


def logistic_loss(x, y):
    t = (y > 0).astype(x.dtype)
    p = np.exp(-np.logaddexp(0, -x))
    loss = -np.mean(t * np.log(p + 1e-12) + (1 - t) * np.log(1 - p + 1e-12))
    return float(loss), (p - t) / len(x)


# %% the scores are clipped -> clipped-log


def logistic_loss(x, y):
    signs = _signs(x, y)
    margins = np.clip(signs * x, -50, 50)
    return float(np.mean(np.log1p(np.exp(-margins)))), -signs / (1 + np.exp(margins)) / len(x)


# %% labels {0, 1} used as signs -> one-label-convention


def logistic_loss(x, y):
    margins = y * x
    loss = np.logaddexp(0, -margins).mean()
    return float(loss), (-y * np.exp(-np.logaddexp(0, margins)) / len(x)).astype(x.dtype)


# %% labels {-1, +1} used as 0 and 1 -> one-label-convention


def logistic_loss(x, y):
    loss = np.mean(np.logaddexp(0, x) - y * x)
    dx = (np.exp(-np.logaddexp(0, -x)) - y) / len(x)
    return float(loss), dx.astype(x.dtype)


# %% the caller's labels become signs -> labels-changed, exception


def logistic_loss(x, y):
    y[y == 0] = -1
    signs = y.astype(x.dtype)
    losses = np.logaddexp(0, -signs * x)
    return float(losses.mean()), -signs * np.exp(-np.logaddexp(0, signs * x)) / len(x)


# %% the gradient goes uphill -> sign


def logistic_loss(x, y):
    signs = _signs(x, y)
    losses = np.logaddexp(0, -signs * x)
    return float(losses.mean()), signs * np.exp(-np.logaddexp(0, signs * x)) / len(x)


# %% the sigmoid of the margin where that of its negative belongs -> sigmoid-side


def logistic_loss(x, y):
    signs = _signs(x, y)
    losses = np.logaddexp(0, -signs * x)
    return float(losses.mean()), -signs * np.exp(-np.logaddexp(0, -signs * x)) / len(x)


# %% the gradient is with respect to the margins -> label-sign-missing


def logistic_loss(x, y):
    margins = _signs(x, y) * x
    return float(np.logaddexp(0, -margins).mean()), -np.exp(-np.logaddexp(0, margins)) / len(x)


# %% the loss in bits -> log-base-2


def logistic_loss(x, y):
    signs = _signs(x, y)
    losses = np.logaddexp2(0, -signs * x / np.float32(np.log(2))).astype(x.dtype)
    return float(losses.mean()), -signs * np.exp(-np.logaddexp(0, signs * x)) / len(x)


# %% the log-likelihood, not its negative -> sign


def logistic_loss(x, y):
    signs = _signs(x, y)
    losses = -np.logaddexp(0, -signs * x)
    return float(losses.mean()), -signs * np.exp(-np.logaddexp(0, signs * x)) / len(x)


# %% signs of float64 -> float64-from-float32


def logistic_loss(x, y):
    signs = np.where(y > 0, 1.0, -1.0)
    losses = np.logaddexp(0, -signs * x)
    return float(losses.mean()), -signs * np.exp(-np.logaddexp(0, signs * x)) / len(x)


# %% a loss for each example -> sum-missing


def logistic_loss(x, y):
    signs = _signs(x, y)
    losses = np.logaddexp(0, -signs * x)
    return losses, -signs * np.exp(-np.logaddexp(0, signs * x)) / len(x)


# %% the hinge -> wrong-loss, none


def logistic_loss(x, y):
    signs = _signs(x, y)
    losses = np.maximum(0, 1 - signs * x)
    return float(losses.mean()), -signs * (losses > 0) / len(x)
