"""1.4a batch norm, forward: wrong answers."""

import numpy as np


# %% eps is added to the deviation -> eps-outside-root
# eps is added to the standard deviation instead of to the variance under the root
def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    if mode == "train":
        mean = x.mean(axis=0)
        var = x.var(axis=0)
        running_mean = bn_param.get("running_mean")
        running_var = bn_param.get("running_var")
        if running_mean is None:
            running_mean = np.zeros_like(mean)
        if running_var is None:
            running_var = np.zeros_like(var)
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    else:
        mean = bn_param["running_mean"].astype(x.dtype)
        var = bn_param["running_var"].astype(x.dtype)
    sigma = np.sqrt(var) + eps
    x_hat = (x - mean) / sigma
    out = gamma * x_hat + beta
    return out, (x_hat, gamma, sigma, mode == "train")


# %% running not stored -> running-not-updated
# the new running averages stay local variables and are never put back into bn_param
def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    _N, D = x.shape
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))
    if mode == "train":
        mu = np.mean(x, axis=0)
        var = np.mean((x - mu) ** 2, axis=0)
        sigma = np.sqrt(var + eps)
        x_hat = (x - mu) / sigma
        running_mean = momentum * running_mean + (1 - momentum) * mu
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        sigma = np.sqrt(running_var.astype(x.dtype) + eps)
        x_hat = (x - running_mean.astype(x.dtype)) / sigma
    else:
        raise ValueError(f'Invalid forward batchnorm mode "{mode}"')
    out = gamma * x_hat + beta
    return out, (x_hat, gamma, sigma, mode == "train")


# %% running var unbiased -> unbiased-variance
# the running variance is fed the unbiased estimate as PyTorch does instead of the biased one
def batchnorm_forward(x, gamma, beta, bn_param):
    train = bn_param["mode"] == "train"
    eps = bn_param.get("eps", 1e-5)
    m = bn_param.get("momentum", 0.9)
    if train:
        n = len(x)
        mean, var = x.mean(0), x.var(0)
        old_mean, old_var = bn_param.get("running_mean"), bn_param.get("running_var")
        old_mean = np.zeros_like(mean) if old_mean is None else old_mean
        old_var = np.zeros_like(var) if old_var is None else old_var
        bn_param["running_mean"] = m * old_mean + (1 - m) * mean
        bn_param["running_var"] = m * old_var + (1 - m) * var * (n / max(n - 1, 1))
    else:
        mean = bn_param["running_mean"].astype(x.dtype)
        var = bn_param["running_var"].astype(x.dtype)
    sigma = np.sqrt(var + eps)
    x_hat = (x - mean) / sigma
    return x_hat * gamma + beta, (x_hat, gamma, sigma, train)
