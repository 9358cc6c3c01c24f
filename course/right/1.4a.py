"""1.4a batch norm, forward: right answers, written differently. Each brings a backward pass for its cache."""

import numpy as np

# %% every step of the graph, in the course's manner


def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    D = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))
    if mode == "train":
        mu = np.mean(x, axis=0)
        xmu = x - mu
        var = np.mean(xmu**2, axis=0)
        sqrtvar = np.sqrt(var + eps)
        ivar = 1.0 / sqrtvar
        xhat = xmu * ivar
        running_mean = momentum * running_mean + (1 - momentum) * mu
        running_var = momentum * running_var + (1 - momentum) * var
    else:
        ivar = 1.0 / np.sqrt(running_var + eps)
        xhat = (x - running_mean) * ivar
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return gamma * xhat + beta, (xhat, ivar, gamma, mode)


def batchnorm_backward(dout, cache):
    xhat, ivar, gamma, mode = cache
    dxhat = dout * gamma
    dx = dxhat * ivar
    if mode == "train":
        dx = ivar * (dxhat - dxhat.mean(axis=0) - xhat * np.mean(dxhat * xhat, axis=0))
    return dx, np.sum(dout * xhat, axis=0), np.sum(dout, axis=0)


# %% a loop over the columns, statistics in float64


def batchnorm_forward(x, gamma, beta, bn_param):
    n, d = x.shape
    training, eps, m = bn_param["mode"] == "train", bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    mean, var = np.zeros(d), np.zeros(d)
    for j in range(d):
        if training:
            mean[j] = sum(float(v) for v in x[:, j]) / n
            var[j] = sum((float(v) - mean[j]) ** 2 for v in x[:, j]) / n
        else:
            mean[j], var[j] = bn_param["running_mean"][j], bn_param["running_var"][j]
    if training:
        for key, batch in (("running_mean", mean), ("running_var", var)):
            old = bn_param.get(key)
            bn_param[key] = ((1 - m) * batch + (0 if old is None else m * old)).astype(x.dtype)
    sigma = np.sqrt(var + eps)
    x_hat = ((x - mean) / sigma).astype(x.dtype)
    return gamma * x_hat + beta, (x_hat, gamma, sigma.astype(x.dtype), training)


# %% the running averages moved by a step towards the batch, Fortran order


def batchnorm_forward(x, gamma, beta, bn_param):
    if bn_param["mode"] == "train":
        mean, var = np.average(x, axis=0), np.var(x, axis=0)
        share = 1 - bn_param.get("momentum", 0.9)
        for key, batch in {"running_mean": mean, "running_var": var}.items():
            old = bn_param[key] if bn_param.get(key) is not None else np.zeros_like(batch)
            bn_param[key] = old + share * (batch - old)
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    inverse = (var + bn_param.get("eps", 1e-5)) ** -0.5
    x_hat = np.asfortranarray((x - mean) * inverse)
    return np.asfortranarray(x_hat * gamma + beta), (x_hat, gamma, 1 / inverse, bn_param["mode"] == "train")


# %% scale and shift joined into one


def batchnorm_forward(x, gamma, beta, bn_param):
    training, momentum = bn_param["mode"] == "train", bn_param.get("momentum", 0.9)
    if training:
        mean = x.sum(axis=0) / len(x)
        centred = x - mean
        var = np.einsum("nd,nd->d", centred, centred) / len(x)
        for key, batch in (("running_mean", mean), ("running_var", var)):
            if bn_param.get(key) is None:
                bn_param[key] = np.zeros_like(batch)
            bn_param[key] = momentum * bn_param[key] + (1 - momentum) * batch
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    sigma = np.sqrt(var + bn_param.get("eps", 1e-5))
    scale = gamma / sigma
    return scale * x + (beta - scale * mean), ((x - mean) / sigma, gamma, sigma, training)
