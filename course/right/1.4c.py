"""1.4c batch norm, backward in one line: right answers, written differently."""

import numpy as np

# %% one formula with N in front


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    n = dout.shape[0]
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(x_hat * dout, axis=0)
    if not training:
        return dout * gamma / sigma, dgamma, dbeta
    dx = (gamma / (n * sigma)) * (n * dout - dbeta - x_hat * dgamma)
    return dx, dgamma, dbeta


# %% back through every step of the graph


def batchnorm_forward(x, gamma, beta, bn_param):
    mode, eps, momentum = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if mode == "train":
        mean, var = x.mean(axis=0), x.var(axis=0)
        for key, batch in (("running_mean", mean), ("running_var", var)):
            bn_param[key] = momentum * bn_param.get(key, 0 * batch) + (1 - momentum) * batch
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    xmu = x - mean
    ivar = 1 / np.sqrt(var + eps)
    return gamma * xmu * ivar + beta, (xmu, ivar, gamma, mode)


def batchnorm_backward(dout, cache):
    xmu, ivar, gamma, mode = cache
    N = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xmu * ivar).sum(axis=0)
    dxhat = dout * gamma
    if mode == "test":
        return dxhat * ivar, dgamma, dbeta
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    dvar = divar * -0.5 * ivar**3
    dsq = np.ones_like(dout) / N * dvar
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -np.sum(dx1, axis=0)
    dx2 = np.ones_like(dout) / N * dmu
    return dx1 + dx2, dgamma, dbeta


# %% the Jacobian of each column


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    n, d = dout.shape
    dx = np.empty_like(dout)
    for j in range(d):
        jacobian = np.eye(n)
        if training:
            jacobian -= (1 + np.outer(x_hat[:, j], x_hat[:, j])) / n
        dx[:, j] = gamma[j] / sigma[j] * (jacobian @ dout[:, j])
    return dx, np.einsum("nd,nd->d", dout, x_hat), dout.sum(axis=0)


# %% means taken off, then the projection on X-hat


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dgamma, dbeta = (dout * x_hat).sum(axis=0), dout.sum(axis=0)
    rest = dout
    if training:
        rest = dout - dout.mean(axis=0)
        rest = rest - x_hat * (rest * x_hat).mean(axis=0)
    return np.asfortranarray(rest * (gamma / sigma)), dgamma, dbeta


# %% in place on an array of its own, sums in float64


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dgamma = np.sum(dout * x_hat, axis=0, dtype=np.float64)
    dbeta = np.sum(dout, axis=0, dtype=np.float64)
    dx = dout.astype(np.float64)
    if training:
        dx -= dbeta / len(dout)
        dx -= x_hat * (dgamma / len(dout))
    dx *= gamma
    dx /= sigma
    return tuple(a.astype(dout.dtype) for a in (dx, dgamma, dbeta))
