"""2.1 logistic loss: right answers, written differently."""

import math

import numpy as np

# %% labels 0 and 1, the score's positive part taken out


def logistic_loss(x, y):
    t = (np.asarray(y) > 0).astype(x.dtype)
    e = np.exp(-np.abs(x))
    loss = np.mean(np.maximum(x, 0) - t * x + np.log1p(e))
    sigmoid = np.where(x >= 0, 1 / (1 + e), e / (1 + e))
    return float(loss), (sigmoid - t) / len(x)


# %% a loop in the standard library's floats


def logistic_loss(x, y):
    loss, dx = 0.0, np.zeros_like(x)
    for n in range(len(x)):
        t = 1.0 if y[n] > 0 else -1.0
        m = t * float(x[n])
        small = math.exp(-abs(m))
        loss += (max(-m, 0.0) + math.log1p(small)) / len(x)
        dx[n] = -t * (small / (1 + small) if m > 0 else 1 / (1 + small)) / len(x)
    return loss, dx


# %% the sigmoid as a hyperbolic tangent, sums in float64


def logistic_loss(x, y):
    wide = x.astype(np.float64)
    t = np.where(y > 0, 1.0, -1.0)
    loss = np.logaddexp(0, -t * wide).sum() / wide.size
    dx = -t * 0.5 * (1 - np.tanh(t * wide / 2)) / wide.size
    return loss, dx.astype(x.dtype)


# %% a gradient whose exponential overflows to infinity, where the quotient is 0


def logistic_loss(x, y):
    t = np.where(y > 0, 1, -1).astype(x.dtype)
    loss = np.mean(np.logaddexp(0, -t * x))
    return loss, -t / (1 + np.exp(t * x)) / len(x)
