"""1.4c batch norm, backward in one line: right answers, written differently."""

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
    return gamma * xhat + beta, {
        "x": x,
        "xhat": xhat,
        "mean": mean,
        "var": var,
        "eps": eps,
        "gamma": gamma,
        "mode": mode,
    }


# %% nine steps of the graph
def batchnorm_backward(dout, cache):
    N, D = dout.shape
    gamma, xhat, x, var, eps = (cache[k] for k in ("gamma", "xhat", "x", "var", "eps"))
    dbeta = np.sum(dout, axis=0)
    dgammax = dout
    dgamma = np.sum(dgammax * xhat, axis=0)
    dxhat = dgammax * gamma
    sqrtvar = np.sqrt(var + eps)
    ivar = 1.0 / sqrtvar
    if cache["mode"] == "test":
        return dxhat * ivar, dgamma, dbeta
    xmu = x - cache["mean"]
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -1.0 / (sqrtvar**2) * divar
    dvar = 0.5 * 1.0 / np.sqrt(var + eps) * dsqrtvar
    dsq = 1.0 / N * np.ones((N, D), dtype=dout.dtype) * dvar
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
    dx2 = 1.0 / N * np.ones((N, D), dtype=dout.dtype) * dmu
    return dx1 + dx2, dgamma, dbeta


# %% three terms by dvar and dmean
def batchnorm_backward(dout, cache):
    x, xhat, mu, var, eps, gamma = (cache[k] for k in ("x", "xhat", "mean", "var", "eps", "gamma"))
    N = dout.shape[0]
    dxhat = dout * gamma
    if cache["mode"] == "test":
        return dxhat * (var + eps) ** -0.5, (dout * xhat).sum(0), dout.sum(0)
    dvar = np.sum(dxhat * (x - mu) * -0.5 * np.power(var + eps, -1.5), axis=0)
    dmean = np.sum(-dxhat / np.sqrt(var + eps), axis=0) + dvar * np.mean(-2 * (x - mu), axis=0)
    dx = dxhat / np.sqrt(var + eps) + dvar * 2 * (x - mu) / N + dmean / N
    return dx, (dout * xhat).sum(0), dout.sum(0)


# %% the Jacobian of each feature
def batchnorm_backward(dout, cache):
    xhat, var, eps, gamma = (cache[k] for k in ("xhat", "var", "eps", "gamma"))
    N, D = dout.shape
    dx = np.empty_like(dout)
    for d in range(D):
        jacobian = np.eye(N, dtype=dout.dtype)
        if cache["mode"] == "train":
            jacobian -= (1 + np.outer(xhat[:, d], xhat[:, d])) / N
        dx[:, d] = gamma[d] / np.sqrt(var[d] + eps) * (jacobian @ dout[:, d])
    return dx, np.einsum("nd,nd->d", dout, xhat), dout.sum(axis=0)


# %% two projections in place on own arrays
def batchnorm_backward(dout, cache):
    xhat, var, eps, gamma = (cache[k] for k in ("xhat", "var", "eps", "gamma"))
    dx = dout.copy(order="F")
    if cache["mode"] == "train":
        dx -= xhat * (dout * xhat).mean(axis=0, keepdims=True)
        dx -= dout.mean(axis=0, keepdims=True)
    dx *= gamma / np.sqrt(var + eps)
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)
