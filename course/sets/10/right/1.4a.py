"""1.4a batch norm, forward: right answers of set 10."""

import numpy as np

from nnlib.layers import arguments

# %% Welford's running mean and variance, in float64


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, m2 = np.zeros(x.shape[1]), np.zeros(x.shape[1])
        for count, row in enumerate(x, 1):
            delta = row - mean
            mean = mean + delta / count
            m2 = m2 + delta * (row - mean)
        mean, var = mean.astype(x.dtype), (m2 / len(x)).astype(x.dtype)
        for key, batch in (("running_mean", mean), ("running_var", var)):
            old = bn_param.get(key)
            old = np.zeros_like(batch) if old is None else old
            bn_param[key] = momentum * old + (1 - momentum) * batch
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    hat = (x - mean) / np.sqrt(var + eps)
    return gamma * hat + beta, (hat, gamma, var, eps, training)


# %% PyTorch's form of the update, with its momentum from ours


def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    torch_momentum = 1 - bn_param.get("momentum", 0.9)
    D = x.shape[1]
    if bn_param.get("running_mean") is None:
        bn_param["running_mean"] = np.zeros(D, dtype=x.dtype)
    if bn_param.get("running_var") is None:
        bn_param["running_var"] = np.zeros(D, dtype=x.dtype)
    if mode == "train":
        mu, var = x.mean(0), x.var(0)
        bn_param["running_mean"] = bn_param["running_mean"] + torch_momentum * (mu - bn_param["running_mean"])
        bn_param["running_var"] = bn_param["running_var"] + torch_momentum * (var - bn_param["running_var"])
    elif mode == "test":
        mu, var = bn_param["running_mean"], bn_param["running_var"]
    else:
        raise ValueError(f"bn_param['mode']: {mode}")
    istd = 1.0 / np.sqrt(var + eps)
    x_hat = (x - mu) * istd
    return x_hat * gamma + beta, {"x_hat": x_hat, "istd": istd, "gamma": gamma, "mode": mode}


# %% mean of squares minus squared mean, after a shift by the first example


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if not training:
        scale = gamma / np.sqrt(bn_param["running_var"] + eps)
        return x * scale + (beta - bn_param["running_mean"] * scale), (x, scale, bn_param["running_mean"], None)
    shift = x[0]
    y = x - shift
    m1, m2 = np.mean(y, axis=0), np.mean(y * y, axis=0)
    var = np.maximum(m2 - m1 * m1, 0)
    mean = shift + m1
    old_mean, old_var = bn_param.get("running_mean"), bn_param.get("running_var")
    if old_mean is None:
        old_mean = 0
    if old_var is None:
        old_var = 0
    bn_param.update(
        running_mean=momentum * old_mean + (1 - momentum) * mean, running_var=momentum * old_var + (1 - momentum) * var
    )
    centred = y - m1
    rstd = np.power(var + eps, -0.5)
    return centred * (rstd * gamma) + beta, (centred, rstd, gamma, var)


# %% a helper class for the statistics, norms instead of variances


class _Stats:
    def __init__(self, x):
        self.mean = np.sum(x, axis=0, keepdims=True) / x.shape[0]
        self.centred = x - self.mean
        self.var = np.linalg.norm(self.centred, axis=0) ** 2 / x.dtype.type(len(x))

    def blend(self, bn_param, rho):
        for key, new in {"running_mean": self.mean[0], "running_var": self.var}.items():
            old = bn_param.get(key)
            bn_param[key] = (1 - rho) * new if old is None else rho * np.asarray(old) + (1 - rho) * new


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        stats = _Stats(x)
        stats.blend(bn_param, momentum)
        centred, var = stats.centred, stats.var
    else:
        centred, var = x - bn_param["running_mean"], bn_param["running_var"]
    sigma = np.sqrt(var + eps)
    return beta + gamma * (centred / sigma), (centred, sigma, gamma, training)
