"""1.4c batch norm, backward in one line: wrong answers."""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps, m = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if mode == "train":
        mean, var = x.mean(0), x.var(0)
        for k, v in (("running_mean", mean), ("running_var", var)):
            old = np.zeros_like(v) if bn_param.get(k) is None else bn_param[k]
            bn_param[k] = m * old + (1 - m) * v
    else:
        mean, var = bn_param["running_mean"].astype(x.dtype), bn_param["running_var"].astype(x.dtype)
    xhat = (x - mean) / np.sqrt(var + eps)
    return gamma * xhat + beta, (x, xhat, mean, var, eps, gamma, mode)


# %% the power of the variance's derivative is wrong -> variance-term-scale
def batchnorm_backward(dout, cache):
    x, xhat, mu, var, eps, gamma, mode = cache
    N = len(x)
    dxhat = dout * gamma
    s = np.sqrt(var + eps)
    if mode == "test":
        return dxhat / s, (dout * xhat).sum(0), dout.sum(0)
    dvar = np.sum(dxhat * (x - mu), 0) * -0.5 * (var + eps) ** -1
    dmu = -np.sum(dxhat / s, 0)
    return dxhat / s + dvar * 2 * (x - mu) / N + dmu / N, (dout * xhat).sum(0), dout.sum(0)


# %% the half of the root's derivative is forgotten -> variance-term-twice
def batchnorm_backward(dout, cache):
    x, xhat, mu, var, eps, gamma, mode = cache
    N = len(x)
    dxhat = dout * gamma
    s = np.sqrt(var + eps)
    if mode == "test":
        return dxhat / s, (dout * xhat).sum(0), dout.sum(0)
    dvar = np.sum(dxhat * (x - mu), 0) * -1 * (var + eps) ** -1.5
    dmu = -np.sum(dxhat / s, 0)
    return dxhat / s + dvar * 2 * (x - mu) / N + dmu / N, (dout * xhat).sum(0), dout.sum(0)


# %% the 2 of the square's derivative is forgotten -> variance-term-scale
def batchnorm_backward(dout, cache):
    x, xhat, mu, var, eps, gamma, mode = cache
    N = len(x)
    dxhat = dout * gamma
    s = np.sqrt(var + eps)
    if mode == "test":
        return dxhat / s, (dout * xhat).sum(0), dout.sum(0)
    dvar = np.sum(dxhat * (x - mu), 0) * -0.5 * (var + eps) ** -1.5
    dmu = -np.sum(dxhat / s, 0)
    return dxhat / s + dvar * (x - mu) / N + dmu / N, (dout * xhat).sum(0), dout.sum(0)


# %% the one-liner without its 1/N -> times-n
def batchnorm_backward(dout, cache):
    x, xhat, _mu, var, eps, gamma, mode = cache
    N = len(x)
    dxhat = dout * gamma
    s = np.sqrt(var + eps)
    if mode == "test":
        return dxhat / s, (dout * xhat).sum(0), dout.sum(0)
    dx = (N * dxhat - dxhat.sum(0) - xhat * (dxhat * xhat).sum(0)) / s
    return dx, (dout * xhat).sum(0), dout.sum(0)


# %% the mode is not looked at -> train-formula-in-test
def batchnorm_backward(dout, cache):
    x, xhat, _mu, var, eps, gamma, _mode = cache
    N = x.shape[0]
    dxhat = dout * gamma
    dx = (N * dxhat - dxhat.sum(0) - xhat * (dxhat * xhat).sum(0)) / np.sqrt(var + eps) / N
    return dx, (dout * xhat).sum(0), dout.sum(0)


# %% gamma is missing in the paths through the statistics -> none, missing-scale
def batchnorm_backward(dout, cache):
    x, xhat, _mu, var, eps, gamma, mode = cache
    s = np.sqrt(var + eps)
    dgamma, dbeta = (dout * xhat).sum(0), dout.sum(0)
    if mode == "test":
        return dout * gamma / s, dgamma, dbeta
    return (dout * gamma - (dbeta + xhat * dgamma) / len(x)) / s, dgamma, dbeta


# %% gamma is forgotten altogether -> missing-scale
def batchnorm_backward(dout, cache):
    x, xhat, _mu, var, eps, _gamma, mode = cache
    s = np.sqrt(var + eps)
    dgamma, dbeta = (dout * xhat).sum(0), dout.sum(0)
    if mode == "test":
        return dout / s, dgamma, dbeta
    return (dout - (dbeta + xhat * dgamma) / len(x)) / s, dgamma, dbeta


# %% the gradient is divided by the variance -> missing-sigma
def batchnorm_backward(dout, cache):
    x, xhat, _mu, var, eps, gamma, mode = cache
    dgamma, dbeta = (dout * xhat).sum(0), dout.sum(0)
    if mode == "test":
        return dout * gamma / (var + eps), dgamma, dbeta
    return gamma * (dout - (dbeta + xhat * dgamma) / len(x)) / (var + eps), dgamma, dbeta


# %% the last step of the graph adds the mean's gradient undivided -> mean-term-without-n
def batchnorm_backward(dout, cache):
    x, xhat, mu, var, eps, gamma, mode = cache
    N = len(x)
    dxhat = dout * gamma
    s = np.sqrt(var + eps)
    if mode == "test":
        return dxhat / s, (dout * xhat).sum(0), dout.sum(0)
    dxmu1 = dxhat / s
    dsq = np.ones_like(x) / N * (-0.5 * (var + eps) ** -1.5 * (dxhat * (x - mu)).sum(0))
    dxmu = dxmu1 + 2 * (x - mu) * dsq
    return dxmu - dxmu.sum(0), (dout * xhat).sum(0), dout.sum(0)


# %% dgamma is summed over the features -> wrong-axis
def batchnorm_backward(dout, cache):
    x, xhat, _mu, var, eps, gamma, mode = cache
    s = np.sqrt(var + eps)
    dgamma, dbeta = (dout * xhat).sum(0), dout.sum(0)
    dx = dout * gamma / s
    if mode == "train":
        dx = dx - gamma * (dbeta + xhat * dgamma) / len(x) / s
    return dx, (dout * xhat).sum(1), dout.sum(1)


# %% xhat in the cache is overwritten -> cache-changed
def batchnorm_backward(dout, cache):
    x, xhat, _mu, var, eps, gamma, mode = cache
    s = np.sqrt(var + eps)
    dgamma, dbeta = (dout * xhat).sum(0), dout.sum(0)
    dx = dout * gamma / s
    if mode == "train":
        xhat *= dgamma
        dx = dx - gamma * (dbeta + xhat) / len(x) / s
    return dx, dgamma, dbeta
