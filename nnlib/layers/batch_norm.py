"""Batch normalisation (Q1, item 1.4; Ioffe and Szegedy, ICML 2015).

Each feature is normalised over the batch, then given a learned scale and shift. For one feature, over n = 1..N:

    mu = 1/N sum_n X[n]            var = 1/N sum_n (X[n] - mu)^2 (biased)            sigma = sqrt(var + eps)
    Xhat[n] = (X[n] - mu) / sigma                                      Y[n] = gamma Xhat[n] + beta

X[n] acts on the loss by three ways: directly, through mu, and through sigma, where

    dmu/dX[n] = 1/N                dsigma/dX[n] = (X[n] - mu) / (N sigma) = Xhat[n] / N

(mu's own effect on sigma vanishes, because sum_n (X[n] - mu) = 0). With G = dL/dY and dL/dXhat = gamma G:

    dL/dgamma = sum_m G[m] Xhat[m]           dL/dbeta = sum_m G[m]
    dL/dmu    = -gamma/sigma sum_m G[m]      dL/dsigma = -gamma/sigma sum_m G[m] Xhat[m]
    dL/dX[n]  = gamma/sigma G[n] + dL/dmu dmu/dX[n] + dL/dsigma dsigma/dX[n]
              = gamma/sigma (G[n] - 1/N dL/dbeta - Xhat[n] 1/N dL/dgamma)

In test mode mu and sigma are constants, the running averages, and dL/dX = gamma/sigma G. gamma and beta are learned;
the running averages are not.
"""

from __future__ import annotations

import numpy as np

from nnlib import checks
from nnlib.fast import runtime

RUNNING = ("running_mean", "running_var")


def batchnorm_forward(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, bn_param: dict) -> tuple[np.ndarray, tuple]:
    """Normalise each column of x, then scale and shift it.

    Args:
        x: inputs, (N, D).
        gamma: learned scale, (D,).
        beta: learned shift, (D,).
        bn_param: `mode`, 'train' or 'test'; `eps` (1e-5); `momentum` (0.9); `running_mean` and `running_var`, (D,).
            In train mode the running statistics are rebound to new arrays in this dictionary (zeros before the first
            call): running = momentum * running + (1 - momentum) * batch, with the biased variance.

    Returns:
        out: (N, D).
        cache: what `batchnorm_backward` needs.

    Raises:
        TypeError: an argument that is not a floating-point array.
        ValueError: shapes that do not fit, another mode, or test mode without running statistics.
    """
    checks.floating("x", x, ndim=2)
    features = (x.shape[1],)
    for name, vector in (("gamma", gamma), ("beta", beta)):
        checks.shape(name, checks.floating(name, vector), features, "One value for each column of x.")
    training, eps, momentum = batch_norm_options(bn_param)
    if training:
        checks.require(x.shape[0] > 0, "x", "at least one example in train mode", f"shape {x.shape}")
        mean = x.mean(axis=0)
        centred = x - mean
        var = np.vecdot(centred, centred, axis=0) / len(x)
        for key, batch in zip(RUNNING, (mean, var), strict=True):
            running = _running(bn_param, key, features, default=np.zeros_like(batch))
            bn_param[key] = momentum * running + (1 - momentum) * batch
    else:
        centred = x - _running(bn_param, "running_mean", features).astype(x.dtype, copy=False)
        var = _running(bn_param, "running_var", features).astype(x.dtype, copy=False)
    inv_sigma = 1 / np.sqrt(var + eps)  # (D,)
    out = centred * (gamma * inv_sigma)  # gamma Xhat in one pass over the batch
    out += beta
    return out, (centred, gamma, inv_sigma, training)


def batchnorm_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compute the gradients of batch normalisation, in the mode of its forward pass.

    Args:
        dout: dL/dY, (N, D).
        cache: from `batchnorm_forward`.

    Returns:
        dx: (N, D).
        dgamma: (D,).
        dbeta: (D,).
    """
    centred, gamma, inv_sigma, training = cache  # Xhat = centred * inv_sigma
    checks.shape("dout", dout, centred.shape, "It has the shape of the layer's output.")
    dbeta = dout.sum(axis=0)
    dgamma = np.vecdot(dout, centred, axis=0) * inv_sigma
    if training:
        num_examples = len(dout)
        dx = centred * (-inv_sigma * dgamma / num_examples)  # G - dbeta/N - Xhat dgamma/N, with one temporary array
        dx += dout
        dx -= dbeta / num_examples
        dx *= gamma * inv_sigma
    else:
        dx = dout * (gamma * inv_sigma)
    return dx, dgamma, dbeta


def spatial_batchnorm_forward(
    x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, bn_param: dict
) -> tuple[np.ndarray, tuple]:
    """Normalise each channel of x over the batch and over space: every pixel is an example of its channel.

    Args:
        x: inputs, (N, C, H, W).
        gamma: learned scale, (C,).
        beta: learned shift, (C,).
        bn_param: as for `batchnorm_forward`, the running statistics of shape (C,).

    Returns:
        out: (N, C, H, W).
        cache: what `spatial_batchnorm_backward` needs.
    """
    checks.floating("x", x, ndim=4)
    channels = x.transpose(1, 2, 3, 0)  # (C, H, W, N)
    for name, vector in (("gamma", gamma), ("beta", beta)):
        checks.shape(name, checks.floating(name, vector), channels.shape[:1], "One value for each channel of x.")
    running = {key: bn_param[key] for key in RUNNING if bn_param.get(key) is not None}
    for key, vector in running.items():
        checks.shape(f"bn_param[{key!r}]", vector, channels.shape[:1], "One value for each channel of x.")
    out = np.empty(channels.shape, dtype=x.dtype)

    def normalise_channels(part: slice) -> tuple[dict, tuple]:
        own_param = bn_param | {key: vector[part] for key, vector in running.items()}
        rows, cache = batchnorm_forward(_pixels_as_rows(channels[part]), gamma[part], beta[part], own_param)
        out[part] = _rows_as_pixels(rows, out[part].shape)
        return own_param, (part, cache)

    slices = runtime.cache_slices(len(channels), channels[:1].nbytes)
    own_params, caches = zip(*runtime.thread_map(normalise_channels, slices), strict=True)
    for key in RUNNING if bn_param["mode"] == "train" else ():
        bn_param[key] = np.concatenate([own_param[key] for own_param in own_params])
    return out.transpose(3, 0, 1, 2), (x.shape, caches)


def spatial_batchnorm_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compute dx (N, C, H, W), dgamma (C,) and dbeta (C,) from dout (N, C, H, W)."""
    shape, caches = cache
    checks.shape("dout", checks.floating("dout", dout), shape, "It has the shape of the layer's output.")
    channels = dout.transpose(1, 2, 3, 0)  # (C, H, W, N)
    dx = np.empty(channels.shape, dtype=dout.dtype)

    def differentiate_channels(part_and_cache: tuple[slice, tuple]) -> tuple[np.ndarray, np.ndarray]:
        part, own_cache = part_and_cache
        rows, dgamma, dbeta = batchnorm_backward(_pixels_as_rows(channels[part]), own_cache)
        dx[part] = _rows_as_pixels(rows, dx[part].shape)
        return dgamma, dbeta

    gradients = runtime.thread_map(differentiate_channels, caches)
    dgamma, dbeta = (np.concatenate(pieces) for pieces in zip(*gradients, strict=True))
    return dx.transpose(3, 0, 1, 2), dgamma, dbeta


def _pixels_as_rows(channels: np.ndarray) -> np.ndarray:
    """Return (C, H, W, N) as (H*W*N, C), a channel's values side by side in memory."""
    return channels.reshape(len(channels), -1).T


def _rows_as_pixels(rows: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    return rows.T.reshape(shape)


def batch_norm_options(bn_param: dict) -> tuple[bool, float, float]:
    """Return whether `bn_param` is in train mode, its eps and its momentum, checked."""
    mode, eps, momentum = bn_param.get("mode"), bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    checks.choice("bn_param['mode']", mode, ("train", "test"))
    checks.require(
        eps > 0, "bn_param['eps']", "a number above 0", eps, "A constant feature has no variance to divide by."
    )
    checks.require(0 <= momentum < 1, "bn_param['momentum']", "a number in [0, 1)", momentum)
    return mode == "train", float(eps), float(momentum)  # a np.float64 would widen float32 statistics


def _running(bn_param: dict, key: str, shape: tuple[int], default: np.ndarray | None = None) -> np.ndarray:
    running = bn_param.get(key, default)
    checks.require(
        running is not None, f"bn_param[{key!r}]", f"an array {shape} in test mode", "none", "Run train mode first."
    )
    checks.shape(f"bn_param[{key!r}]", running, shape, "One value for each column of x.")
    return running
