"""1.4c batch norm, backward in one line: wrong answers of set 8."""

import numpy as np

from nnlib.layers import arguments


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        for key, new in (("running_mean", mean), ("running_var", var)):
            old = bn_param.get(key)
            bn_param[key] = momentum * (np.zeros_like(new) if old is None else old) + (1 - momentum) * new
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    sigma = np.sqrt(var + eps)
    return gamma * (x - mean) / sigma + beta, (x, mean, sigma, gamma, training)


# %% gamma is left out of dx -> missing-scale


def batchnorm_backward(dout, cache):
    x, mean, sigma, gamma, training = cache
    xhat = (x - mean) / sigma
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    if not training:
        return dout / sigma, dgamma, dbeta
    return (dout - dbeta / len(dout) - xhat * dgamma / len(dout)) / sigma, dgamma, dbeta


# %% the gradient of gamma by the inputs instead of the normalised ones -> x-for-xhat


def batchnorm_backward(dout, cache):
    x, mean, sigma, gamma, training = cache
    xhat = (x - mean) / sigma
    dgamma, dbeta = (dout * x).sum(axis=0), dout.sum(axis=0)
    if not training:
        return dout * gamma / sigma, dgamma, dbeta
    dxhat = dout * gamma
    dx = (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)) / sigma
    return dx, dgamma, dbeta


# %% divided by the variance -> missing-sigma


def batchnorm_backward(dout, cache):
    x, mean, sigma, gamma, training = cache
    xhat = (x - mean) / sigma
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    slope = gamma / sigma**2
    if not training:
        return dout * slope, dgamma, dbeta
    return slope * (dout - dbeta / len(dout) - xhat * dgamma / len(dout)), dgamma, dbeta


# %% test mode uses the formula of train mode -> train-formula-in-test


def batchnorm_backward(dout, cache):
    x, mean, sigma, gamma, _ = cache
    xhat = (x - mean) / sigma
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    return gamma / sigma * (dout - dbeta / len(dout) - xhat * dgamma / len(dout)), dgamma, dbeta


# %% the mean of the products becomes the product of the means -> missing-variance-term


def batchnorm_backward(dout, cache):
    x, mean, sigma, gamma, training = cache
    xhat = (x - mean) / sigma
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    if not training:
        return dout * gamma / sigma, dgamma, dbeta
    dxhat = dout * gamma
    dx = (dxhat - dxhat.mean(axis=0) - xhat * (dxhat.mean(axis=0) * xhat.mean(axis=0))) / sigma
    return dx, dgamma, dbeta


# %% the variance path with the sign turned -> variance-term-sign


def batchnorm_backward(dout, cache):
    x, mean, sigma, gamma, training = cache
    xhat = (x - mean) / sigma
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    if not training:
        return dout * gamma / sigma, dgamma, dbeta
    n = len(dout)
    return gamma / (n * sigma) * (n * dout - dbeta + xhat * dgamma), dgamma, dbeta
