"""1.4c batch norm, backward in one line: right answers, written differently."""

import numpy as np


# %% a centring matrix in place of the mean's path
def batchnorm_backward(dout, cache):
    xhat, gamma, sigma, training = cache
    dgamma = np.diag(dout.T @ xhat).copy()
    dbeta = np.ones(len(dout), dout.dtype) @ dout
    g = dout * gamma
    if training:
        n = len(dout)
        centring = np.eye(n, dtype=dout.dtype) - np.full((n, n), 1 / n, dtype=dout.dtype)
        g = centring @ g - xhat * (g * xhat).mean(axis=0)
    return g / sigma, dgamma, dbeta
