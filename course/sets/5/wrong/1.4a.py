"""1.4a batch norm, forward: wrong answers."""

import numpy as np


# %% unbiased variance in the running average -> unbiased-variance
# running_var averages the variance with N - 1 where the biased one is asked for
def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    N, D = x.shape
    running_mean = bn_param.get("running_mean")
    running_var = bn_param.get("running_var")
    if running_mean is None:
        running_mean = np.zeros(D, dtype=x.dtype)
    if running_var is None:
        running_var = np.zeros(D, dtype=x.dtype)
    if mode == "train":
        mu = x.mean(axis=0)
        var = x.var(axis=0)
        running_mean = momentum * running_mean + (1 - momentum) * mu
        running_var = momentum * running_var + (1 - momentum) * x.var(axis=0, ddof=1)
        bn_param["running_mean"] = running_mean
        bn_param["running_var"] = running_var
    else:
        mu, var = running_mean.astype(x.dtype), running_var.astype(x.dtype)
    sigma = np.sqrt(var + eps)
    x_hat = (x - mu) / sigma
    out = gamma * x_hat + beta
    return out, (x_hat, gamma, sigma, mode == "train")


# %% eps outside the root -> eps-outside-root
# divides by sqrt(var) + eps where sigma is sqrt(var + eps)
def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    if mode == "train":
        mu = np.mean(x, axis=0)
        var = np.mean((x - mu) ** 2, axis=0)
        old_mean = bn_param.get("running_mean")
        old_var = bn_param.get("running_var")
        old_mean = np.zeros_like(mu) if old_mean is None else old_mean
        old_var = np.zeros_like(var) if old_var is None else old_var
        bn_param["running_mean"] = momentum * old_mean + (1 - momentum) * mu
        bn_param["running_var"] = momentum * old_var + (1 - momentum) * var
    else:
        mu, var = bn_param["running_mean"].astype(x.dtype), bn_param["running_var"].astype(x.dtype)
    sigma = np.sqrt(var) + eps
    x_hat = (x - mu) / sigma
    return gamma * x_hat + beta, (x_hat, gamma, sigma, mode == "train")


# %% variance as E[x^2] - E[x]^2 -> cancellation
# the difference of two large numbers loses all digits when a feature's mean is large against its deviation
def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    if mode == "train":
        mean = x.mean(axis=0)
        var = np.maximum((x * x).mean(axis=0) - mean * mean, 0)
        for key, value in (("running_mean", mean), ("running_var", var)):
            if bn_param.get(key) is None:
                bn_param[key] = np.zeros_like(value)
            bn_param[key] = momentum * bn_param[key] + (1 - momentum) * value
    else:
        mean = bn_param["running_mean"].astype(x.dtype)
        var = bn_param["running_var"].astype(x.dtype)
    sigma = np.sqrt(var + eps)
    x_hat = (x - mean) / sigma
    out = x_hat * gamma + beta
    return out, (x_hat, gamma, sigma, mode == "train")
