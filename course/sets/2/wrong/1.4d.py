"""1.4d batch norm of images: wrong answers."""

import numpy as np

from nnlib.layers.batch_norm import batchnorm_backward, batchnorm_forward


# %% channels last, and so they stay -> rearranged
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    out, cache = batchnorm_forward(x.transpose(0, 2, 3, 1).reshape(-1, C), gamma, beta, bn_param)
    return out.reshape(N, H, W, C), (x.shape, cache)


# %% each image normalised by itself, as instance norm -> per-image-statistics
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    eps, m = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    g, b = gamma[None, :, None, None], beta[None, :, None, None]
    if bn_param["mode"] == "train":
        mu, var = x.mean((2, 3), keepdims=True), x.var((2, 3), keepdims=True)
        for k, v in (("running_mean", mu), ("running_var", var)):
            old = bn_param.get(k)
            old = np.zeros(x.shape[1], x.dtype) if old is None else old
            bn_param[k] = m * old + (1 - m) * v.mean(0).reshape(-1)
    else:
        mu, var = (bn_param[k][None, :, None, None] for k in ("running_mean", "running_var"))
    return g * (x - mu) / np.sqrt(var + eps) + b, None


# %% a channel at a time with the caller's bn_param -> exception, none
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    out, caches = np.empty_like(x), []
    for c in range(C):
        o, cache = batchnorm_forward(x[:, c].reshape(-1, 1), gamma[c : c + 1], beta[c : c + 1], bn_param)
        out[:, c] = o.reshape(N, H, W)
        caches.append(cache)
    return out, caches


# %% dgamma and dbeta averaged over the images -> over-n
def spatial_batchnorm_backward(dout, cache):
    shape, rows_cache = cache
    N, C, H, W = shape
    dx, dgamma, dbeta = batchnorm_backward(dout.transpose(0, 2, 3, 1).reshape(-1, C), rows_cache)
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma / N, dbeta / N


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    out, cache = batchnorm_forward(x.transpose(0, 2, 3, 1).reshape(-1, C), gamma, beta, bn_param)
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), (x.shape, cache)


# %% backward leaves the channels last -> rearranged
def spatial_batchnorm_backward(dout, cache):
    shape, rows_cache = cache
    N, C, H, W = shape
    dx, dgamma, dbeta = batchnorm_backward(dout.transpose(0, 2, 3, 1).reshape(-1, C), rows_cache)
    return dx.reshape(N, H, W, C), dgamma, dbeta


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    out, cache = batchnorm_forward(x.transpose(0, 2, 3, 1).reshape(-1, C), gamma, beta, bn_param)
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), (x.shape, cache)


# %% the unbiased variance over the pixels -> unbiased-variance
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    eps, m = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    g, b = gamma[None, :, None, None], beta[None, :, None, None]
    if bn_param["mode"] == "train":
        mu, var = x.mean((0, 2, 3)), x.var((0, 2, 3), ddof=1)
        for k, v in (("running_mean", mu), ("running_var", var)):
            old = bn_param.get(k)
            bn_param[k] = m * (np.zeros_like(v) if old is None else old) + (1 - m) * v
    else:
        mu, var = bn_param["running_mean"], bn_param["running_var"]
    mu, var = mu[None, :, None, None], var[None, :, None, None]
    return g * (x - mu) / np.sqrt(var + eps) + b, None


# %% the running momentum is on the wrong side, and no cache -> momentum-side, exception
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    eps, m = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    g, b = gamma[None, :, None, None], beta[None, :, None, None]
    if bn_param["mode"] == "train":
        mu, var = x.mean((0, 2, 3)), x.var((0, 2, 3))
        for k, v in (("running_mean", mu), ("running_var", var)):
            old = bn_param.get(k)
            bn_param[k] = (1 - m) * (np.zeros_like(v) if old is None else old) + m * v
    else:
        mu, var = bn_param["running_mean"], bn_param["running_var"]
    mu, var = mu[None, :, None, None], var[None, :, None, None]
    return g * (x - mu) / np.sqrt(var + eps) + b, None
