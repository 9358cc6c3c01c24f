"""2.1 logistic loss: wrong answers."""

import numpy as np


# %% probabilities clipped before the logarithm -> clipped-log
# the loss of an example saturates at -log(1e-7) = 16.1 where a wrong score of 1e4 costs 1e4
def logistic_loss(x, y):
    N = x.shape[0]
    t = (np.asarray(y) > 0).astype(x.dtype)
    e = np.exp(-np.abs(x))
    p = np.where(x >= 0, 1 / (1 + e), e / (1 + e))
    clipped = np.clip(p.astype(np.float64), 1e-7, 1 - 1e-7)
    loss = -np.mean(t * np.log(clipped) + (1 - t) * np.log(1 - clipped))
    dx = (p - t) / N
    return float(loss), dx.astype(x.dtype, copy=False)


# %% every label taken for -1 or +1 -> one-label-convention
# (y + 1) / 2 turns labels 0 and 1 into 0.5 and 1 so that convention gives another loss
def logistic_loss(x, y):
    N = len(x)
    target = ((y + 1) / 2).astype(x.dtype)
    loss = np.mean(np.maximum(x, 0) - x * target + np.log1p(np.exp(-np.abs(x))))
    e = np.exp(-np.abs(x))
    prob = np.where(x >= 0, 1, e) / (1 + e)
    dx = (prob - target) / N
    return float(loss), dx


# %% integer labels widen the gradient -> float64-from-float32
# float32 scores times int64 labels give a float64 dx
def logistic_loss(x, y):
    signs = np.where(y > 0, 1, -1)
    margins = signs * x
    loss = np.logaddexp(0, -margins).mean()
    dx = -signs * np.exp(-np.logaddexp(0, margins)) / x.shape[0]
    return float(loss), dx
