"""1.4a batch norm, forward: right answers of set 11 (with a backward pass of their own where the cache is another)."""

import math
from types import SimpleNamespace

import numpy as np

from nnlib.layers import arguments

# %% Welford's running mean and sum of squares


def _welford(x):
    mean, m2 = np.zeros(x.shape[1]), np.zeros(x.shape[1])
    for count, row in enumerate(x.astype(np.float64), 1):
        delta = row - mean
        mean += delta / count
        m2 += delta * (row - mean)
    return mean.astype(x.dtype), (m2 / len(x)).astype(x.dtype)


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = _welford(x)
        old_mean, old_var = bn_param.get("running_mean"), bn_param.get("running_var")
        old_mean = np.zeros_like(mean) if old_mean is None else old_mean
        old_var = np.zeros_like(var) if old_var is None else old_var
        bn_param["running_mean"] = momentum * old_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * old_var + (1 - momentum) * var
    else:
        mean = bn_param["running_mean"].astype(x.dtype)
        var = bn_param["running_var"].astype(x.dtype)
    sigma = np.sqrt(var + eps)
    x_hat = (x - mean) / sigma
    return x_hat * gamma + beta, (x_hat, gamma, sigma, training)


# %% column by column with math.fsum


def _column_moments(column):
    mean = math.fsum(column) / len(column)
    return mean, math.fsum((value - mean) ** 2 for value in column) / len(column)


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        both = np.array([_column_moments(column) for column in x.T.astype(float).tolist()], dtype=x.dtype)
        mean, var = both[:, 0], both[:, 1]
        for key, batch in zip(("running_mean", "running_var"), (mean, var), strict=True):
            before = bn_param.get(key)
            share = (1 - momentum) * batch
            bn_param[key] = share if before is None else momentum * before + share
    else:
        mean, var = bn_param["running_mean"].astype(x.dtype), bn_param["running_var"].astype(x.dtype)
    sigma = (var + eps) ** 0.5
    x_hat = np.divide(x - mean[None], sigma[None])
    return np.add(np.multiply(gamma, x_hat), beta), (x_hat, gamma, sigma, training)


# %% another cache, and a backward pass that reads it


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    kept = SimpleNamespace(x=x.copy(), gamma=gamma.copy(), train=training, eps=eps)
    if training:
        kept.mean = np.average(x, axis=0).astype(x.dtype)
        kept.var = np.average(np.square(x - kept.mean), axis=0).astype(x.dtype)
        running = [bn_param.get(key) for key in ("running_mean", "running_var")]
        running = [np.zeros(x.shape[1], x.dtype) if each is None else each.copy() for each in running]
        running[0] *= momentum
        running[0] += (1 - momentum) * kept.mean
        running[1] *= momentum
        running[1] += (1 - momentum) * kept.var
        bn_param["running_mean"], bn_param["running_var"] = running
    else:
        kept.mean, kept.var = (np.array(bn_param[k], x.dtype) for k in ("running_mean", "running_var"))
    kept.inverse = 1 / np.sqrt(kept.var + eps)
    return (x - kept.mean) * kept.inverse * gamma + beta, kept


def batchnorm_backward(dout, cache):
    x_hat = (cache.x - cache.mean) * cache.inverse
    arguments.gradient(dout, x_hat.shape)
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
    dx_hat = dout * cache.gamma
    if not cache.train:
        return dx_hat * cache.inverse, dgamma, dbeta
    centred = dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0)
    return cache.inverse * centred, dgamma, dbeta
