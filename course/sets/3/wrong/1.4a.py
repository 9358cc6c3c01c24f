"""1.4a batch norm, forward: wrong answers."""

import numpy as np


# %% eps is added twice: to the variance and to its root -> eps-outside-root, deviation-off
def batchnorm_forward(x, gamma, beta, bn_param):
    train, eps, mom = bn_param["mode"] == "train", bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if train:
        mu, var = np.mean(x, 0), np.mean((x - np.mean(x, 0)) ** 2, 0)
        for key, new in [("running_mean", mu), ("running_var", var)]:
            past = bn_param.get(key)
            bn_param[key] = mom * (new * 0 if past is None else past) + (1 - mom) * new
    else:
        mu, var = bn_param["running_mean"], bn_param["running_var"]
    sigma = np.sqrt(var + eps) + eps
    xh = (x - mu) / sigma
    return gamma * xh + beta, (xh, gamma, sigma, train)


# %% momentum weighs the new batch in the variance alone -> momentum-side
def batchnorm_forward(x, gamma, beta, bn_param):
    train, eps, mom = bn_param["mode"] == "train", bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if train:
        mu, var = np.mean(x, 0), np.mean((x - np.mean(x, 0)) ** 2, 0)
        rm, rv = (
            np.zeros_like(mu) if bn_param.get(k) is None else bn_param[k] for k in ("running_mean", "running_var")
        )
        bn_param["running_mean"] = mom * rm + (1 - mom) * mu
        bn_param["running_var"] = (1 - mom) * rv + mom * var
    else:
        mu, var = bn_param["running_mean"], bn_param["running_var"]
    sigma = np.sqrt(var + eps)
    xh = (x - mu) / sigma
    return gamma * xh + beta, (xh, gamma, sigma, train)


# %% normalises by the running statistics just made -> running-in-train
def batchnorm_forward(x, gamma, beta, bn_param):
    train, eps, mom = bn_param["mode"] == "train", bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if train:
        for key, new in [("running_mean", x.mean(0)), ("running_var", x.var(0))]:
            past = bn_param.get(key)
            bn_param[key] = mom * (new * 0 if past is None else past) + (1 - mom) * new
    mu, var = bn_param["running_mean"], bn_param["running_var"]
    sigma = np.sqrt(var + eps)
    xh = (x - mu) / sigma
    return gamma * xh + beta, (xh, gamma, sigma, train)


# %% momentum fixed at 0.9 -> momentum-ignored
def batchnorm_forward(x, gamma, beta, bn_param):
    train, eps, mom = bn_param["mode"] == "train", bn_param.get("eps", 1e-5), 0.9
    if train:
        mu, var = x.mean(0), x.var(0)
        for key, new in [("running_mean", mu), ("running_var", var)]:
            past = bn_param.get(key)
            bn_param[key] = mom * (new * 0 if past is None else past) + (1 - mom) * new
    else:
        mu, var = bn_param["running_mean"], bn_param["running_var"]
    sigma = np.sqrt(var + eps)
    xh = (x - mu) / sigma
    return gamma * xh + beta, (xh, gamma, sigma, train)


# %% the mean is divided by the deviation, x is not -> missing-sigma
def batchnorm_forward(x, gamma, beta, bn_param):
    train, eps, mom = bn_param["mode"] == "train", bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if train:
        mu, var = x.mean(0), x.var(0)
        for key, new in [("running_mean", mu), ("running_var", var)]:
            past = bn_param.get(key)
            bn_param[key] = mom * (new * 0 if past is None else past) + (1 - mom) * new
    else:
        mu, var = bn_param["running_mean"], bn_param["running_var"]
    sigma = np.sqrt(var + eps)
    xh = x - mu / sigma
    return gamma * xh + beta, (xh, gamma, sigma, train)
