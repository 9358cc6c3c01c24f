"""1.4c batch norm, backward in one line: wrong answers. The cache is that of the file's forward pass."""

import numpy as np

# %% the path through the mean is missing -> missing-mean-term


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    dx = gamma / sigma * dout
    if training:
        dx -= gamma / sigma * x_hat * dgamma / len(dout)
    return dx, dgamma, dbeta


# %% the path through the variance is missing -> missing-variance-term


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dbeta, dgamma = np.sum(dout, axis=0), np.sum(dout * x_hat, axis=0)
    dx = dout - dout.mean(axis=0) if training else dout
    return gamma * dx / sigma, dgamma, dbeta


# %% mean and variance taken for constants -> statistics-as-constants


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, _ = cache
    return dout * gamma / sigma, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


# %% the formula of training in test mode too -> train-formula-in-test


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, _ = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    return gamma / sigma * (dout - (dbeta + x_hat * dgamma) / len(dout)), dgamma, dbeta


# %% sums where means belong -> terms-without-n


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    dx = gamma / sigma * (dout - training * (dbeta + x_hat * dgamma))
    return dx, dgamma, dbeta


# %% divided by the number of features -> square-only


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    count = dout.shape[1]
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    return gamma / sigma * (dout - training * (dbeta + x_hat * dgamma) / count), dgamma, dbeta


# %% divided by N - 1 -> n-minus-1


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    return gamma / sigma * (dout - training * (dbeta + x_hat * dgamma) / (len(dout) - 1)), dgamma, dbeta


# %% plus in front of the variance's term -> variance-term-sign


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    return gamma / sigma * (dout - training * (dbeta - x_hat * dgamma) / len(dout)), dgamma, dbeta


# %% twice the variance's term -> variance-term-twice


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    return gamma / sigma * (dout - training * (dbeta + 2 * x_hat * dgamma) / len(dout)), dgamma, dbeta


# %% plus in front of the mean's term -> mean-term-sign


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    return gamma / sigma * (dout + training * (dbeta - x_hat * dgamma) / len(dout)), dgamma, dbeta


# %% dX without gamma -> missing-scale


def batchnorm_backward(dout, cache):
    x_hat, _, sigma, training = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    return (dout - training * (dbeta + x_hat * dgamma) / len(dout)) / sigma, dgamma, dbeta


# %% dX without 1 / sigma -> missing-sigma


def batchnorm_backward(dout, cache):
    x_hat, gamma, _, training = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    return gamma * (dout - training * (dbeta + x_hat * dgamma) / len(dout)), dgamma, dbeta


# %% dX divided by the variance -> missing-sigma


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    return gamma / sigma**2 * (dout - training * (dbeta + x_hat * dgamma) / len(dout)), dgamma, dbeta


# %% the variance's term with X - mu for X-hat -> variance-term-scale


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    return gamma / sigma * (dout - training * (dbeta + x_hat * sigma * dgamma) / len(dout)), dgamma, dbeta


# %% means over the features -> wrong-axis, channels-mixed


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    means = dout.mean(axis=1, keepdims=True) + x_hat * (dout * x_hat).mean(axis=1, keepdims=True)
    return gamma / sigma * (dout - training * means), dgamma, dbeta


# %% dgamma is a mean -> over-n


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).mean(axis=0)
    return gamma / sigma * (dout - training * (dbeta / len(dout) + x_hat * dgamma)), dgamma, dbeta


# %% dbeta and dgamma are means, and divided again -> over-n


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dbeta, dgamma = dout.mean(axis=0), (dout * x_hat).mean(axis=0)
    return gamma / sigma * (dout - training * (dbeta + x_hat * dgamma)), dgamma, dbeta


# %% dgamma with X - mu for X-hat -> x-for-xhat


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    dx = gamma / sigma * (dout - training * (dbeta + x_hat * dgamma) / len(dout))
    return dx, (dout * x_hat * sigma).sum(axis=0), dbeta


# %% dgamma and dbeta in the wrong order -> swapped-results


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    return gamma / sigma * (dout - training * (dbeta + x_hat * dgamma) / len(dout)), dbeta, dgamma


# %% dgamma and dbeta keep the batch axis -> extra-axis, sum-missing


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dbeta, dgamma = dout.sum(axis=0, keepdims=True), (dout * x_hat).sum(axis=0, keepdims=True)
    return gamma / sigma * (dout - training * (dbeta + x_hat * dgamma) / len(dout)), dgamma, dbeta


# %% the caller's gradient multiplied by gamma -> argument-changed


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    dout *= gamma
    means = dout.mean(axis=0) + x_hat * (dout * x_hat).mean(axis=0)
    return (dout - training * means) / sigma, dgamma, dbeta


# %% a sum in float64 -> float64-from-float32


def batchnorm_backward(dout, cache):
    x_hat, gamma, sigma, training = cache
    dbeta, dgamma = dout.sum(axis=0, dtype=np.float64), (dout * x_hat).sum(axis=0, dtype=np.float64)
    return gamma / sigma * (dout - training * (dbeta + x_hat * dgamma) / len(dout)), dgamma, dbeta


# %% x_hat kept as an attribute of the function -> not-in-the-cache
def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = bn_param["mode"] == "train", bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        for key, batch in (("running_mean", mean), ("running_var", var)):
            bn_param[key] = momentum * bn_param.get(key, 0.0) + (1 - momentum) * batch
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    sigma = np.sqrt(var + eps)
    batchnorm_forward.x_hat = (x - mean) / sigma
    return gamma * batchnorm_forward.x_hat + beta, (gamma, sigma, training)


def batchnorm_backward(dout, cache):
    gamma, sigma, training = cache
    x_hat = batchnorm_forward.x_hat
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    dx = gamma / sigma * dout
    if training:
        dx -= gamma / sigma * (dbeta + x_hat * dgamma) / len(dout)
    return dx, dgamma, dbeta
