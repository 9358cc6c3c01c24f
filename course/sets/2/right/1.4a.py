"""1.4a batch norm, forward: right answers, written differently."""

import numpy as np


# %% einsum for the sums, an if for each mode
def batchnorm_forward(x, gamma, beta, bn_param):
    N, D = x.shape
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean")
    running_var = bn_param.get("running_var")
    if running_mean is None:
        running_mean = np.zeros(D, dtype=x.dtype)
    if running_var is None:
        running_var = np.zeros(D, dtype=x.dtype)
    if bn_param["mode"] == "train":
        mu = np.einsum("nd->d", x) / N
        xmu = x - mu
        var = np.einsum("nd,nd->d", xmu, xmu) / N
        inv = 1.0 / np.sqrt(var + eps)
        xhat = xmu * inv
        running_mean = momentum * running_mean + (1.0 - momentum) * mu
        running_var = momentum * running_var + (1.0 - momentum) * var
        training = True
    elif bn_param["mode"] == "test":
        inv = 1.0 / np.sqrt(running_var + eps)
        xhat = (x - running_mean) * inv
        training = False
    bn_param["running_mean"], bn_param["running_var"] = running_mean, running_var
    return (gamma * xhat + beta).astype(x.dtype), (xhat.astype(x.dtype), gamma, (1 / inv).astype(x.dtype), training)


# %% a loop over the features, float64 inside
def batchnorm_forward(x, gamma, beta, bn_param):
    train = bn_param["mode"] == "train"
    eps, keep = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    out, xhat, sigma = np.empty_like(x), np.empty_like(x), np.empty(x.shape[1], x.dtype)
    means, variances = np.zeros(x.shape[1], x.dtype), np.zeros(x.shape[1], x.dtype)
    for d in range(x.shape[1]):
        column = x[:, d].astype(np.float64)
        if train:
            m = column.sum() / len(column)
            v = ((column - m) ** 2).sum() / len(column)
            means[d], variances[d] = m, v
        else:
            m, v = bn_param["running_mean"][d], bn_param["running_var"][d]
        sigma[d] = (v + eps) ** 0.5
        xhat[:, d] = (column - m) / (v + eps) ** 0.5
        out[:, d] = gamma[d] * xhat[:, d] + beta[d]
    if train:
        for name, new in (("running_mean", means), ("running_var", variances)):
            before = bn_param.get(name)
            bn_param[name] = (1 - keep) * new if before is None else keep * before + (1 - keep) * new
    return out, (xhat, gamma, sigma, train)


# %% keepdims, a running average as a step towards the batch
def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    step = 1 - bn_param.get("momentum", 0.9)
    if bn_param["mode"] == "train":
        stats = {"running_mean": np.mean(x, axis=0, keepdims=True), "running_var": np.var(x, axis=0, keepdims=True)}
        mu, var = stats["running_mean"], stats["running_var"]
        for k, v in stats.items():
            r = bn_param.get(k)
            r = np.zeros(x.shape[1], dtype=x.dtype) if r is None else r
            bn_param[k] = r + step * (v[0] - r)
    else:
        mu, var = bn_param["running_mean"][None], bn_param["running_var"][None]
    sigma = np.sqrt(var + eps).astype(x.dtype)
    xhat = ((x - mu) / sigma).astype(x.dtype)
    return gamma[None] * xhat + beta[None], (xhat, gamma, sigma[0], bn_param["mode"] == "train")
