"""1.4c batch norm, backward in one line: right answers of set 8."""

from types import SimpleNamespace

import numpy as np

from nnlib.layers import arguments

# %% by stages, from the input, a namespace as cache


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        for key, batch in {"running_mean": mean, "running_var": var}.items():
            old = bn_param.get(key)
            bn_param[key] = (1 - momentum) * batch + (0 if old is None else momentum * old)
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    sigma = (var + eps) ** 0.5
    cache = SimpleNamespace(centred=x - mean, sigma=sigma, gamma=gamma, train=training)
    return cache.centred / sigma * gamma + beta, cache


def batchnorm_backward(dout, cache):
    n = len(dout)
    dxhat = dout * cache.gamma
    dsigma = -np.sum(dxhat * cache.centred, axis=0) / cache.sigma**2
    dvar = dsigma / (2 * cache.sigma)
    dcentred = dxhat / cache.sigma
    dx = dcentred.copy()
    if cache.train:
        dcentred = dcentred + 2 / n * cache.centred * dvar
        dx = dcentred - dcentred.mean(axis=0)
    return dx, (dout * cache.centred / cache.sigma).sum(axis=0), dout.sum(axis=0)


# %% a loop over the features, each a projection, in float64


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    mean = x.mean(axis=0) if training else bn_param["running_mean"]
    var = np.mean((x - mean) ** 2, axis=0) if training else bn_param["running_var"]
    if training:
        zeros = np.zeros_like(mean)
        old_mean = zeros if bn_param.get("running_mean") is None else bn_param["running_mean"]
        old_var = zeros if bn_param.get("running_var") is None else bn_param["running_var"]
        bn_param["running_mean"] = momentum * old_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * old_var + (1 - momentum) * var
    xhat = (x - mean) / np.sqrt(var + eps)
    return xhat * gamma + beta, [xhat, gamma, np.sqrt(var + eps), training]


def _feature(dout, xhat, gamma, sigma, training):
    g = dout.astype(np.float64)
    along = xhat.astype(np.float64)
    dgamma, dbeta = g @ along, g.sum()
    if training:
        g = g - dbeta / g.size - along * (dgamma / g.size)
    return g * (gamma / sigma), dgamma, dbeta


def batchnorm_backward(dout, cache):
    xhat, gamma, sigma, training = cache
    columns = [_feature(dout[:, d], xhat[:, d], gamma[d], sigma[d], training) for d in range(dout.shape[1])]
    dx, dgamma, dbeta = zip(*columns, strict=True)
    kind = dout.dtype
    return np.stack(dx, axis=1).astype(kind), np.array(dgamma, dtype=kind), np.array(dbeta, dtype=kind)


# %% the centring matrix twice, without a product of N by N


def _centred(a):
    return a - np.full((1, len(a)), 1 / len(a), dtype=a.dtype) @ a


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if not training:
        rate = 1 / np.sqrt(bn_param["running_var"] + eps)
        xhat = (x - bn_param["running_mean"]) * rate
        return gamma * xhat + beta, (xhat, gamma * rate, None)
    c = _centred(x)
    var = np.einsum("nd,nd->d", c, c) / len(x)
    for key, value in zip(("running_mean", "running_var"), (x.mean(0), var), strict=True):
        before = bn_param.get(key)
        if before is None:
            before = np.zeros(value.shape, value.dtype)
        bn_param[key] = before - (1 - momentum) * (before - value)
    rate = 1 / np.sqrt(var + eps)
    return gamma * (c * rate) + beta, (c * rate, gamma * rate, len(x))


def batchnorm_backward(dout, cache):
    xhat, slope, n = cache
    dgamma = np.add.reduce(dout * xhat)
    dbeta = np.add.reduce(dout)
    if n is None:
        return slope * dout, dgamma, dbeta
    return slope * (_centred(dout) - xhat * dgamma / n), dgamma, dbeta
