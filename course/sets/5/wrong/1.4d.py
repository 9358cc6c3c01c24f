"""1.4d batch norm of images: wrong answers."""

import numpy as np


# %% statistics of each image -> per-image-statistics
# the mean and variance are taken over the pixels of each image alone (instance norm)
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if mode == "train":
        mu = x.mean(axis=(2, 3), keepdims=True)
        var = x.var(axis=(2, 3), keepdims=True)
        for key, batch in (("running_mean", mu.mean(axis=(0, 2, 3))), ("running_var", var.mean(axis=(0, 2, 3)))):
            old = bn_param.get(key)
            old = np.zeros_like(batch) if old is None else old
            bn_param[key] = momentum * old + (1 - momentum) * batch
    else:
        mu = bn_param["running_mean"].astype(x.dtype).reshape(1, -1, 1, 1)
        var = bn_param["running_var"].astype(x.dtype).reshape(1, -1, 1, 1)
    sigma = np.sqrt(var + eps)
    x_hat = (x - mu) / sigma
    out = gamma[None, :, None, None] * x_hat + beta[None, :, None, None]
    return out, (x_hat, gamma, sigma, mode)


def spatial_batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, mode = cache
    dbeta = dout.sum(axis=(0, 2, 3))
    dgamma = (dout * x_hat).sum(axis=(0, 2, 3))
    g = dout * gamma[None, :, None, None]
    if mode == "test":
        return g / sigma, dgamma, dbeta
    dx = (g - g.mean(axis=(2, 3), keepdims=True) - x_hat * (g * x_hat).mean(axis=(2, 3), keepdims=True)) / sigma
    return dx, dgamma, dbeta


# %% rows and columns of the image exchanged in backward -> rearranged, transpose, square-only
# backward lays its rows out as (n w h) while forward had (n h w) so dx and dgamma pair the wrong pixels
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = batchnorm_forward(rows, gamma, beta, bn_param)
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache


def spatial_batchnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    rows = dout.transpose(0, 3, 2, 1).reshape(-1, C)
    dx, dgamma, dbeta = batchnorm_backward(rows, cache)
    dx = dx.reshape(N, W, H, C).transpose(0, 3, 2, 1)
    return dx, dgamma, dbeta
