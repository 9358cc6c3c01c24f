"""1.4d batch norm of images: wrong answers."""

import numpy as np

from nnlib.layers.batch_norm import batchnorm_backward, batchnorm_forward


# %% reshaped to (N, C H W): each pixel by itself, gamma repeated -> per-pixel-statistics, exception
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    n, c, h, w = x.shape
    own = {k: (np.repeat(v, h * w) if k.startswith("running") and v is not None else v) for k, v in bn_param.items()}
    out, cache = batchnorm_forward(x.reshape(n, -1), np.repeat(gamma, h * w), np.repeat(beta, h * w), own)
    if bn_param["mode"] == "train":
        for k in ("running_mean", "running_var"):
            bn_param[k] = own[k].reshape(c, -1).mean(1)
    return out.reshape(x.shape), cache


# %% dX alone is right: dgamma and dbeta keep the pixels -> sum-missing
def spatial_batchnorm_backward(dout, cache):
    shape, rows_cache = cache
    n, c, h, w = shape
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, c)
    dx, _, _ = batchnorm_backward(rows, rows_cache)
    xhat = rows_cache[0].reshape(n, h, w, c).transpose(0, 3, 1, 2)
    return dx.reshape(n, h, w, c).transpose(0, 3, 1, 2), (dout * xhat).sum(0), dout.sum(0)


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    n, c, h, w = x.shape
    out, cache = batchnorm_forward(x.transpose(0, 2, 3, 1).reshape(-1, c), gamma, beta, bn_param)
    return out.reshape(n, h, w, c).transpose(0, 3, 1, 2), (x.shape, cache)


# %% the way in puts channels and images in the wrong order -> channels-mixed, exception
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    n, c, h, w = x.shape
    rows, cache = batchnorm_forward(x.transpose(1, 0, 2, 3).reshape(-1, c), gamma, beta, bn_param)
    return rows.reshape(c, n, h, w).transpose(1, 0, 2, 3), (x.shape, cache)
