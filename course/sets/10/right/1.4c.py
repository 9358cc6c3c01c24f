"""1.4c batch norm, backward: right answers of set 10."""

import numpy as np

from nnlib.layers import arguments


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mu, var = x.mean(axis=0), x.var(axis=0)
        old = [bn_param.get(key) for key in ("running_mean", "running_var")]
        old = [np.zeros_like(mu) if each is None else each for each in old]
        bn_param["running_mean"] = momentum * old[0] + (1 - momentum) * mu
        bn_param["running_var"] = momentum * old[1] + (1 - momentum) * var
    else:
        mu, var = bn_param["running_mean"], bn_param["running_var"]
    return gamma * (x - mu) / np.sqrt(var + eps) + beta, (x, gamma, mu, var, eps, training)


# %% the projection matrix of each feature


def batchnorm_backward(dout, cache):
    x, gamma, mu, var, eps, training = cache
    sigma = np.sqrt(var + eps)
    hat = (x - mu) / sigma
    dgamma, dbeta = np.einsum("nd,nd->d", dout, hat), np.einsum("nd->d", dout)
    if not training:
        return dout * (gamma / sigma), dgamma, dbeta
    n = len(x)
    projection = np.eye(n, dtype=x.dtype)[..., None] - (1 + hat[:, None] * hat[None]) / n  # (N, N, D)
    return np.einsum("mnd,nd->md", projection, dout * gamma) / sigma, dgamma, dbeta


# %% the graph of nine steps, backwards


def batchnorm_backward(dout, cache):
    x, gamma, mu, var, eps, training = cache
    N, D = dout.shape
    xmu = x - mu
    sqrtvar = np.sqrt(var + eps)
    ivar = 1.0 / sqrtvar
    xhat = xmu * ivar
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    if not training:
        return dxhat * ivar, dgamma, dbeta
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -1.0 / (sqrtvar**2) * divar
    dvar = 0.5 * 1.0 / np.sqrt(var + eps) * dsqrtvar
    dsq = np.ones((N, D), dtype=dout.dtype) / N * dvar
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
    dx2 = np.ones((N, D), dtype=dout.dtype) / N * dmu
    return dx1 + dx2, dgamma, dbeta


# %% subtracts regressions on a constant and on the normalised input


def _residual(target, regressor):
    slope = (target * regressor).mean(axis=0)
    return target - slope * regressor


def batchnorm_backward(dout, cache):
    x, gamma, mu, var, eps, training = cache
    rstd = (var + eps) ** -0.5
    hat = rstd * (x - mu)
    grads = {"gamma": (dout * hat).sum(0), "beta": dout.sum(0)}
    centred = dout
    if training:
        centred = _residual(dout, np.ones_like(hat)) + (_residual(dout, hat) - dout)
    return gamma * rstd * centred, grads["gamma"], grads["beta"]


# %% one feature at a time, sums in float64 by fsum


def batchnorm_backward(dout, cache):
    from math import fsum

    x, gamma, mu, var, eps, training = cache
    dx = np.empty_like(dout)
    dgamma, dbeta = np.empty_like(gamma), np.empty_like(gamma)
    for d in range(dout.shape[1]):
        sigma = float(np.sqrt(var[d] + eps))
        hat = (x[:, d].astype(np.float64) - float(mu[d])) / sigma
        g = dout[:, d].astype(np.float64)
        dgamma[d], dbeta[d] = fsum(hat * g), fsum(g)
        correction = (fsum(g) + hat * fsum(hat * g)) / len(g) if training else 0.0
        dx[:, d] = float(gamma[d]) / sigma * (g - correction)
    return dx, dgamma, dbeta
