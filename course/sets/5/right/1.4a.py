"""1.4a batch norm, forward: right answers."""

import numpy as np


# %% feature by feature with float64 sums, and the deviations in the cache
def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    train = bn_param["mode"] == "train"
    N, D = x.shape
    mean, var = np.empty(D), np.empty(D)
    for d in range(D):
        if train:
            mean[d] = x[:, d].sum(dtype=np.float64) / N
            var[d] = np.sum(np.square(x[:, d].astype(np.float64) - mean[d])) / N
        else:
            mean[d], var[d] = bn_param["running_mean"][d], bn_param["running_var"][d]
    if train:
        for key, new in (("running_mean", mean), ("running_var", var)):
            old = bn_param.get(key)
            old = np.zeros(D, dtype=x.dtype) if old is None else old
            bn_param[key] = (old + (1 - momentum) * (new - old)).astype(x.dtype)
    centred = x.astype(np.float64) - mean
    inverse = (var + eps) ** -0.5
    out = (centred * (gamma * inverse) + beta).astype(x.dtype)
    return out, {"centred": centred, "inverse": inverse, "gamma": gamma, "train": train}


def batchnorm_backward(dout, cache):
    centred, inverse, gamma, train = (cache[key] for key in ("centred", "inverse", "gamma", "train"))
    g = dout.astype(np.float64)
    x_hat = centred * inverse
    dbeta, dgamma = g.sum(axis=0), np.einsum("nd,nd->d", g, x_hat)
    if train:
        dx = gamma * inverse * (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0))
    else:
        dx = gamma * inverse * g
    return tuple(array.astype(dout.dtype) for array in (dx, dgamma, dbeta))
