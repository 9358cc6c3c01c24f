"""1.4d batch norm of images: wrong answers of set 10."""

import numpy as np

from nnlib.layers.batch_norm import batchnorm_backward, batchnorm_forward

# %% a bare reshape -> channels-mixed


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    C = x.shape[1]
    out, cache = batchnorm_forward(x.reshape(-1, C), gamma, beta, bn_param)
    return out.reshape(x.shape), cache


def spatial_batchnorm_backward(dout, cache):
    C = dout.shape[1]
    dx, dgamma, dbeta = batchnorm_backward(dout.reshape(-1, C), cache)
    return dx.reshape(dout.shape), dgamma, dbeta


# %% the way back is a reshape alone, otherwise -> channels-mixed


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    out, cache = batchnorm_forward(x.transpose(0, 2, 3, 1).reshape(-1, C), gamma, beta, bn_param)
    return out.reshape(N, C, H, W), cache


def spatial_batchnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    dx, dgamma, dbeta = batchnorm_backward(dout.transpose(0, 2, 3, 1).reshape(-1, C), cache)
    return dx.reshape(N, C, H, W), dgamma, dbeta


# %% rows and columns traded on the way back -> rearranged


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    out, cache = batchnorm_forward(x.transpose(0, 3, 2, 1).reshape(-1, C), gamma, beta, bn_param)
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache


def spatial_batchnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    dx, dgamma, dbeta = batchnorm_backward(dout.transpose(0, 3, 2, 1).reshape(-1, C), cache)
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


# %% a copy of bn_param -> running-not-updated


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = batchnorm_forward(rows, gamma, beta, {**bn_param})
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache


def spatial_batchnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    dx, dgamma, dbeta = batchnorm_backward(dout.transpose(0, 2, 3, 1).reshape(-1, C), cache)
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


# %% each image by itself, otherwise -> per-image-statistics


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    C = x.shape[1]
    outs, caches = [], []
    for image in x:
        out, cache = batchnorm_forward(image.reshape(C, -1).T, gamma, beta, bn_param)
        outs.append(out.T.reshape(image.shape))
        caches.append(cache)
    return np.stack(outs), caches


def spatial_batchnorm_backward(dout, cache):
    C = dout.shape[1]
    parts = [batchnorm_backward(g.reshape(C, -1).T, each) for g, each in zip(dout, cache, strict=True)]
    dx = np.stack([part[0].T.reshape(dout.shape[1:]) for part in parts])
    return dx, sum(part[1] for part in parts), sum(part[2] for part in parts)


# %% always in train mode -> batch-statistics-in-test


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    axes = (0, 2, 3)
    mean, var = x.mean(axes), x.var(axes)
    eps, rho = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if bn_param["mode"] == "train":
        for key, new in (("running_mean", mean), ("running_var", var)):
            old = bn_param.get(key)
            bn_param[key] = rho * (old if old is not None else np.zeros(C, x.dtype)) + (1 - rho) * new
    sigma = np.sqrt(var + eps)[:, None, None]
    hat = (x - mean[:, None, None]) / sigma
    return hat * gamma[:, None, None] + beta[:, None, None], (hat, sigma, gamma[:, None, None])


def spatial_batchnorm_backward(dout, cache):
    hat, sigma, gamma = cache
    axes = (0, 2, 3)
    dgamma, dbeta = (dout * hat).sum(axes), dout.sum(axes)
    means = dout.mean(axes, keepdims=True) + hat * (dout * hat).mean(axes, keepdims=True)
    return gamma / sigma * (dout - means), dgamma, dbeta
