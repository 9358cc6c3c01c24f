"""1.4a batch norm, forward: wrong answers."""

import numpy as np


def _update(bn_param, mu, var, m):
    for key, new in (("running_mean", mu), ("running_var", var)):
        old = bn_param.get(key)
        bn_param[key] = m * (np.zeros_like(new) if old is None else old) + (1 - m) * new


# %% copied and pasted: the running variance goes on from the running mean -> first-batch-only
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, m = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if bn_param["mode"] == "train":
        mu, var = x.mean(0), x.var(0)
        old = bn_param.get("running_mean")
        old = np.zeros_like(mu) if old is None else old
        bn_param["running_mean"] = m * old + (1 - m) * mu
        bn_param["running_var"] = m * old + (1 - m) * var
    else:
        mu, var = bn_param["running_mean"], bn_param["running_var"]
    s = np.sqrt(var + eps)
    return gamma * (x - mu) / s + beta, ((x - mu) / s, gamma, s, bn_param["mode"] == "train")


# %% the sums are divided by the number of features -> square-only
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, m = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    n = x.shape[1]
    if bn_param["mode"] == "train":
        mu = x.sum(0) / n
        var = ((x - mu) ** 2).sum(0) / n
        _update(bn_param, mu, var, m)
    else:
        mu, var = bn_param["running_mean"], bn_param["running_var"]
    s = np.sqrt(var + eps)
    return gamma * (x - mu) / s + beta, ((x - mu) / s, gamma, s, bn_param["mode"] == "train")


# %% eps beside the root in test mode alone -> eps-outside-root
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, m = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if bn_param["mode"] == "train":
        mu, var = x.mean(0), x.var(0)
        _update(bn_param, mu, var, m)
        s = np.sqrt(var + eps)
    else:
        mu, s = bn_param["running_mean"], np.sqrt(bn_param["running_var"]) + eps
    return gamma * (x - mu) / s + beta, ((x - mu) / s, gamma, s, bn_param["mode"] == "train")


# %% the normalised input comes back -> missing-scale, missing-shift
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, m = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if bn_param["mode"] == "train":
        mu, var = x.mean(0), x.var(0)
        _update(bn_param, mu, var, m)
    else:
        mu, var = bn_param["running_mean"], bn_param["running_var"]
    s = np.sqrt(var + eps)
    xhat = (x - mu) / s
    gamma * xhat + beta
    return xhat, (xhat, gamma, s, bn_param["mode"] == "train")


# %% the mean absolute deviation -> deviation-off
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, m = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if bn_param["mode"] == "train":
        mu, s = x.mean(0), np.abs(x - x.mean(0)).mean(0) + eps
        _update(bn_param, mu, s**2, m)
    else:
        mu, s = bn_param["running_mean"], np.sqrt(bn_param["running_var"] + eps)
    return gamma * (x - mu) / s + beta, ((x - mu) / s, gamma, s, bn_param["mode"] == "train")
