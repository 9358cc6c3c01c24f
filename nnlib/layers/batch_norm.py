"""Batch normalisation (Q1, item 1.4; Ioffe and Szegedy, ICML 2015).

Each feature is normalised over the batch, then given a learned scale and shift. For one feature, over n = 1..N:

    mu = 1/N sum_n X[n]            var = 1/N sum_n (X[n] - mu)^2 (biased)            sigma = sqrt(var + eps)
    Xhat[n] = (X[n] - mu) / sigma                                      Y[n] = gamma Xhat[n] + beta

X[n] affects the loss along three paths: directly, through mu, and through sigma, where

    dmu/dX[n] = 1/N                dsigma/dX[n] = (X[n] - mu) / (N sigma) = Xhat[n] / N

(mu's own effect on sigma vanishes, because sum_n (X[n] - mu) = 0). With G = dL/dY and dL/dXhat = gamma G:

    dL/dgamma = sum_n G[n] Xhat[n]           dL/dbeta = sum_n G[n]
    dL/dmu    = -gamma/sigma sum_n G[n]      dL/dsigma = -gamma/sigma sum_n G[n] Xhat[n]
    dL/dX[n]  = gamma/sigma G[n] + dL/dmu dmu/dX[n] + dL/dsigma dsigma/dX[n]
              = gamma/sigma (G[n] - 1/N dL/dbeta - Xhat[n] 1/N dL/dgamma)

In test mode mu and sigma are constants, the running averages, and dL/dX = gamma/sigma G. gamma and beta are learned;
the running averages are not.
"""

from __future__ import annotations

import numpy as np

from nnlib.layers import arguments


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
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        for key, batch in (("running_mean", mean), ("running_var", var)):
            running = np.zeros_like(batch) if bn_param.get(key) is None else bn_param[key]
            bn_param[key] = momentum * running + (1 - momentum) * batch
    else:
        mean, var = (bn_param[key].astype(x.dtype) for key in ("running_mean", "running_var"))
    sigma = np.sqrt(var + eps)  # (D,)
    x_hat = (x - mean) / sigma  # (N, D)
    out = gamma * x_hat + beta
    return out, (x_hat, gamma, sigma, training)


def batchnorm_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compute the gradients of batch normalisation, in the mode of its forward pass.

    Args:
        dout: dL/dY, (N, D).
        cache: from `batchnorm_forward`.

    Returns:
        dx: (N, D).
        dgamma: (D,).
        dbeta: (D,).

    Raises:
        TypeError, ValueError: dout is not a floating-point array of the output's shape.
    """
    x_hat, gamma, sigma, training = cache
    arguments.gradient(dout, x_hat.shape)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma / sigma * dout
    if training:  # the paths through mu and sigma
        dx -= gamma / sigma * (dbeta + x_hat * dgamma) / len(dout)
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

    Raises:
        TypeError, ValueError: as for `batchnorm_forward`.
    """
    arguments.batch_norm(x, gamma, beta, bn_param, ndim=4)
    rows, cache = batchnorm_forward(_as_rows(x), gamma, beta, bn_param)
    return _as_images(rows, x.shape), (x.shape, cache)


def spatial_batchnorm_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compute dx (N, C, H, W), dgamma (C,) and dbeta (C,) from dout (N, C, H, W).

    Raises:
        TypeError, ValueError: dout is not a floating-point array of the output's shape.
    """
    shape, rows_cache = cache
    arguments.gradient(dout, shape)
    rows, dgamma, dbeta = batchnorm_backward(_as_rows(dout), rows_cache)
    return _as_images(rows, shape), dgamma, dbeta


def _as_rows(images: np.ndarray) -> np.ndarray:
    """Return (N, C, H, W) as (N H W, C), a row for each pixel."""
    channels = images.transpose(1, 0, 2, 3)  # (C, N, H, W)
    return channels.reshape(len(channels), -1).T


def _as_images(rows: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return (N H W, C) as (N, C, H, W)."""
    n, c, height, width = shape
    return rows.T.reshape(c, n, height, width).transpose(1, 0, 2, 3)
