"""1.4d batch norm of images: right answers of set 11."""

import numpy as np

from nnlib.layers import arguments
from nnlib.layers.batch_norm import batchnorm_backward, batchnorm_forward

# %% statistics over three axes at once, without the columns' layer


def _per_channel(vector):
    return np.reshape(vector, (1, -1, 1, 1))


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param, ndim=4)
    if training:
        mean, var = np.mean(x, axis=(0, 2, 3)), np.var(x, axis=(0, 2, 3))
        for key, new in [("running_mean", mean), ("running_var", var)]:
            old = bn_param.get(key)
            bn_param[key] = (1 - momentum) * new + (0 if old is None else momentum * old)
    else:
        mean, var = bn_param["running_mean"].astype(x.dtype), bn_param["running_var"].astype(x.dtype)
    sigma = np.sqrt(_per_channel(var) + eps)
    x_hat = (x - _per_channel(mean)) / sigma
    return _per_channel(gamma) * x_hat + _per_channel(beta), (x_hat, _per_channel(gamma) / sigma, training)


def spatial_batchnorm_backward(dout, cache):
    x_hat, scale, training = cache
    dgamma, dbeta = (dout * x_hat).sum((0, 2, 3)), dout.sum((0, 2, 3))
    dx = dout
    if training:
        m = dout.shape[0] * dout.shape[2] * dout.shape[3]
        dx = dout - (dbeta[:, None, None] + x_hat * dgamma[:, None, None]) / m
    return scale * dx, dgamma, dbeta


# %% one channel at a time, each with a dictionary of its own


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    arguments.batch_norm(x, gamma, beta, bn_param, ndim=4)
    out, caches, updated = np.empty_like(x), [], {"running_mean": [], "running_var": []}
    for c in range(x.shape[1]):
        own = dict(bn_param)
        for key in updated:
            if own.get(key) is not None:
                own[key] = own[key][c : c + 1]
        column = x[:, c].reshape(-1, 1)
        rows, cache = batchnorm_forward(column, gamma[c : c + 1], beta[c : c + 1], own)
        out[:, c] = rows.reshape(x[:, c].shape)
        caches.append(cache)
        for key in updated:
            updated[key].append(own[key])
    if bn_param["mode"] == "train":
        bn_param.update({key: np.concatenate(values) for key, values in updated.items()})
    return out, caches


def spatial_batchnorm_backward(dout, cache):
    dx = np.empty_like(dout)
    dgamma, dbeta = np.empty(len(cache), dout.dtype), np.empty(len(cache), dout.dtype)
    for c, each in enumerate(cache):
        rows, (dgamma[c],), (dbeta[c],) = batchnorm_backward(dout[:, c].reshape(-1, 1), each)
        dx[:, c] = rows.reshape(dout[:, c].shape)
    return dx, dgamma, dbeta
