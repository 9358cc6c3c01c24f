"""1.4c batch norm, backward in one line: wrong answers."""

import numpy as np


# %% train formula in test -> train-formula-in-test
# the mode is ignored and the terms through mean and variance are subtracted in test mode too
def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, _training = cache
    N = dout.shape[0]
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * x_hat, axis=0)
    dx = gamma / (N * sigma) * (N * dout - dbeta - x_hat * dgamma)
    return dx, dgamma, dbeta


# %% features for examples -> square-only
# N and D are unpacked in the wrong order so the means divide by the number of features
def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    _D, N = dout.shape
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dxhat = dout * gamma
    if not training:
        return dxhat / sigma, dgamma, dbeta
    dx = (dxhat - dxhat.sum(axis=0) / N - x_hat * (dxhat * x_hat).sum(axis=0) / N) / sigma
    return dx, dgamma, dbeta
