"""1.4a batch norm, forward: wrong answers of set 8."""

import numpy as np

from nnlib.layers import arguments

# %% the unbiased variance in both places -> unbiased-variance


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0, ddof=1)
        for key, new in (("running_mean", mean), ("running_var", var)):
            old = bn_param.get(key)
            bn_param[key] = momentum * (np.zeros_like(new) if old is None else old) + (1 - momentum) * new
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    xhat = (x - mean) / np.sqrt(var + eps)
    return gamma * xhat + beta, (xhat, gamma, np.sqrt(var + eps), training)


# %% eps is added to the deviation (set 8) -> eps-outside-root


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        for key, new in (("running_mean", mean), ("running_var", var)):
            old = bn_param.get(key)
            bn_param[key] = momentum * (np.zeros_like(new) if old is None else old) + (1 - momentum) * new
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    sigma = np.sqrt(var) + eps
    xhat = (x - mean) / sigma
    return gamma * xhat + beta, (xhat, gamma, sigma, training)


# %% the running averages start at the first batch (set 8) -> running-starts-at-batch


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        for key, new in (("running_mean", mean), ("running_var", var)):
            old = bn_param.get(key)
            bn_param[key] = new if old is None else momentum * old + (1 - momentum) * new
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    sigma = np.sqrt(var + eps)
    xhat = (x - mean) / sigma
    return gamma * xhat + beta, (xhat, gamma, sigma, training)


# %% the running averages are changed in place -> argument-changed


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        for key, new in (("running_mean", mean), ("running_var", var)):
            if bn_param.get(key) is None:
                bn_param[key] = np.zeros_like(new)
            bn_param[key] *= momentum
            bn_param[key] += (1 - momentum) * new
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    sigma = np.sqrt(var + eps)
    xhat = (x - mean) / sigma
    return gamma * xhat + beta, (xhat, gamma, sigma, training)


# %% the variance as E[x^2] - E[x]^2 in the input's dtype -> cancellation


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean = x.mean(axis=0)
        var = (x**2).mean(axis=0) - mean**2
        for key, new in (("running_mean", mean), ("running_var", var)):
            old = bn_param.get(key)
            bn_param[key] = momentum * (np.zeros_like(new) if old is None else old) + (1 - momentum) * new
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    sigma = np.sqrt(var + eps)
    xhat = (x - mean) / sigma
    return gamma * xhat + beta, (xhat, gamma, sigma, training)


# %% test mode takes the running variance for a deviation -> missing-root


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if not training:
        sigma = bn_param["running_var"] + eps
        xhat = (x - bn_param["running_mean"]) / sigma
        return gamma * xhat + beta, (xhat, gamma, sigma, training)
    mean, var = x.mean(axis=0), x.var(axis=0)
    for key, new in (("running_mean", mean), ("running_var", var)):
        old = bn_param.get(key)
        bn_param[key] = momentum * (np.zeros_like(new) if old is None else old) + (1 - momentum) * new
    sigma = np.sqrt(var + eps)
    xhat = (x - mean) / sigma
    return gamma * xhat + beta, (xhat, gamma, sigma, training)


# %% the running variance keeps the deviation -> std-for-variance


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, std = x.mean(axis=0), x.std(axis=0)
        var = std**2
        for key, new in (("running_mean", mean), ("running_var", std)):
            old = bn_param.get(key)
            bn_param[key] = momentum * (np.zeros_like(new) if old is None else old) + (1 - momentum) * new
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    sigma = np.sqrt(var + eps)
    xhat = (x - mean) / sigma
    return gamma * xhat + beta, (xhat, gamma, sigma, training)
