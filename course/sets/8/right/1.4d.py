"""1.4d batch norm of images: right answers of set 8."""

import numpy as np

from nnlib.layers import arguments
from nnlib.layers.batch_norm import batchnorm_backward, batchnorm_forward

# %% the channels last by moveaxis, the shape in the cache


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    arguments.batch_norm(x, gamma, beta, bn_param, ndim=4)
    last = np.moveaxis(x, 1, -1)
    out, cache = batchnorm_forward(last.reshape(-1, last.shape[-1]), gamma, beta, bn_param)
    return np.moveaxis(out.reshape(last.shape), -1, 1), {"rows": cache, "shape": last.shape}


def spatial_batchnorm_backward(dout, cache):
    rows = np.moveaxis(dout, 1, -1).reshape(-1, dout.shape[1])
    dx, dgamma, dbeta = batchnorm_backward(rows, cache["rows"])
    return np.moveaxis(dx.reshape(cache["shape"]), -1, 1), dgamma, dbeta


# %% a loop over the channels, each a batch of one feature


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    arguments.batch_norm(x, gamma, beta, bn_param, ndim=4)
    out, caches, parts = np.empty_like(x), [], []
    for c in range(x.shape[1]):
        part = {**bn_param}
        for key in ("running_mean", "running_var"):
            if part.get(key) is not None:
                part[key] = part[key][c : c + 1]
        flat, cache = batchnorm_forward(x[:, c].reshape(-1, 1), gamma[c : c + 1], beta[c : c + 1], part)
        out[:, c] = flat.reshape(x[:, c].shape)
        caches.append(cache)
        parts.append(part)
    if bn_param["mode"] == "train":
        for key in ("running_mean", "running_var"):
            bn_param[key] = np.concatenate([part[key] for part in parts])
    return out, caches


def spatial_batchnorm_backward(dout, cache):
    results = [batchnorm_backward(dout[:, c].reshape(-1, 1), cache[c]) for c in range(dout.shape[1])]
    dx = np.stack([r[0].reshape(dout[:, 0].shape) for r in results], axis=1)
    return dx, np.hstack([r[1] for r in results]), np.hstack([r[2] for r in results])


# %% on all four axes, without the functions for vectors


def _wide(vector):
    return vector.reshape(1, -1, 1, 1)


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param, ndim=4)
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        for key, batch in (("running_mean", mean), ("running_var", var)):
            old = bn_param.get(key)
            bn_param[key] = (1 - momentum) * batch + momentum * (np.zeros_like(batch) if old is None else old)
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    xhat = (x - _wide(mean)) / np.sqrt(_wide(var) + eps)
    return _wide(gamma) * xhat + _wide(beta), (xhat, gamma / np.sqrt(var + eps), training)


def spatial_batchnorm_backward(dout, cache):
    xhat, slope, training = cache
    dgamma = np.einsum("nchw,nchw->c", dout, xhat)
    dbeta = np.einsum("nchw->c", dout)
    dx = dout
    if training:
        m = dout.size // dout.shape[1]
        dx = dout - _wide(dbeta / m) - xhat * _wide(dgamma / m)
    return dx * _wide(slope), dgamma, dbeta


# %% the channels first, as columns of a transposed view


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    arguments.batch_norm(x, gamma, beta, bn_param, ndim=4)
    n, c, h, w = x.shape
    pixels = x.swapaxes(0, 1).reshape(c, -1).T
    out, inner = batchnorm_forward(pixels, gamma, beta, bn_param)
    return out.T.reshape(c, n, h, w).swapaxes(0, 1), (inner, (c, n, h, w))


def spatial_batchnorm_backward(dout, cache):
    inner, shape = cache
    dx, *rest = batchnorm_backward(dout.swapaxes(0, 1).reshape(shape[0], -1).T, inner)
    return dx.T.reshape(shape).swapaxes(0, 1), *rest
