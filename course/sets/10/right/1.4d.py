"""1.4d batch norm of images: right answers of set 10."""

import numpy as np

from nnlib.layers import arguments
from nnlib.layers.batch_norm import batchnorm_backward, batchnorm_forward

# %% channels first, then the transposed matrix


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    flat = x.swapaxes(0, 1).reshape(C, -1).T
    out, cache = batchnorm_forward(flat, gamma, beta, bn_param)
    return out.T.reshape(C, N, H, W).swapaxes(0, 1), cache


def spatial_batchnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    dx, dgamma, dbeta = batchnorm_backward(dout.swapaxes(0, 1).reshape(C, -1).T, cache)
    return dx.T.reshape(C, N, H, W).swapaxes(0, 1), dgamma, dbeta


# %% without the functions of 1.4a and 1.4c: axes and keepdims

_AXES = (0, 2, 3)


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param, ndim=4)
    column = (1, -1, 1, 1)
    if training:
        mu = x.mean(axis=_AXES, keepdims=True)
        var = ((x - mu) ** 2).mean(axis=_AXES, keepdims=True)
        for key, batch in (("running_mean", mu.ravel()), ("running_var", var.ravel())):
            before = bn_param.get(key)
            bn_param[key] = (1 - momentum) * batch + (0 if before is None else momentum * before)
    else:
        mu, var = bn_param["running_mean"].reshape(column), bn_param["running_var"].reshape(column)
    sigma = np.sqrt(var + eps)
    hat = (x - mu) / sigma
    return gamma.reshape(column) * hat + beta.reshape(column), (hat, sigma, gamma.reshape(column), training)


def spatial_batchnorm_backward(dout, cache):
    hat, sigma, gamma, training = cache
    dgamma, dbeta = (dout * hat).sum(axis=_AXES), dout.sum(axis=_AXES)
    if not training:
        return dout * gamma / sigma, dgamma, dbeta
    M = dout.size // dout.shape[1]
    inner = dout - (dbeta / M)[:, None, None] - hat * (dgamma / M)[:, None, None]
    return gamma / sigma * inner, dgamma, dbeta


# %% one channel at a time, each with a bn_param of its own


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    C = x.shape[1]
    out, caches, params = np.empty_like(x), [], []
    for c in range(C):
        mine = {key: value for key, value in bn_param.items() if not key.startswith("running")}
        for key in ("running_mean", "running_var"):
            if bn_param.get(key) is not None:
                mine[key] = bn_param[key][c : c + 1]
        column, cache = batchnorm_forward(x[:, c].reshape(-1, 1), gamma[c : c + 1], beta[c : c + 1], mine)
        out[:, c] = column.reshape(x[:, c].shape)
        caches.append(cache)
        params.append(mine)
    if bn_param["mode"] == "train":
        for key in ("running_mean", "running_var"):
            bn_param[key] = np.concatenate([mine[key] for mine in params])
    return out, caches


def spatial_batchnorm_backward(dout, cache):
    parts = [batchnorm_backward(dout[:, c].reshape(-1, 1), each) for c, each in enumerate(cache)]
    shape = dout[:, 0].shape
    dx = np.stack([part[0].reshape(shape) for part in parts], axis=1)
    return dx, np.concatenate([part[1] for part in parts]), np.concatenate([part[2] for part in parts])
