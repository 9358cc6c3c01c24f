"""1.4d batch norm of images: right answers, written differently."""

import numpy as np

from nnlib.layers.batch_norm import batchnorm_backward, batchnorm_forward


# %% moveaxis and back
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    last = np.moveaxis(x, 1, -1)
    out, cache = batchnorm_forward(np.ascontiguousarray(last).reshape(-1, x.shape[1]), gamma, beta, bn_param)
    return np.moveaxis(out.reshape(last.shape), -1, 1), {"rows": cache, "last": last.shape}


def spatial_batchnorm_backward(dout, cache):
    dx, dgamma, dbeta = batchnorm_backward(np.moveaxis(dout, 1, -1).reshape(-1, dout.shape[1]), cache["rows"])
    return np.moveaxis(dx.reshape(cache["last"]), -1, 1), dgamma, dbeta


# %% statistics over three axes, no reshape at all
AXES = (0, 2, 3)


def _wide(v):
    return v[np.newaxis, :, np.newaxis, np.newaxis]


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    eps, m = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    if train := bn_param["mode"] == "train":
        mu, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        for k, v in zip(("running_mean", "running_var"), (mu, var), strict=True):
            old = bn_param[k] if bn_param.get(k) is not None else np.zeros_like(v)
            bn_param[k] = m * old + (1 - m) * v
    else:
        mu, var = (bn_param[k].astype(x.dtype) for k in ("running_mean", "running_var"))
    sigma = np.sqrt(var + eps)
    xhat = (x - _wide(mu)) / _wide(sigma)
    return _wide(gamma) * xhat + _wide(beta), (xhat, sigma, gamma, train)


def spatial_batchnorm_backward(dout, cache):
    xhat, sigma, gamma, train = cache
    dbeta, dgamma = dout.sum(axis=(0, 2, 3)), (dout * xhat).sum(axis=(0, 2, 3))
    dx = dout
    if train:
        m = dout.size // dout.shape[1]
        dx = dout - _wide(dbeta) / m - xhat * _wide(dgamma) / m
    return dx * _wide(gamma / sigma), dgamma, dbeta


# %% a channel at a time with a bn_param of its own
def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    out, caches, new = np.empty_like(x), [], {"running_mean": [], "running_var": []}
    for c in range(C):
        own = {k: (v[c : c + 1] if k in new and v is not None else v) for k, v in bn_param.items()}
        rows, cache = batchnorm_forward(x[:, c].reshape(-1, 1), gamma[c : c + 1], beta[c : c + 1], own)
        out[:, c] = rows.reshape(N, H, W)
        caches.append(cache)
        for k in new:
            new[k].append(own[k])
    if bn_param["mode"] == "train":
        for k in new:
            bn_param[k] = np.concatenate(new[k])
    return out, caches


def spatial_batchnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    parts = [batchnorm_backward(dout[:, c].reshape(-1, 1), cache[c]) for c in range(C)]
    dx = np.stack([p[0].reshape(N, H, W) for p in parts], axis=1)
    return dx, np.concatenate([p[1] for p in parts]), np.concatenate([p[2] for p in parts])
