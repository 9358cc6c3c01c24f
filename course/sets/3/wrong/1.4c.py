"""1.4c batch norm, backward in one line: wrong answers."""

import numpy as np


# %% the path through the deviation is left out -> missing-variance-term
def batchnorm_backward(dout, cache):
    xhat, gamma, sigma, training = cache
    g = dout * gamma / sigma
    dx = g - g.mean(0) if training else g
    return dx, np.sum(dout * xhat, 0), np.sum(dout, 0)


# %% the path through the mean is left out -> missing-mean-term
def batchnorm_backward(dout, cache):
    xhat, gamma, sigma, training = cache
    g = dout * gamma / sigma
    dx = g - xhat * (g * xhat).mean(0) if training else g
    return dx, np.sum(dout * xhat, 0), np.sum(dout, 0)


# %% dgamma keeps gamma as a factor -> extra-scale
def batchnorm_backward(dout, cache):
    xhat, gamma, sigma, training = cache
    g = dout * gamma
    dgamma, dbeta = np.sum(g * xhat, 0), np.sum(dout, 0)
    dx = g / sigma
    if training:
        dx = (g - g.mean(0) - xhat * (g * xhat).mean(0)) / sigma
    return dx, dgamma, dbeta


# %% dbeta is that of the normalised input -> extra-scale
def batchnorm_backward(dout, cache):
    xhat, gamma, sigma, training = cache
    g = dout * gamma
    dx = g / sigma
    if training:
        dx = (g - g.mean(0) - xhat * (g * xhat).mean(0)) / sigma
    return dx, np.sum(dout * xhat, 0), np.sum(g, 0)


# %% a plus for the variance's path -> variance-term-sign
def batchnorm_backward(dout, cache):
    xhat, gamma, sigma, training = cache
    g = dout * gamma
    dx = g / sigma
    if training:
        dx = (g - g.mean(0) + xhat * (g * xhat).mean(0)) / sigma
    return dx, np.sum(dout * xhat, 0), np.sum(dout, 0)


# %% the deviation is forgotten in the whole of dX -> missing-sigma
def batchnorm_backward(dout, cache):
    xhat, gamma, _sigma, training = cache
    g = dout * gamma
    dx = g
    if training:
        dx = g - g.mean(0) - xhat * (g * xhat).mean(0)
    return dx, np.sum(dout * xhat, 0), np.sum(dout, 0)
