"""1.4c batch norm, backward: wrong answers of set 10."""

import numpy as np

from nnlib.layers import arguments


def batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mu, var = x.mean(axis=0), x.var(axis=0)
        old = [bn_param.get(key) for key in ("running_mean", "running_var")]
        old = [np.zeros_like(mu) if each is None else each for each in old]
        bn_param["running_mean"] = momentum * old[0] + (1 - momentum) * mu
        bn_param["running_var"] = momentum * old[1] + (1 - momentum) * var
    else:
        mu, var = bn_param["running_mean"], bn_param["running_var"]
    return gamma * (x - mu) / np.sqrt(var + eps) + beta, (x, gamma, mu, var, eps, training)


# %% no path through the mean -> missing-mean-term


def batchnorm_backward(dout, cache):
    x, gamma, mu, var, eps, training = cache
    istd = 1 / np.sqrt(var + eps)
    hat = (x - mu) * istd
    dgamma, dbeta = (dout * hat).sum(0), dout.sum(0)
    dhat = dout * gamma
    if not training:
        return dhat * istd, dgamma, dbeta
    return istd * (dhat - hat * (dhat * hat).mean(0)), dgamma, dbeta


# %% no path through the deviation -> missing-variance-term


def batchnorm_backward(dout, cache):
    x, gamma, mu, var, eps, training = cache
    istd = 1 / np.sqrt(var + eps)
    dgamma, dbeta = (dout * (x - mu) * istd).sum(0), dout.sum(0)
    dhat = dout * gamma
    if not training:
        return dhat * istd, dgamma, dbeta
    dmu = -(dhat * istd).sum(0)
    return dhat * istd + dmu / len(x), dgamma, dbeta


# %% half of the variance term -> variance-term-scale


def batchnorm_backward(dout, cache):
    x, gamma, mu, var, eps, training = cache
    N = x.shape[0]
    istd = 1 / np.sqrt(var + eps)
    dgamma, dbeta = (dout * (x - mu) * istd).sum(0), dout.sum(0)
    dhat = dout * gamma
    if not training:
        return dhat * istd, dgamma, dbeta
    dvar = np.sum(dhat * (x - mu), axis=0) * -0.5 * istd**3
    dmu = np.sum(dhat * -istd, axis=0)
    return dhat * istd + dvar * (x - mu) / N + dmu / N, dgamma, dbeta


# %% the half of the root forgotten -> variance-term-twice


def batchnorm_backward(dout, cache):
    x, gamma, mu, var, eps, training = cache
    N = x.shape[0]
    istd = 1 / np.sqrt(var + eps)
    dgamma, dbeta = (dout * (x - mu) * istd).sum(0), dout.sum(0)
    dhat = dout * gamma
    if not training:
        return dhat * istd, dgamma, dbeta
    dvar = -np.sum(dhat * (x - mu), axis=0) * istd**3
    dmu = np.sum(dhat * -istd, axis=0)
    return dhat * istd + dvar * 2 * (x - mu) / N + dmu / N, dgamma, dbeta


# %% the sign of the variance path -> variance-term-sign


def batchnorm_backward(dout, cache):
    x, gamma, mu, var, eps, training = cache
    N = x.shape[0]
    istd = 1 / np.sqrt(var + eps)
    hat = (x - mu) * istd
    dgamma, dbeta = (dout * hat).sum(0), dout.sum(0)
    if not training:
        return dout * gamma * istd, dgamma, dbeta
    return gamma * istd / N * (N * dout - dbeta + hat * dgamma), dgamma, dbeta


# %% the power is -1/2 in place of -3/2 -> variance-term-scale


def batchnorm_backward(dout, cache):
    x, gamma, mu, var, eps, training = cache
    N = x.shape[0]
    istd = 1 / np.sqrt(var + eps)
    dgamma, dbeta = (dout * (x - mu) * istd).sum(0), dout.sum(0)
    dhat = dout * gamma
    if not training:
        return dhat * istd, dgamma, dbeta
    dvar = np.sum(dhat * (x - mu), axis=0) * -0.5 * istd
    dmu = np.sum(dhat * -istd, axis=0)
    return dhat * istd + dvar * 2 * (x - mu) / N + dmu / N, dgamma, dbeta


# %% dgamma of the input -> x-for-xhat


def batchnorm_backward(dout, cache):
    x, gamma, mu, var, eps, training = cache
    N = x.shape[0]
    istd = 1 / np.sqrt(var + eps)
    hat = (x - mu) * istd
    dgamma, dbeta = np.sum(dout * x, axis=0), dout.sum(0)
    dhat = dout * gamma
    if not training:
        return dhat * istd, dgamma, dbeta
    return istd / N * (N * dhat - dhat.sum(0) - hat * (dhat * hat).sum(0)), dgamma, dbeta


# %% the train formula in both modes -> train-formula-in-test


def batchnorm_backward(dout, cache):
    x, gamma, mu, var, eps, training = cache
    N = x.shape[0]
    istd = 1 / np.sqrt(var + eps)
    hat = (x - mu) * istd
    dgamma, dbeta = np.sum(dout * hat, axis=0), dout.sum(0)
    dhat = dout * gamma
    return istd / N * (N * dhat - dhat.sum(0) - hat * (dhat * hat).sum(0)), dgamma, dbeta


# %% gamma left out -> missing-scale


def batchnorm_backward(dout, cache):
    x, gamma, mu, var, eps, training = cache
    N = x.shape[0]
    istd = 1 / np.sqrt(var + eps)
    hat = (x - mu) * istd
    dgamma, dbeta = np.sum(dout * hat, axis=0), dout.sum(0)
    if not training:
        return dout * istd, dgamma, dbeta
    return istd / N * (N * dout - dbeta - hat * dgamma), dgamma, dbeta


# %% N is the number of features -> square-only


def batchnorm_backward(dout, cache):
    x, gamma, mu, var, eps, training = cache
    N = x.shape[1]
    istd = 1 / np.sqrt(var + eps)
    hat = (x - mu) * istd
    dgamma, dbeta = np.sum(dout * hat, axis=0), dout.sum(0)
    if not training:
        return dout * gamma * istd, dgamma, dbeta
    return gamma * istd * (dout - dbeta / N - hat * dgamma / N), dgamma, dbeta


# %% the sums not divided by N -> terms-without-n


def batchnorm_backward(dout, cache):
    x, gamma, mu, var, eps, training = cache
    istd = 1 / np.sqrt(var + eps)
    hat = (x - mu) * istd
    dgamma, dbeta = np.sum(dout * hat, axis=0), dout.sum(0)
    if not training:
        return dout * gamma * istd, dgamma, dbeta
    return gamma * istd * (dout - dbeta - hat * dgamma), dgamma, dbeta


# %% dgamma and dbeta as means -> over-n


def batchnorm_backward(dout, cache):
    x, gamma, mu, var, eps, training = cache
    istd = 1 / np.sqrt(var + eps)
    hat = (x - mu) * istd
    dgamma, dbeta = np.mean(dout * hat, axis=0), dout.mean(0)
    if not training:
        return dout * gamma * istd, dgamma, dbeta
    return gamma * istd * (dout - dbeta - hat * dgamma), dgamma, dbeta


# %% eps missing in backward -> missing-eps


def batchnorm_backward(dout, cache):
    x, gamma, mu, var, eps, training = cache
    istd = 1 / np.sqrt(var)
    hat = (x - mu) * istd
    dgamma, dbeta = np.sum(dout * hat, axis=0), dout.sum(0)
    if not training:
        return dout * gamma * istd, dgamma, dbeta
    return gamma * istd * (dout - dout.mean(0) - hat * (dout * hat).mean(0)), dgamma, dbeta


# %% scales the caller's gradient -> argument-changed


def batchnorm_backward(dout, cache):
    x, gamma, mu, var, eps, training = cache
    istd = 1 / np.sqrt(var + eps)
    hat = (x - mu) * istd
    dgamma, dbeta = np.sum(dout * hat, axis=0), dout.sum(0)
    dout *= gamma
    if training:
        dout = dout - dout.mean(0) - hat * (dout * hat).mean(0)
    return dout * istd, dgamma, dbeta
