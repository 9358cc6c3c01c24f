"""1.4d batch norm of images: wrong answers."""

import numpy as np

from nnlib.layers.batch_norm import batchnorm_backward, batchnorm_forward


# %% gamma and beta meet the last axis -> exception, square-only
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    eps, m = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if bn_param["mode"] == "train":
        mu, var = x.mean((0, 2, 3)), x.var((0, 2, 3))
        for key, new in (("running_mean", mu), ("running_var", var)):
            old = bn_param.get(key)
            bn_param[key] = m * (np.zeros_like(new) if old is None else old) + (1 - m) * new
    else:
        mu, var = bn_param["running_mean"], bn_param["running_var"]
    xhat = (x - mu[:, None, None]) / np.sqrt(var + eps)[:, None, None]
    return gamma * xhat + beta, None


# %% dgamma of one channel for all -> same-along-axis
def spatial_batchnorm_backward(dout, cache):
    shape, rows_cache = cache
    n, c, h, w = shape
    dx, dgamma, dbeta = batchnorm_backward(dout.transpose(0, 2, 3, 1).reshape(-1, c), rows_cache)
    return dx.reshape(n, h, w, c).transpose(0, 3, 1, 2), np.full_like(dgamma, dgamma[0]), np.full_like(dbeta, dbeta[0])


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    n, c, h, w = x.shape
    out, cache = batchnorm_forward(x.transpose(0, 2, 3, 1).reshape(-1, c), gamma, beta, bn_param)
    return out.reshape(n, h, w, c).transpose(0, 3, 1, 2), (x.shape, cache)
