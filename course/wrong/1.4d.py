"""1.4d batch norm of images: wrong answers, on the file's `batchnorm_forward` and `batchnorm_backward`."""

import numpy as np

from nnlib.layers.batch_norm import batchnorm_backward, batchnorm_forward

# %% reshape alone mixes the channels -> channels-mixed


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    out, cache = batchnorm_forward(x.reshape(-1, x.shape[1]), gamma, beta, bn_param)
    return out.reshape(x.shape), cache


def spatial_batchnorm_backward(dout, cache):
    dx, dgamma, dbeta = batchnorm_backward(dout.reshape(-1, dout.shape[1]), cache)
    return dx.reshape(dout.shape), dgamma, dbeta


# %% the way back is a reshape alone -> channels-mixed, rearranged


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    rows = x.transpose(0, 2, 3, 1).reshape(-1, x.shape[1])
    out, cache = batchnorm_forward(rows, gamma, beta, bn_param)
    return out.reshape(x.shape), (x.shape, cache)


# %% backward mixes the channels -> channels-mixed, none


def spatial_batchnorm_backward(dout, cache):
    shape, rows = cache
    dx, dgamma, dbeta = batchnorm_backward(dout.reshape(-1, shape[1]), rows)
    return dx.reshape(shape), dgamma, dbeta


# %% backward's way back is a reshape alone -> channels-mixed, rearranged


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    n, c, height, width = x.shape
    out, cache = batchnorm_forward(x.transpose(0, 2, 3, 1).reshape(-1, c), gamma, beta, bn_param)
    return out.reshape(n, height, width, c).transpose(0, 3, 1, 2), cache


def spatial_batchnorm_backward(dout, cache):
    dx, dgamma, dbeta = batchnorm_backward(dout.transpose(0, 2, 3, 1).reshape(-1, dout.shape[1]), cache)
    return dx.reshape(dout.shape), dgamma, dbeta


# %% height and width exchanged on the way back -> square-only, transpose


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    n, c, height, width = x.shape
    out, cache = batchnorm_forward(x.transpose(0, 2, 3, 1).reshape(-1, c), gamma, beta, bn_param)
    return out.reshape(n, width, height, c).transpose(0, 3, 1, 2), (x.shape, cache)


# %% height and width exchanged altogether -> transpose


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    n, c, height, width = x.shape
    out, cache = batchnorm_forward(x.transpose(0, 2, 3, 1).reshape(-1, c), gamma, beta, bn_param)
    return out.reshape(n, height, width, c).transpose(0, 3, 2, 1), (x.shape, cache)


# %% each image has its own statistics -> per-image-statistics


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    outs, caches = [], []
    for image in x:
        c, height, width = image.shape
        out, cache = batchnorm_forward(image.reshape(c, -1).T, gamma, beta, bn_param)
        outs.append(out.T.reshape(c, height, width))
        caches.append(cache)
    return np.stack(outs), caches


def spatial_batchnorm_backward(dout, cache):
    dxs, dgamma, dbeta = [], 0, 0
    for image, rows in zip(dout, cache, strict=True):
        c, height, width = image.shape
        dx, dg, db = batchnorm_backward(image.reshape(c, -1).T, rows)
        dxs.append(dx.T.reshape(c, height, width))
        dgamma, dbeta = dgamma + dg, dbeta + db
    return np.stack(dxs), dgamma, dbeta


# %% each pixel has its own statistics -> per-pixel-statistics


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    n, c, height, width = x.shape
    size = height * width
    inner = {key: np.repeat(value, size) if key[:4] == "runn" else value for key, value in bn_param.items()}
    rows = x.reshape(n, -1)
    out, cache = batchnorm_forward(rows, np.repeat(gamma, size), np.repeat(beta, size), inner)
    if bn_param["mode"] == "train":
        for key in ("running_mean", "running_var"):
            bn_param[key] = inner[key].reshape(c, size).mean(axis=1)
    return out.reshape(x.shape), cache


def spatial_batchnorm_backward(dout, cache):
    n, c = dout.shape[:2]
    dx, dgamma, dbeta = batchnorm_backward(dout.reshape(n, -1), cache)
    return dx.reshape(dout.shape), dgamma.reshape(c, -1).sum(axis=1), dbeta.reshape(c, -1).sum(axis=1)


# %% the running statistics are lost in a copy -> running-not-updated


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    n, c, height, width = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, c)
    out, cache = batchnorm_forward(rows, gamma, beta, dict(bn_param))
    return out.reshape(n, height, width, c).transpose(0, 3, 1, 2), (x.shape, cache)


# %% a batch at a time, so that the running statistics move once per image -> none


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    n, c, height, width = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, c)
    for _ in range(n):
        out, cache = batchnorm_forward(rows, gamma, beta, bn_param)
    return out.reshape(n, height, width, c).transpose(0, 3, 1, 2), (x.shape, cache)


# %% dgamma and dbeta averaged over the pixels -> over-size


def spatial_batchnorm_backward(dout, cache):
    shape, rows_cache = cache
    n, c, height, width = shape
    rows = dout.transpose(1, 0, 2, 3).reshape(c, -1).T
    dx, dgamma, dbeta = batchnorm_backward(rows, rows_cache)
    dx = dx.T.reshape(c, n, height, width).transpose(1, 0, 2, 3)
    return dx, dgamma / (height * width), dbeta / (height * width)


# %% the paths through mean and variance divided by N alone -> n-for-nhw


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    n, c, height, width = x.shape
    out, cache = batchnorm_forward(x.transpose(0, 2, 3, 1).reshape(-1, c), gamma, beta, bn_param)
    return out.reshape(n, height, width, c).transpose(0, 3, 1, 2), (x.shape, cache)


def spatial_batchnorm_backward(dout, cache):
    (n, c, height, width), (rows, gamma, sigma, training) = cache
    x_hat = rows.reshape(n, height, width, c).transpose(0, 3, 1, 2)
    dbeta, dgamma = dout.sum(axis=(0, 2, 3)), (dout * x_hat).sum(axis=(0, 2, 3))
    dbeta4, dgamma4, scale = (v.reshape(1, c, 1, 1) for v in (dbeta, dgamma, gamma / sigma))
    return scale * (dout - training * (dbeta4 + x_hat * dgamma4) / n), dgamma, dbeta


# %% dgamma and dbeta summed over the images alone -> sum-missing


def spatial_batchnorm_backward(dout, cache):
    (n, c, height, width), rows_cache = cache
    dx, dgamma, _ = batchnorm_backward(dout.transpose(1, 0, 2, 3).reshape(c, -1).T, rows_cache)
    return dx.T.reshape(c, n, height, width).transpose(1, 0, 2, 3), dgamma, dout.sum(axis=0)
