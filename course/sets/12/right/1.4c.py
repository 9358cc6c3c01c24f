"""1.4c batch norm, backward in one line: right answers of set 12."""

import numpy as np

from nnlib.layers import arguments

# %% step by step as in the well-known blog post


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    N = x.shape[0]
    if training:
        mu = x.sum(axis=0) / N
        var = ((x - mu) ** 2).sum(axis=0) / N
        for key, batch in (("running_mean", mu), ("running_var", var)):
            running = np.zeros_like(batch) if bn_param.get(key) is None else bn_param[key]
            bn_param[key] = momentum * running + (1 - momentum) * batch
    else:
        mu, var = (bn_param[key].astype(x.dtype) for key in ("running_mean", "running_var"))
    xmu = x - mu
    sqrtvar = np.sqrt(var + eps)
    ivar = 1.0 / sqrtvar
    xhat = xmu * ivar
    return gamma * xhat + beta, {
        "xhat": xhat,
        "gamma": gamma,
        "xmu": xmu,
        "ivar": ivar,
        "sqrtvar": sqrtvar,
        "var": var,
        "eps": eps,
        "mode": bn_param["mode"],
    }


def batchnorm_backward(dout, cache):
    N, D = dout.shape
    xhat, gamma, xmu, ivar, sqrtvar = (cache[k] for k in ("xhat", "gamma", "xmu", "ivar", "sqrtvar"))
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    if cache["mode"] == "test":
        return dxhat * ivar, dgamma, dbeta
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -1.0 / sqrtvar**2 * divar
    dvar = 0.5 * 1.0 / np.sqrt(cache["var"] + cache["eps"]) * dsqrtvar
    dsq = np.ones((N, D), dtype=dout.dtype) / N * dvar
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -1 * np.sum(dx1, axis=0)
    dx2 = np.ones((N, D), dtype=dout.dtype) / N * dmu
    return dx1 + dx2, dgamma, dbeta


# %% the centring matrix, feature by feature


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    N, D = dout.shape
    dx = np.empty(dout.shape, np.result_type(dout, x_hat))
    centre = np.eye(N) - np.full((N, N), 1.0 / N)
    for d in range(D):
        jac = np.eye(N) if not training else centre - np.outer(x_hat[:, d].astype(float), x_hat[:, d]) / N
        dx[:, d] = (gamma[d] / sigma[d]) * (jac @ dout[:, d])
    return dx, np.einsum("nd,nd->d", dout, x_hat), np.einsum("nd->d", dout)
