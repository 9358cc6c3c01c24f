"""1.4d batch norm of images: wrong answers of set 8."""

import numpy as np

from nnlib.layers import arguments
from nnlib.layers.batch_norm import batchnorm_backward, batchnorm_forward

# %% reshaped to rows without moving the channels -> channels-mixed


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    arguments.batch_norm(x, gamma, beta, bn_param, ndim=4)
    out, cache = batchnorm_forward(x.reshape(-1, x.shape[1]), gamma, beta, bn_param)
    return out.reshape(x.shape), cache


def spatial_batchnorm_backward(dout, cache):
    dx, dgamma, dbeta = batchnorm_backward(dout.reshape(-1, dout.shape[1]), cache)
    return dx.reshape(dout.shape), dgamma, dbeta


# %% each image by itself -> per-image-statistics


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    arguments.batch_norm(x, gamma, beta, bn_param, ndim=4)
    outs, caches = [], []
    for image in x:
        rows = image.reshape(len(image), -1).T
        out, cache = batchnorm_forward(rows, gamma, beta, bn_param)
        outs.append(out.T.reshape(image.shape))
        caches.append(cache)
    return np.stack(outs), caches


def spatial_batchnorm_backward(dout, cache):
    dxs, dgamma, dbeta = [], 0, 0
    for g, each in zip(dout, cache, strict=True):
        dx, one, two = batchnorm_backward(g.reshape(len(g), -1).T, each)
        dxs.append(dx.T.reshape(g.shape))
        dgamma, dbeta = dgamma + one, dbeta + two
    return np.stack(dxs), dgamma, dbeta


# %% the rows of dx are reshaped to images directly -> rearranged


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    arguments.batch_norm(x, gamma, beta, bn_param, ndim=4)
    n, c, h, w = x.shape
    out, cache = batchnorm_forward(x.transpose(0, 2, 3, 1).reshape(-1, c), gamma, beta, bn_param)
    return out.reshape(n, h, w, c).transpose(0, 3, 1, 2), cache


def spatial_batchnorm_backward(dout, cache):
    dx, dgamma, dbeta = batchnorm_backward(dout.transpose(0, 2, 3, 1).reshape(-1, dout.shape[1]), cache)
    return dx.reshape(dout.shape), dgamma, dbeta


# %% divides by the number of images in backward -> n-for-nhw


def _wide(vector):
    return vector[None, :, None, None]


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param, ndim=4)
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        for key, batch in (("running_mean", mean), ("running_var", var)):
            old = bn_param.get(key)
            bn_param[key] = (1 - momentum) * batch + momentum * (np.zeros_like(batch) if old is None else old)
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    sigma = np.sqrt(var + eps)
    xhat = (x - _wide(mean)) / _wide(sigma)
    return _wide(gamma) * xhat + _wide(beta), (xhat, gamma / sigma, training)


def spatial_batchnorm_backward(dout, cache):
    xhat, slope, training = cache
    dgamma, dbeta = (dout * xhat).sum(axis=(0, 2, 3)), dout.sum(axis=(0, 2, 3))
    if training:
        dout = dout - _wide(dbeta) / len(dout) - xhat * _wide(dgamma) / len(dout)
    return dout * _wide(slope), dgamma, dbeta
