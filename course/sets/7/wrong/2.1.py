"""2.1 logistic loss: wrong answers."""

import numpy as np


# %% log with a small constant -> clipped-log
# the logarithms take p + 1e-12 so the loss of a badly wrong score saturates near 28
def logistic_loss(x, y):
    N = x.shape[0]
    t = (y > 0).astype(x.dtype)
    e = np.exp(-np.abs(x))
    p = np.where(x >= 0, 1 / (1 + e), e / (1 + e))
    loss = -np.sum(t * np.log(p + 1e-12) + (1 - t) * np.log(1 - p + 1e-12)) / N
    dx = (p - t) / N
    return float(loss), dx


# %% column against row -> every-pair
# scores as a column times signs as a row give an N by N table whose mean is returned as the loss
def logistic_loss(x, y):
    N = x.shape[0]
    s = np.where(y > 0, 1, -1).astype(x.dtype)
    scores = x.reshape(N, 1)
    loss = np.mean(np.logaddexp(0, -s * scores))
    dx = -s * np.exp(-np.logaddexp(0, s * x)) / N
    return float(loss), dx


# %% sigmoid derivative kept -> sigmoid-derivative
# the gradient has a factor p (1 - p) too many as if the loss were the squared error
def logistic_loss(x, y):
    n = len(x)
    target = (y > 0).astype(x.dtype)
    losses = np.maximum(x, 0) - x * target + np.log1p(np.exp(-np.abs(x)))
    p = np.exp(-np.logaddexp(0, -x))
    dx = (p - target) * p * (1 - p) / n
    return float(losses.sum() / n), dx
