"""1.4c batch norm, backward in one line: wrong answers."""

import numpy as np


# %% the path through the mean is divided by N twice -> mean-term-scale
def batchnorm_backward(dout, cache):
    xhat, gamma, sigma, training = cache
    n = len(dout)
    dxhat = dout * gamma
    dx = dxhat / sigma
    if training:
        dx = dx - dxhat.sum(0) / sigma / n / n - xhat * (dxhat * xhat).sum(0) / n / sigma
    return dx, (dout * xhat).sum(0), dout.sum(0)


# %% dgamma is one number -> wrong-axis, not-an-array
def batchnorm_backward(dout, cache):
    xhat, gamma, sigma, training = cache
    dxhat = dout * gamma
    dx = dxhat / sigma
    if training:
        dx = (dxhat - dxhat.mean(0) - xhat * (dxhat * xhat).mean(0)) / sigma
    return dx, np.sum(dout * xhat), np.sum(dout)


# %% gamma once more in the whole of dX -> extra-scale, extra-factor
def batchnorm_backward(dout, cache):
    xhat, gamma, sigma, training = cache
    dxhat = dout * gamma
    dx = dxhat / sigma
    if training:
        dx = gamma * (dxhat - dxhat.mean(0) - xhat * (dxhat * xhat).mean(0)) / sigma
    return dx, (dout * xhat).sum(0), dout.sum(0)
