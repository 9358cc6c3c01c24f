"""1.4c batch norm, backward in one line: right answers, written differently."""

import numpy as np


# %% einsum throughout
def batchnorm_backward(dout, cache):
    xhat, gamma, sigma, training = cache
    dbeta, dgamma = np.einsum("nd->d", dout), np.einsum("nd,nd->d", dout, xhat)
    inner = dout - (dbeta + xhat * dgamma) / dout.shape[0] if training else dout
    return np.einsum("d,nd->nd", gamma / sigma, inner), dgamma, dbeta


# %% feature by feature, float64 inside
def batchnorm_backward(dout, cache):
    xhat, gamma, sigma, training = cache
    dx, dgamma, dbeta = np.zeros_like(dout), np.zeros_like(gamma), np.zeros_like(gamma)
    for d in range(dout.shape[1]):
        g, h = dout[:, d].astype(float), xhat[:, d].astype(float)
        dbeta[d], dgamma[d] = g.sum(), g @ h
        if training:
            g = g - g.mean() - h * (g @ h) / len(g)
        dx[:, d] = gamma[d] * g / sigma[d]
    return dx, dgamma, dbeta
