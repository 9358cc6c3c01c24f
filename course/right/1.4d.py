"""1.4d batch norm of images: right answers, written differently."""

import numpy as np

from nnlib.layers.batch_norm import batchnorm_backward, batchnorm_forward

# %% channels last, with the functions of vectors


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    out, cache = batchnorm_forward(x.transpose(0, 2, 3, 1).reshape(N * H * W, C), gamma, beta, bn_param)
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache


def spatial_batchnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    dx, dgamma, dbeta = batchnorm_backward(dout.transpose(0, 2, 3, 1).reshape(N * H * W, C), cache)
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta


# %% pixels before images, by moveaxis


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    last = np.moveaxis(x, (1, 0), (-1, -2))
    out, cache = batchnorm_forward(last.reshape(-1, x.shape[1]), gamma, beta, bn_param)
    return np.moveaxis(out.reshape(last.shape), (-1, -2), (1, 0)), (cache, last.shape)


def spatial_batchnorm_backward(dout, cache):
    rows, shape = cache
    last = np.moveaxis(dout, (1, 0), (-1, -2))
    dx, dgamma, dbeta = batchnorm_backward(last.reshape(-1, shape[-1]), rows)
    return np.moveaxis(dx.reshape(shape), (-1, -2), (1, 0)), dgamma, dbeta


# %% statistics over three axes, without the functions of vectors


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    axes, eps, momentum = (0, 2, 3), bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    training = bn_param["mode"] == "train"
    if training:
        mean, var = x.mean(axis=axes), x.var(axis=axes)
        for key, batch in (("running_mean", mean), ("running_var", var)):
            bn_param[key] = momentum * bn_param.get(key, 0 * batch) + (1 - momentum) * batch
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    sigma = np.sqrt(var + eps)[:, None, None]
    x_hat = (x - mean[:, None, None]) / sigma
    return gamma[:, None, None] * x_hat + beta[:, None, None], (x_hat, sigma, gamma[:, None, None], training)


def spatial_batchnorm_backward(dout, cache):
    x_hat, sigma, gamma, training = cache
    dx = dout
    if training:
        axes, keep = (0, 2, 3), {"keepdims": True}
        dx = dout - dout.mean(axis=axes, **keep) - x_hat * (dout * x_hat).mean(axis=axes, **keep)
    return gamma / sigma * dx, (dout * x_hat).sum(axis=(0, 2, 3)), dout.sum(axis=(0, 2, 3))


# %% a channel at a time


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    out, caches, running = np.empty_like(x), [], {"running_mean": [], "running_var": []}
    for c in range(x.shape[1]):
        one = {key: bn_param[key] for key in ("mode", "eps", "momentum") if key in bn_param}
        one |= {key: bn_param[key][c : c + 1] for key in running if bn_param.get(key) is not None}
        column, cache = batchnorm_forward(x[:, c].reshape(-1, 1), gamma[c : c + 1], beta[c : c + 1], one)
        out[:, c] = column.reshape(x[:, c].shape)
        caches.append(cache)
        for key, values in running.items():
            values.append(one[key])
    if bn_param["mode"] == "train":
        bn_param |= {key: np.concatenate(values) for key, values in running.items()}
    return out, caches


def spatial_batchnorm_backward(dout, cache):
    dx, dgamma, dbeta = np.empty_like(dout), [], []
    for c, column in enumerate(cache):
        d, *both = batchnorm_backward(dout[:, c].reshape(-1, 1), column)
        dx[:, c] = d.reshape(dout[:, c].shape)
        dgamma.append(both[0])
        dbeta.append(both[1])
    return dx, np.concatenate(dgamma), np.concatenate(dbeta)
