"""1.4a batch norm, forward: wrong answers of set 12."""

import numpy as np

from nnlib.layers import arguments

# %% eps left out in test mode -> missing-eps


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        for key, batch in (("running_mean", mean), ("running_var", var)):
            running = np.zeros_like(batch) if bn_param.get(key) is None else bn_param[key]
            bn_param[key] = momentum * running + (1 - momentum) * batch
        sigma = np.sqrt(var + eps)
    else:
        mean, var = (bn_param[key].astype(x.dtype) for key in ("running_mean", "running_var"))
        sigma = np.sqrt(var)
    x_hat = (x - mean) / sigma
    return gamma * x_hat + beta, (x_hat, gamma, sigma, training)


# %% the running variance stores the one with eps -> nearly-right


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0) + eps
        for key, batch in (("running_mean", mean), ("running_var", var)):
            running = np.zeros_like(batch) if bn_param.get(key) is None else bn_param[key]
            bn_param[key] = momentum * running + (1 - momentum) * batch
    else:
        mean, var = (bn_param[key].astype(x.dtype) for key in ("running_mean", "running_var"))
        var = var + eps
    sigma = np.sqrt(var)
    x_hat = (x - mean) / sigma
    return gamma * x_hat + beta, (x_hat, gamma, sigma, training)


# %% a batch of one is taken to have variance 1 -> none


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean = x.mean(axis=0)
        var = x.var(axis=0) if len(x) > 1 else np.ones_like(mean)
        for key, batch in (("running_mean", mean), ("running_var", var)):
            running = np.zeros_like(batch) if bn_param.get(key) is None else bn_param[key]
            bn_param[key] = momentum * running + (1 - momentum) * batch
    else:
        mean, var = (bn_param[key].astype(x.dtype) for key in ("running_mean", "running_var"))
    sigma = np.sqrt(var + eps)
    x_hat = (x - mean) / sigma
    return gamma * x_hat + beta, (x_hat, gamma, sigma, training)
