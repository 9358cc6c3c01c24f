"""1.4d batch norm of images: right answers, written differently."""

import numpy as np

from nnlib.layers.batch_norm import batchnorm_backward, batchnorm_forward


# %% a stack of the channels' pixels
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    rows = np.stack([x[:, c].ravel() for c in range(x.shape[1])], axis=1)
    out, cache = batchnorm_forward(rows, gamma, beta, bn_param)
    images = [out[:, c].reshape(len(x), *x.shape[2:]) for c in range(x.shape[1])]
    return np.stack(images, axis=1), [cache]


def spatial_batchnorm_backward(dout, cache):
    rows = np.stack([dout[:, c].ravel() for c in range(dout.shape[1])], axis=1)
    dx, dgamma, dbeta = batchnorm_backward(rows, cache[0])
    images = [dx[:, c].reshape(len(dout), *dout.shape[2:]) for c in range(dout.shape[1])]
    return np.stack(images, axis=1), dgamma, dbeta
