"""1.4c batch norm, backward: wrong answers."""

import numpy as np


# %% gamma left out of the third term -> variance-term-scale, missing-scale
# the term with x_hat uses dgamma without the factor gamma and is right only where gamma is 1
def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    N = dout.shape[0]
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx_hat = dout * gamma
    if not training:
        return dx_hat / sigma, dgamma, dbeta
    dx = (N * dx_hat - np.sum(dx_hat, axis=0) - x_hat * dgamma) / (N * sigma)
    return dx, dgamma, dbeta


# %% sigma left out in test mode -> missing-sigma
# in test mode dx is gamma dout and lacks the division by the running sigma
def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    N = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    if training:
        dx = gamma / sigma * (dout - dbeta / N - x_hat * dgamma / N)
    else:
        dx = gamma * dout
    return dx, dgamma, dbeta
