"""3.1 hinge loss: wrong answers."""

import numpy as np


# %% mask from scores -> unfilled
# the gradient's mask asks whether the raw score is below 1 and not whether the margin is
def svm_loss(x, y):
    N = x.shape[0]
    s = np.where(y > 0, 1, -1).astype(x.dtype)
    loss = np.sum(np.maximum(0, 1 - s * x)) / N
    dx = np.zeros_like(x)
    active = x < 1
    dx[active] = -s[active] / N
    return float(loss), dx


# %% gradient not averaged -> times-n
# the loss is a mean but its gradient is that of the sum
def svm_loss(x, y):
    signs = 2 * (y > 0).astype(x.dtype) - 1
    margins = np.maximum(0, 1 - signs * x)
    loss = np.mean(margins)
    dx = np.where(margins > 0, -signs, 0).astype(x.dtype)
    return float(loss), dx
