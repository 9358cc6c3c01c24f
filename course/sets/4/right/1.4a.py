"""1.4a batch norm, forward: right answers, written differently."""

import numpy as np


# %% two passes written out; running statistics by np.add
def batchnorm_forward(x, gamma, beta, bn_param):
    n, d = x.shape
    eps = bn_param.setdefault("eps", 1e-5)
    momentum = bn_param.setdefault("momentum", 0.9)
    train = bn_param["mode"] == "train"
    if train:
        mu = np.add.reduce(x) / n
        centred = np.subtract(x, mu)
        var = np.add.reduce(np.square(centred)) / n
        for key, value in {"running_mean": mu, "running_var": var}.items():
            past = bn_param.get(key)
            past = np.zeros(d, x.dtype) if past is None else past
            bn_param[key] = np.add(past * momentum, value * (1 - momentum))
    else:
        mu, var = bn_param["running_mean"].astype(x.dtype), bn_param["running_var"].astype(x.dtype)
        centred = x - mu
    inverse = 1 / np.sqrt(var + eps)
    return centred * (gamma * inverse) + beta, (centred * inverse, gamma, 1 / inverse, train)
