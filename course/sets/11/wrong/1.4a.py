"""1.4a batch norm, forward: wrong answers of set 11."""

import numpy as np

from nnlib.layers import arguments

# %% the running arrays are changed in place -> argument-changed


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        for key, batch in (("running_mean", mean), ("running_var", var)):
            running = bn_param.setdefault(key, np.zeros_like(batch))
            running *= momentum
            running += (1 - momentum) * batch
    else:
        mean, var = (bn_param[key].astype(x.dtype) for key in ("running_mean", "running_var"))
    sigma = np.sqrt(var + eps)
    x_hat = (x - mean) / sigma
    return gamma * x_hat + beta, (x_hat, gamma, sigma, training)


# %% momentum on the wrong side for the variance alone -> momentum-side


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        for key, batch, m in (("running_mean", mean, momentum), ("running_var", var, 1 - momentum)):
            running = np.zeros_like(batch) if bn_param.get(key) is None else bn_param[key]
            bn_param[key] = m * running + (1 - m) * batch
    else:
        mean, var = (bn_param[key].astype(x.dtype) for key in ("running_mean", "running_var"))
    sigma = np.sqrt(var + eps)
    x_hat = (x - mean) / sigma
    return gamma * x_hat + beta, (x_hat, gamma, sigma, training)


# %% the running statistics live in the module, not in bn_param -> kept-between-calls


_RUNNING = {}


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        for key, batch in (("running_mean", mean), ("running_var", var)):
            running = _RUNNING.get((key, batch.shape), np.zeros_like(batch))
            _RUNNING[key, batch.shape] = bn_param[key] = momentum * running + (1 - momentum) * batch
    else:
        mean, var = (bn_param[key].astype(x.dtype) for key in ("running_mean", "running_var"))
    sigma = np.sqrt(var + eps)
    x_hat = (x - mean) / sigma
    return gamma * x_hat + beta, (x_hat, gamma, sigma, training)


# %% in test mode the running statistics are made float64 -> float64-from-float32


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        for key, batch in (("running_mean", mean), ("running_var", var)):
            running = np.zeros_like(batch) if bn_param.get(key) is None else bn_param[key]
            bn_param[key] = momentum * running + (1 - momentum) * batch
    else:
        mean, var = (np.array(bn_param[key], dtype=float) for key in ("running_mean", "running_var"))
    sigma = np.sqrt(var + eps)
    x_hat = (x - mean) / sigma
    return gamma * x_hat + beta, (x_hat, gamma, sigma, training)
