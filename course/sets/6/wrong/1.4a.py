"""1.4a batch norm, forward: wrong answers."""

import numpy as np


def _norm(x, gamma, beta, bn_param, median=False, clip=None, power=1.0):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if bn_param["mode"] == "train":
        mean, var = (np.median(x, 0) if median else x.mean(0)), x.var(0)
        for key, new in (("running_mean", x.mean(0)), ("running_var", var)):
            old = bn_param.get(key)
            bn_param[key] = (np.zeros_like(new) if old is None else old) * momentum + (1 - momentum) * new
    else:
        mean, var = bn_param["running_mean"].astype(x.dtype), bn_param["running_var"].astype(x.dtype)
    x_hat = (x - mean) / np.sqrt(var + eps)
    x_hat = x_hat if clip is None else np.clip(x_hat, -clip, clip)
    return gamma**power * x_hat + beta, (x_hat, gamma, np.sqrt(var + eps), bn_param["mode"] == "train")


# %% the median for the mean -> mean-off
def batchnorm_forward(x, gamma, beta, bn_param):
    return _norm(x, gamma, beta, bn_param, median=True)


# %% the normalised input is clipped -> none
def batchnorm_forward(x, gamma, beta, bn_param):
    return _norm(x, gamma, beta, bn_param, clip=1)


# %% gamma is squared -> extra-factor
def batchnorm_forward(x, gamma, beta, bn_param):
    return _norm(x, gamma, beta, bn_param, power=2)
