"""1.4c batch norm, backward: right answers."""

import numpy as np


# %% the graph of the original paper node by node, with x and the statistics in the cache
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if bn_param["mode"] == "train":
        mu = np.add.reduce(x, axis=0) / len(x)
        var = np.add.reduce((x - mu) ** 2, axis=0) / len(x)
        mean_before, var_before = bn_param.get("running_mean"), bn_param.get("running_var")
        if mean_before is None:
            mean_before = np.zeros_like(mu)
        if var_before is None:
            var_before = np.zeros_like(var)
        bn_param["running_mean"] = momentum * mean_before + (1 - momentum) * mu
        bn_param["running_var"] = momentum * var_before + (1 - momentum) * var
    else:
        mu = bn_param["running_mean"].astype(x.dtype)
        var = bn_param["running_var"].astype(x.dtype)
    out = gamma * (x - mu) / np.sqrt(var + eps) + beta
    return out, (x.copy(), mu, var, eps, gamma.copy(), bn_param["mode"])


def batchnorm_backward(dout, cache):
    x, mu, var, eps, gamma, mode = cache
    n = x.shape[0]
    centred = x - mu
    std = np.sqrt(var + eps)
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * centred / std, axis=0)
    dx_hat = dout * gamma
    dcentred = dx_hat / std
    if mode == "test":
        return dcentred, dgamma, dbeta
    dstd = np.sum(-dx_hat * centred / std**2, axis=0)
    dvar = dstd / (2 * std)
    dcentred = dcentred + 2 * centred * dvar / n
    dmu = -np.sum(dcentred, axis=0)
    dx = dcentred + dmu / n
    return dx, dgamma, dbeta
