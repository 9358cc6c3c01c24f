"""1.4a batch norm, forward: wrong answers. All but the last ones share two helpers."""

import numpy as np

from nnlib.layers import arguments


def _average(bn_param, momentum, mean, var):
    for key, batch in (("running_mean", mean), ("running_var", var)):
        bn_param[key] = momentum * bn_param.get(key, np.zeros_like(batch)) + (1 - momentum) * batch


def _normalise(x, mean, sigma, gamma, beta, training):
    x_hat = (x - mean) / sigma
    return gamma * x_hat + beta, (x_hat, gamma, sigma, training)


# %% the unbiased variance -> unbiased-variance


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0, ddof=1)
        _average(bn_param, momentum, mean, var)
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    return _normalise(x, mean, np.sqrt(var + eps), gamma, beta, training)


# %% the running variance is unbiased, as PyTorch's -> unbiased-variance


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        _average(bn_param, momentum, mean, x.var(axis=0, ddof=1))
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    return _normalise(x, mean, np.sqrt(var + eps), gamma, beta, training)


# %% momentum on the wrong side -> momentum-side


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        _average(bn_param, 1 - momentum, mean, var)
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    return _normalise(x, mean, np.sqrt(var + eps), gamma, beta, training)


# %% eps outside of the root -> eps-outside-root


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        _average(bn_param, momentum, mean, var)
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    return _normalise(x, mean, np.sqrt(var) + eps, gamma, beta, training)


# %% without eps -> missing-eps


def batchnorm_forward(x, gamma, beta, bn_param):
    training, _, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        _average(bn_param, momentum, mean, var)
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    return _normalise(x, mean, np.sqrt(var), gamma, beta, training)


# %% an eps of its own in place of the caller's -> eps-ignored


def batchnorm_forward(x, gamma, beta, bn_param):
    training, _, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        _average(bn_param, momentum, mean, var)
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    return _normalise(x, mean, np.sqrt(var + 1e-5), gamma, beta, training)


# %% divided by the variance -> missing-root


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        _average(bn_param, momentum, mean, var)
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    return _normalise(x, mean, var + eps, gamma, beta, training)


# %% test mode uses the batch -> batch-statistics-in-test


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    mean, var = x.mean(axis=0), x.var(axis=0)
    if training:
        _average(bn_param, momentum, mean, var)
    return _normalise(x, mean, np.sqrt(var + eps), gamma, beta, training)


# %% test mode updates the running statistics -> test-mode-updates


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    batch = x.mean(axis=0), x.var(axis=0)
    mean, var = batch if training else (bn_param["running_mean"], bn_param["running_var"])
    _average(bn_param, momentum, *batch)
    return _normalise(x, mean, np.sqrt(var + eps), gamma, beta, training)


# %% train mode uses the running statistics -> running-in-train


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        _average(bn_param, momentum, x.mean(axis=0), x.var(axis=0))
    mean, var = bn_param["running_mean"], bn_param["running_var"]
    return _normalise(x, mean, np.sqrt(var + eps), gamma, beta, training)


# %% the running statistics are never written -> running-not-updated


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, _ = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    return _normalise(x, mean, np.sqrt(var + eps), gamma, beta, training)


# %% the running statistics are those of the last batch -> running-last-batch


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, _ = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        bn_param["running_mean"], bn_param["running_var"] = x.mean(axis=0), x.var(axis=0)
    mean, var = (x.mean(axis=0), x.var(axis=0)) if training else (bn_param["running_mean"], bn_param["running_var"])
    return _normalise(x, mean, np.sqrt(var + eps), gamma, beta, training)


# %% the running averages start at the first batch -> running-starts-at-batch


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        if bn_param.get("running_mean") is None:
            bn_param["running_mean"], bn_param["running_var"] = mean, var
        _average(bn_param, momentum, mean, var)
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    return _normalise(x, mean, np.sqrt(var + eps), gamma, beta, training)


# %% the running variance holds deviations -> std-for-variance


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, sigma = x.mean(axis=0), np.sqrt(x.var(axis=0) + eps)
        _average(bn_param, momentum, mean, sigma)
    else:
        mean, sigma = bn_param["running_mean"], np.sqrt(bn_param["running_var"] + eps)
    return _normalise(x, mean, sigma, gamma, beta, training)


# %% the running averages updated in the caller's arrays -> argument-changed


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        for key, batch in (("running_mean", mean), ("running_var", var)):
            running = bn_param.setdefault(key, np.zeros_like(batch))
            running *= momentum
            running += (1 - momentum) * batch
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    return _normalise(x, mean, np.sqrt(var + eps), gamma, beta, training)


# %% the mean taken off the caller's x -> argument-changed


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        _average(bn_param, momentum, mean, var)
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    x -= mean
    return _normalise(x, 0, np.sqrt(var + eps), gamma, beta, training)


# %% without scale and shift -> missing-scale, missing-shift


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        _average(bn_param, momentum, mean, var)
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    sigma = np.sqrt(var + eps)
    x_hat = (x - mean) / sigma
    return x_hat, (x_hat, gamma, sigma, training)
