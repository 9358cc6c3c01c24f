"""3.1 hinge loss: wrong answers."""

import numpy as np


def _signs(x, y):
    return np.where(y > 0, 1, -1).astype(x.dtype)


# %% the mean over the examples inside the margin -> averaged-over-active


def svm_loss(x, y):
    signs = _signs(x, y)
    losses = np.maximum(0, 1 - signs * x)
    active = losses > 0
    count = max(active.sum(), 1)
    return float(losses.sum() / count), -signs * active / x.dtype.type(count)


# %% the loss over the active examples, the gradient over all -> averaged-over-active


def svm_loss(x, y):
    signs = _signs(x, y)
    losses = np.maximum(0, 1 - signs * x)
    active = losses > 0
    return float(losses[active].mean()) if active.any() else 0.0, -signs * active / len(x)


# %% the gradient over the active examples, the loss over all -> averaged-over-active


def svm_loss(x, y):
    signs = _signs(x, y)
    losses = np.maximum(0, 1 - signs * x)
    active = losses > 0
    return float(losses.mean()), -signs * active / x.dtype.type(max(active.sum(), 1))


# %% loss and gradient are sums -> times-n


def svm_loss(x, y):
    signs = _signs(x, y)
    losses = np.maximum(0, 1 - signs * x)
    return float(losses.sum()), -signs * (losses > 0)


# %% the gradient is a sum -> times-n


def svm_loss(x, y):
    signs = _signs(x, y)
    losses = np.maximum(0, 1 - signs * x)
    dx = np.zeros_like(x)
    dx[losses > 0] = -signs[losses > 0]
    return float(losses.mean()), dx


# %% labels {0, 1} used as signs -> one-label-convention


def svm_loss(x, y):
    losses = np.maximum(0, 1 - y * x)
    return float(losses.mean()), (-y * (losses > 0) / len(x)).astype(x.dtype)


# %% labels {-1, +1} turned as if they were {0, 1} -> one-label-convention


def svm_loss(x, y):
    signs = (2 * y - 1).astype(x.dtype)
    losses = np.maximum(0, 1 - signs * x)
    return float(losses.mean()), -signs * (losses > 0) / len(x)


# %% the caller's labels become signs -> labels-changed, exception


def svm_loss(x, y):
    y[y == 0] = -1
    signs = y.astype(x.dtype)
    losses = np.maximum(0, 1 - signs * x)
    return float(losses.mean()), -signs * (losses > 0) / len(x)


# %% the square of the hinge -> squared-hinge


def svm_loss(x, y):
    signs = _signs(x, y)
    losses = np.maximum(0, 1 - signs * x)
    return float(np.mean(losses**2)), -2 * signs * losses / len(x)


# %% a margin of 0 -> margin-zero


def svm_loss(x, y):
    signs = _signs(x, y)
    losses = np.maximum(0, -signs * x)
    return float(losses.mean()), -signs * (losses > 0) / len(x)


# %% a gradient at the kink -> gradient-at-zero


def svm_loss(x, y):
    signs = _signs(x, y)
    margins = 1 - signs * x
    return float(np.maximum(0, margins).mean()), -signs * (margins >= 0) / len(x)


# %% the gradient of all examples, those outside the margin too -> missing-mask, not-clipped


def svm_loss(x, y):
    signs = _signs(x, y)
    losses = np.maximum(0, 1 - signs * x)
    return float(losses.mean()), -signs / len(x)


# %% neither loss nor gradient is cut off at 0 -> not-clipped


def svm_loss(x, y):
    signs = _signs(x, y)
    return float(np.mean(1 - signs * x)), -signs / len(x)


# %% the gradient goes uphill -> sign


def svm_loss(x, y):
    signs = _signs(x, y)
    losses = np.maximum(0, 1 - signs * x)
    return float(losses.mean()), signs * (losses > 0) / len(x)


# %% the label is missing in the gradient -> label-sign-missing


def svm_loss(x, y):
    losses = np.maximum(0, 1 - _signs(x, y) * x)
    return float(losses.mean()), -(losses > 0).astype(x.dtype) / len(x)


# %% the gradient with respect to the weights is meant -> times-input, none


def svm_loss(x, y):
    signs = _signs(x, y)
    losses = np.maximum(0, 1 - signs * x)
    return float(losses.mean()), -signs * x * (losses > 0) / len(x)


# %% the gradient masked by wrong predictions -> margin-zero


def svm_loss(x, y):
    signs = _signs(x, y)
    losses = np.maximum(0, 1 - signs * x)
    return float(losses.mean()), -signs * (signs * x < 0) / len(x)


# %% signs of float64 -> float64-from-float32


def svm_loss(x, y):
    signs = np.where(y > 0, 1.0, -1.0)
    losses = np.maximum(0, 1 - signs * x)
    return float(losses.mean()), -signs * (losses > 0) / len(x)
