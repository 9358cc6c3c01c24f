"""1.4a batch norm, forward: wrong answers of set 9."""

import numpy as np

from nnlib.layers import arguments


def _upd(bn_param, key, new, momentum):
    old = bn_param.get(key)
    bn_param[key] = momentum * (np.zeros_like(new) if old is None else old) + (1 - momentum) * new


# %% test mode: the running mean, but the batch's variance -> batch-statistics-in-test


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    mean, var = x.mean(0), x.var(0)
    if training:
        _upd(bn_param, "running_mean", mean, momentum)
        _upd(bn_param, "running_var", var, momentum)
    else:
        mean = bn_param["running_mean"]
    return gamma * (x - mean) / np.sqrt(var + eps) + beta, None


# %% test mode updates the running statistics, then uses them -> test-mode-updates


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    mean, var = x.mean(0), x.var(0)
    _upd(bn_param, "running_mean", mean, momentum)
    _upd(bn_param, "running_var", var, momentum)
    if not training:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    return gamma * (x - mean) / np.sqrt(var + eps) + beta, None
