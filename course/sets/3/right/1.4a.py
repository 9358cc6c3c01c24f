"""1.4a batch norm, forward: right answers, written differently."""

import numpy as np


# %% the means by a product with ones
def batchnorm_forward(x, gamma, beta, bn_param):
    n = x.shape[0]
    train, eps, mom = bn_param["mode"] == "train", bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if train:
        weights = np.full(n, 1 / n, dtype=x.dtype)
        mu = weights @ x
        var = weights @ (x - mu) ** 2
        old_mu, old_var = bn_param.get("running_mean"), bn_param.get("running_var")
        bn_param["running_mean"] = (0 if old_mu is None else mom * old_mu) + (1 - mom) * mu
        bn_param["running_var"] = (0 if old_var is None else mom * old_var) + (1 - mom) * var
    else:
        mu, var = np.asarray(bn_param["running_mean"], x.dtype), np.asarray(bn_param["running_var"], x.dtype)
    sigma = np.sqrt(var + eps)
    scale = gamma / sigma
    return x * scale + (beta - mu * scale) if not train else scale * (x - mu) + beta, (
        (x - mu) / sigma,
        gamma,
        sigma,
        train,
    )
