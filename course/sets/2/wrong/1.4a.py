"""1.4a batch norm, forward: wrong answers."""

import numpy as np


def _tail(x, xhat, gamma, sigma, mode):
    return (xhat, gamma, sigma, mode == "train")


# %% the running variance alone is unbiased, as PyTorch's -> unbiased-variance
def batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps, m = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    D = x.shape[1]
    rm, rv = bn_param.get("running_mean"), bn_param.get("running_var")
    rm = np.zeros(D, dtype=x.dtype) if rm is None else rm
    rv = np.zeros(D, dtype=x.dtype) if rv is None else rv
    if mode == "train":
        mean, var = x.mean(0), x.var(0)
        rm = m * rm + (1 - m) * mean
        rv = m * rv + (1 - m) * x.var(0, ddof=1)
    else:
        mean, var = rm, rv
    bn_param["running_mean"], bn_param["running_var"] = rm, rv
    s = np.sqrt(var + eps)
    xhat = (x - mean) / s
    return gamma * xhat + beta, (xhat, gamma, s, mode == "train")


# %% scale and shift exchanged -> swapped-arguments
def batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps, m = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if mode == "train":
        mean, var = x.mean(0), x.var(0)
        for k, v in (("running_mean", mean), ("running_var", var)):
            old = np.zeros_like(v) if bn_param.get(k) is None else bn_param[k]
            bn_param[k] = m * old + (1 - m) * v
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    s = np.sqrt(var + eps)
    xhat = (x - mean) / s
    return beta * xhat + gamma, (xhat, gamma, s, mode == "train")


# %% the new batch is added whole to the running average -> running-weights
def batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps, m = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if mode == "train":
        mean, var = x.mean(0), x.var(0)
        for k, v in (("running_mean", mean), ("running_var", var)):
            old = np.zeros_like(v) if bn_param.get(k) is None else bn_param[k]
            bn_param[k] = m * old + v
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    s = np.sqrt(var + eps)
    xhat = (x - mean) / s
    return gamma * xhat + beta, (xhat, gamma, s, mode == "train")


# %% the shift is inside the scale -> shift-scaled
def batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps, m = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if mode == "train":
        mean, var = x.mean(0), x.var(0)
        for k, v in (("running_mean", mean), ("running_var", var)):
            old = np.zeros_like(v) if bn_param.get(k) is None else bn_param[k]
            bn_param[k] = m * old + (1 - m) * v
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    s = np.sqrt(var + eps)
    xhat = (x - mean) / s
    return gamma * (xhat + beta), (xhat, gamma, s, mode == "train")


# %% test mode does not scale and shift -> missing-scale, missing-shift
def batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps, m = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if mode == "train":
        mean, var = x.mean(0), x.var(0)
        for k, v in (("running_mean", mean), ("running_var", var)):
            old = np.zeros_like(v) if bn_param.get(k) is None else bn_param[k]
            bn_param[k] = m * old + (1 - m) * v
        s = np.sqrt(var + eps)
        xhat = (x - mean) / s
        out = gamma * xhat + beta
    else:
        s = np.sqrt(bn_param["running_var"] + eps)
        out = xhat = (x - bn_param["running_mean"]) / s
    return out, (xhat, gamma, s, mode == "train")


# %% eps is forgotten in test mode -> missing-eps
def batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps, m = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if mode == "train":
        mean, var = x.mean(0), x.var(0)
        for k, v in (("running_mean", mean), ("running_var", var)):
            old = np.zeros_like(v) if bn_param.get(k) is None else bn_param[k]
            bn_param[k] = m * old + (1 - m) * v
        s = np.sqrt(var + eps)
    else:
        mean, s = bn_param["running_mean"], np.sqrt(bn_param["running_var"])
    xhat = (x - mean) / s
    return gamma * xhat + beta, (xhat, gamma, s, mode == "train")


# %% the running arrays are updated in place -> argument-changed
def batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps, m = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if mode == "train":
        mean, var = x.mean(0), x.var(0)
        for k, v in (("running_mean", mean), ("running_var", var)):
            if bn_param.get(k) is None:
                bn_param[k] = np.zeros_like(v)
            bn_param[k] *= m
            bn_param[k] += (1 - m) * v
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    s = np.sqrt(var + eps)
    xhat = (x - mean) / s
    return gamma * xhat + beta, (xhat, gamma, s, mode == "train")


# %% the mean of all features together -> shared-statistics
def batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps, m = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if mode == "train":
        mean, var = np.mean(x) + 0 * gamma, np.var(x) + 0 * gamma
        for k, v in (("running_mean", mean), ("running_var", var)):
            old = np.zeros_like(v) if bn_param.get(k) is None else bn_param[k]
            bn_param[k] = m * old + (1 - m) * v
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    s = np.sqrt(var + eps)
    xhat = (x - mean) / s
    return gamma * xhat + beta, (xhat, gamma, s, mode == "train")


# %% the variance is a sum -> variance-is-sum
def batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps, m = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if mode == "train":
        mean = x.mean(0)
        var = ((x - mean) ** 2).sum(0)
        for k, v in (("running_mean", mean), ("running_var", var)):
            old = np.zeros_like(v) if bn_param.get(k) is None else bn_param[k]
            bn_param[k] = m * old + (1 - m) * v
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    s = np.sqrt(var + eps)
    xhat = (x - mean) / s
    return gamma * xhat + beta, (xhat, gamma, s, mode == "train")


# %% running statistics under other keys -> running-not-updated, exception
def batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps, m = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    rm = bn_param.get("running_mean", np.zeros(x.shape[1], x.dtype))
    rv = bn_param.get("running_var", np.zeros(x.shape[1], x.dtype))
    if mode == "train":
        mean, var = x.mean(0), x.var(0)
        bn_param["mean"] = m * rm + (1 - m) * mean
        bn_param["var"] = m * rv + (1 - m) * var
    else:
        mean, var = rm, rv
    s = np.sqrt(var + eps)
    xhat = (x - mean) / s
    return gamma * xhat + beta, (xhat, gamma, s, mode == "train")


# %% centres the caller's batch -> argument-changed
def batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps, m = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if mode == "train":
        mean, var = x.mean(0), x.var(0)
        for k, v in (("running_mean", mean), ("running_var", var)):
            old = np.zeros_like(v) if bn_param.get(k) is None else bn_param[k]
            bn_param[k] = m * old + (1 - m) * v
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    s = np.sqrt(var + eps)
    x -= mean
    xhat = x / s
    return gamma * xhat + beta, (xhat, gamma, s, mode == "train")
