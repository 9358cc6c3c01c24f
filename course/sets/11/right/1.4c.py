"""1.4c batch norm, backward: right answers of set 11, for the repository's forward pass."""

import numpy as np

# %% Kratzert's staged graph from the normalised input


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    N, D = dout.shape
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * x_hat, axis=0)
    dxhat = dout * gamma
    ivar = 1.0 / sigma
    if not training:
        return dxhat * ivar, dgamma, dbeta
    xmu = x_hat * sigma
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -1.0 / (sigma**2) * divar
    dvar = 0.5 * 1.0 / sigma * dsqrtvar
    dsq = 1.0 / N * np.ones((N, D), dtype=dout.dtype) * dvar
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
    dx2 = 1.0 / N * np.ones((N, D), dtype=dout.dtype) * dmu
    return dx1 + dx2, dgamma, dbeta


# %% orthogonal projections, twice: onto ones and onto the normalised input


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    g = dout.copy()
    if training:
        g = dout - np.mean(dout, axis=0, keepdims=True) - x_hat * np.mean(dout * x_hat, axis=0, keepdims=True)
    g *= gamma[np.newaxis]
    g /= sigma[np.newaxis]
    return g, (dout * x_hat).sum(axis=0), np.ones(len(dout), dout.dtype) @ dout
