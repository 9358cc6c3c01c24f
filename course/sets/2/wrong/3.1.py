"""3.1 hinge loss: wrong answers."""

import numpy as np


# %% an array of whole numbers for the gradient -> whole-numbers
def svm_loss(x, y):
    s = np.where(np.asarray(y) > 0, 1, -1)
    m = s * x
    dx = np.zeros_like(s)
    dx[m < 1] = -s[m < 1] / len(x)
    return np.maximum(0, 1 - m).mean(), dx


# %% the mask is on the wrong side -> mask-inverted
def svm_loss(x, y):
    s = np.where(np.asarray(y) > 0, 1, -1).astype(x.dtype)
    m = s * x
    return np.maximum(0, 1 - m).mean(), -s * (m > 1) / len(x)


# %% half of the hinge -> factor-2
def svm_loss(x, y):
    s = np.where(np.asarray(y) > 0, 1, -1).astype(x.dtype)
    m = s * x
    return 0.5 * np.maximum(0, 1 - m).mean(), -0.5 * s * (m < 1) / len(x)


# %% the share of examples inside the margin -> wrong-loss
def svm_loss(x, y):
    s = np.where(np.asarray(y) > 0, 1, -1).astype(x.dtype)
    m = s * x
    return (m < 1).mean(), -s * (m < 1) / len(x)


# %% max with an array -> exception
def svm_loss(x, y):
    s = np.where(np.asarray(y) > 0, 1, -1).astype(x.dtype)
    return max(0, 1 - s * x).mean(), -s * (s * x < 1) / len(x)


# %% only the positive class has a gradient -> one-class, one-label-convention
def svm_loss(x, y):
    s = np.where(np.asarray(y) > 0, 1, -1).astype(x.dtype)
    m = s * x
    return np.maximum(0, 1 - m).mean(), -((s > 0) & (m < 1)).astype(x.dtype) / len(x)


# %% the gradient is that of the squared hinge -> squared-hinge, none
def svm_loss(x, y):
    s = np.where(np.asarray(y) > 0, 1, -1).astype(x.dtype)
    h = np.maximum(0, 1 - s * x)
    return h.mean(), -2 * s * h / len(x)


# %% a plus in the margin -> none, sign
def svm_loss(x, y):
    s = np.where(np.asarray(y) > 0, 1, -1).astype(x.dtype)
    h = np.maximum(0, 1 + s * x)
    return h.mean(), s * (h > 0) / len(x)


# %% a loop that keeps the last example's gradient -> one-index
def svm_loss(x, y):
    s = np.where(np.asarray(y) > 0, 1, -1).astype(x.dtype)
    loss = 0.0
    for n in range(len(x)):
        dx = np.zeros_like(x)
        if s[n] * x[n] < 1:
            loss += 1 - s[n] * x[n]
            dx[n] = -s[n] / len(x)
    return loss / len(x), dx
