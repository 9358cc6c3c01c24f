"""1.4c batch norm, backward in one line: wrong answers of set 9."""

import numpy as np

from nnlib.layers import arguments


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        for key, new in (("running_mean", mean), ("running_var", var)):
            old = bn_param.get(key)
            bn_param[key] = momentum * (np.zeros_like(new) if old is None else old) + (1 - momentum) * new
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    sigma = np.sqrt(var + eps)
    return gamma * (x - mean) / sigma + beta, (x, mean, sigma, gamma, training)


# %% backward computes the deviation again, without eps -> missing-eps


def batchnorm_backward(dout, cache):
    x, mean, sigma, gamma, training = cache
    sigma = x.std(axis=0) if training else sigma
    xhat = (x - mean) / sigma
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    if not training:
        return dout * gamma / sigma, dgamma, dbeta
    return (dout - dbeta / len(dout) - xhat * dgamma / len(dout)) * gamma / sigma, dgamma, dbeta


# %% a plus for both paths through the statistics -> mean-term-sign, variance-term-sign


def batchnorm_backward(dout, cache):
    x, mean, sigma, gamma, training = cache
    xhat = (x - mean) / sigma
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    if not training:
        return dout * gamma / sigma, dgamma, dbeta
    return (dout + dbeta / len(dout) + xhat * dgamma / len(dout)) * gamma / sigma, dgamma, dbeta
