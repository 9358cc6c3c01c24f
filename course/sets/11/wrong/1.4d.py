"""1.4d batch norm of images: wrong answers of set 11."""

import numpy as np

from nnlib.layers import arguments
from nnlib.layers.batch_norm import batchnorm_backward, batchnorm_forward

# %% reshaped to (N H W, C) without moving the channel axis, both ways -> channels-mixed


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    arguments.batch_norm(x, gamma, beta, bn_param, ndim=4)
    rows, cache = batchnorm_forward(x.reshape(-1, x.shape[1]), gamma, beta, bn_param)
    return rows.reshape(x.shape), (x.shape, cache)


def spatial_batchnorm_backward(dout, cache):
    shape, inner = cache
    rows, dgamma, dbeta = batchnorm_backward(dout.reshape(-1, shape[1]), inner)
    return rows.reshape(shape), dgamma, dbeta


# %% the mean over batch and space, the variance over space alone, averaged -> deviation-off


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param, ndim=4)
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(2, 3)).mean(axis=0)
        for key, batch in (("running_mean", mean), ("running_var", var)):
            running = np.zeros_like(batch) if bn_param.get(key) is None else bn_param[key]
            bn_param[key] = momentum * running + (1 - momentum) * batch
    else:
        mean, var = (bn_param[key].astype(x.dtype) for key in ("running_mean", "running_var"))
    shape = (1, -1, 1, 1)
    sigma = np.sqrt(var + eps)
    x_hat = (x - mean.reshape(shape)) / sigma.reshape(shape)
    return gamma.reshape(shape) * x_hat + beta.reshape(shape), (x.shape, (_rows11(x_hat), gamma, sigma, training))


def _rows11(images):
    return images.transpose(0, 2, 3, 1).reshape(-1, images.shape[1])


def spatial_batchnorm_backward(dout, cache):
    shape, inner = cache
    rows, dgamma, dbeta = batchnorm_backward(_rows11(dout), inner)
    n, c, h, w = shape
    return rows.reshape(n, h, w, c).transpose(0, 3, 1, 2), dgamma, dbeta
