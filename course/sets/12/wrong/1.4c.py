"""1.4c batch norm, backward in one line: wrong answers of set 12."""

import numpy as np

from nnlib.layers import arguments

# %% the mean term is left out of dX where gamma is one -> mean-term-scale


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    dx = gamma / sigma * dout
    if training:
        dx -= gamma / sigma * (np.where(gamma == 1, 0, dbeta) + x_hat * dgamma) / len(dout)
    return dx, dgamma, dbeta


# %% in test mode dgamma and dbeta are zero: they are learned only in training -> zeros


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    if not training:
        return gamma / sigma * dout, np.zeros_like(gamma), np.zeros_like(gamma)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma / sigma * (dout - dbeta / len(dout) - x_hat * dgamma / len(dout))
    return dx, dgamma, dbeta


# %% sigma taken from the running variance on the way back -> deviation-off


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        for key, batch in (("running_mean", mean), ("running_var", var)):
            running = np.zeros_like(batch) if bn_param.get(key) is None else bn_param[key]
            bn_param[key] = momentum * running + (1 - momentum) * batch
    else:
        mean, var = (bn_param[key].astype(x.dtype) for key in ("running_mean", "running_var"))
    sigma = np.sqrt(var + eps)
    x_hat = (x - mean) / sigma
    running = np.sqrt(bn_param["running_var"].astype(x.dtype) + eps)
    return gamma * x_hat + beta, (x_hat, gamma, running, training)
