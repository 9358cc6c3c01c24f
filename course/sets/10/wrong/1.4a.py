"""1.4a batch norm, forward: wrong answers of set 10."""

import numpy as np

from nnlib.layers import arguments


def _blend(bn_param, momentum, **batch):
    for key, new in batch.items():
        old = bn_param.get(key)
        bn_param[key] = momentum * (np.zeros_like(new) if old is None else old) + (1 - momentum) * new


# %% the running averages keep the small share -> momentum-side


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mu, var = x.mean(0), x.var(0)
        _blend(bn_param, 1 - momentum, running_mean=mu, running_var=var)
    else:
        mu, var = bn_param["running_mean"], bn_param["running_var"]
    return gamma * (x - mu) / np.sqrt(var + eps) + beta, None


# %% unbiased running variance, as in PyTorch -> unbiased-variance


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mu, var = x.mean(0), x.var(0)
        n = len(x)
        _blend(bn_param, momentum, running_mean=mu, running_var=var * (n / max(n - 1, 1)))
    else:
        mu, var = bn_param["running_mean"], bn_param["running_var"]
    return gamma * (x - mu) / np.sqrt(var + eps) + beta, None


# %% eps outside of the root, otherwise -> eps-outside-root


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mu, std = np.mean(x, axis=0), np.std(x, axis=0)
        _blend(bn_param, momentum, running_mean=mu, running_var=std**2)
    else:
        mu, std = bn_param["running_mean"], np.sqrt(bn_param["running_var"])
    return gamma * ((x - mu) / (std + eps)) + beta, None


# %% forgets the root -> missing-root


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mu, var = x.mean(0), x.var(0)
        _blend(bn_param, momentum, running_mean=mu, running_var=var)
    else:
        mu, var = bn_param["running_mean"], bn_param["running_var"]
    return gamma * (x - mu) / (var + eps) + beta, None


# %% batch statistics in test mode -> batch-statistics-in-test


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    mu, var = x.mean(axis=0), x.var(axis=0)
    if training:
        _blend(bn_param, momentum, running_mean=mu, running_var=var)
    return gamma * (x - mu) / np.sqrt(var + eps) + beta, None


# %% updates in both modes -> test-mode-updates


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mu, var = x.mean(axis=0), x.var(axis=0)
    else:
        mu, var = bn_param["running_mean"], bn_param["running_var"]
    _blend(bn_param, momentum, running_mean=x.mean(axis=0), running_var=x.var(axis=0))
    return gamma * (x - mu) / np.sqrt(var + eps) + beta, None


# %% the running averages only in local variables -> running-not-updated


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if training:
        mu, var = x.mean(axis=0), x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mu
        running_var = momentum * running_var + (1 - momentum) * var
    else:
        mu, var = running_mean, running_var
    return gamma * (x - mu) / np.sqrt(var + eps) + beta, None


# %% running averages updated in place -> argument-changed


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    running_mean = bn_param.setdefault("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.setdefault("running_var", np.zeros(x.shape[1], dtype=x.dtype))
    if training:
        mu, var = x.mean(axis=0), x.var(axis=0)
        running_mean *= momentum
        running_mean += (1 - momentum) * mu
        running_var *= momentum
        running_var += (1 - momentum) * var
    else:
        mu, var = running_mean, running_var
    return gamma * (x - mu) / np.sqrt(var + eps) + beta, None


# %% the first batch as it is -> running-starts-at-batch


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mu, var = x.mean(axis=0), x.var(axis=0)
        if bn_param.get("running_mean") is None:
            bn_param["running_mean"], bn_param["running_var"] = mu, var
        else:
            _blend(bn_param, momentum, running_mean=mu, running_var=var)
    else:
        mu, var = bn_param["running_mean"], bn_param["running_var"]
    return gamma * (x - mu) / np.sqrt(var + eps) + beta, None


# %% the running variance starts at one, as in PyTorch -> running-starts-at-one


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mu, var = x.mean(axis=0), x.var(axis=0)
        bn_param.setdefault("running_var", np.ones_like(var))
        _blend(bn_param, momentum, running_mean=mu, running_var=var)
    else:
        mu, var = bn_param["running_mean"], bn_param["running_var"]
    return gamma * (x - mu) / np.sqrt(var + eps) + beta, None


# %% the momentum is a constant -> momentum-ignored


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, _ = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mu, var = x.mean(axis=0), x.var(axis=0)
        _blend(bn_param, 0.9, running_mean=mu, running_var=var)
    else:
        mu, var = bn_param["running_mean"], bn_param["running_var"]
    return gamma * (x - mu) / np.sqrt(var + eps) + beta, None


# %% mean of squares minus squared mean as it stands -> cancellation


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mu = x.mean(axis=0)
        var = (x**2).mean(axis=0) - mu**2
        _blend(bn_param, momentum, running_mean=mu, running_var=var)
    else:
        mu, var = bn_param["running_mean"], bn_param["running_var"]
    return gamma * (x - mu) / np.sqrt(var + eps) + beta, None


# %% statistics over everything -> shared-statistics


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mu, var = np.full(x.shape[1], x.mean(), x.dtype), np.full(x.shape[1], x.var(), x.dtype)
        _blend(bn_param, momentum, running_mean=mu, running_var=var)
    else:
        mu, var = bn_param["running_mean"], bn_param["running_var"]
    return gamma * (x - mu) / np.sqrt(var + eps) + beta, None


# %% fills the running arrays with the deviation -> std-for-variance


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mu, sigma = x.mean(axis=0), np.sqrt(x.var(axis=0) + eps)
        _blend(bn_param, momentum, running_mean=mu, running_var=sigma)
    else:
        mu, sigma = bn_param["running_mean"], np.sqrt(bn_param["running_var"] + eps)
    return gamma * (x - mu) / sigma + beta, None


# %% gamma and beta only in training -> missing-scale


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if not training:
        return (x - bn_param["running_mean"]) / np.sqrt(bn_param["running_var"] + eps), None
    mu, var = x.mean(axis=0), x.var(axis=0)
    _blend(bn_param, momentum, running_mean=mu, running_var=var)
    return gamma * (x - mu) / np.sqrt(var + eps) + beta, None
