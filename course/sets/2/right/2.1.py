"""2.1 logistic loss: right answers, written differently."""

import math

import numpy as np


# %% two halves of a stable sigmoid, a NumPy scalar for the loss
def logistic_loss(x, y):
    t = (np.asarray(y) > 0).astype(x.dtype)
    e = np.exp(-np.abs(x))
    sigmoid = np.where(x >= 0, 1, e) / (1 + e)
    return np.mean(np.maximum(x, 0) - t * x + np.log1p(e)), (sigmoid - t) / len(x)


# %% a loop with math, cast back
def logistic_loss(x, y):
    total, dx = 0.0, np.zeros_like(x)
    for n, (score, label) in enumerate(zip(x.tolist(), np.asarray(y).tolist(), strict=True)):
        s = 1 if label > 0 else -1
        m = s * score
        small = math.exp(-abs(m))
        total += max(0.0, -m) + math.log1p(small)
        dx[n] = -s * (small if m > 0 else 1.0) / (1 + small) / x.size
    return total / x.size, dx


# %% the hyperbolic tangent; a 0-d array for the loss
def logistic_loss(x, y):
    s = np.sign(np.asarray(y, dtype=x.dtype) - x.dtype.type(0.25))
    z = s * x
    dx = -s * (1 - np.tanh(z / 2)) / (2 * x.shape[0])
    return np.asarray(np.logaddexp(0, -z).mean()), dx
