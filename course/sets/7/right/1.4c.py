"""1.4c batch norm, backward in one line: right answers."""

import numpy as np


# %% a projection of dout: first off the ones and then off x_hat
def batchnorm_backward(dout, cache):
    normal, gamma, deviation, train = cache
    dgamma = np.einsum("nd,nd->d", dout, normal)
    dbeta = np.ones(len(dout), dtype=dout.dtype) @ dout
    rest = dout
    if train:
        rest = rest - rest.mean(axis=0)
        rest = rest - normal * np.mean(rest * normal, axis=0)
    return rest * (gamma / deviation), dgamma, dbeta
