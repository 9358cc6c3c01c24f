"""Batch normalisation with one temporary array per pass; over images, a few channels at a time, on threads.

What it saves: `batchnorm` and `spatial_batchnorm` in docs/bench.md.
"""

from __future__ import annotations

import numpy as np

from nnlib.fast import runtime
from nnlib.layers import arguments


def batchnorm_forward(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, bn_param: dict) -> tuple[np.ndarray, tuple]:
    """Normalise each column of x as `nnlib.layers.batchnorm_forward` does."""
    training, eps, momentum = arguments.batch_norm(x, gamma, beta, bn_param)
    if training:
        mean = x.mean(axis=0)
        centred = x - mean
        var = np.vecdot(centred, centred, axis=0) / len(x)
        for key, batch in zip(arguments.RUNNING, (mean, var), strict=True):
            running = np.zeros_like(batch) if bn_param.get(key) is None else bn_param[key]
            bn_param[key] = momentum * running + (1 - momentum) * batch
    else:
        mean, var = (bn_param[key].astype(x.dtype, copy=False) for key in arguments.RUNNING)
        centred = x - mean
    inv_sigma = 1 / np.sqrt(var + eps)  # (D,)
    out = centred * (gamma * inv_sigma)  # gamma Xhat in one pass over the batch
    out = np.add(out, beta, out=out if beta.dtype == out.dtype else None)
    return out, (centred, gamma, inv_sigma, training)


def batchnorm_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compute dx, dgamma and dbeta as `nnlib.layers.batchnorm_backward` does."""
    centred, gamma, inv_sigma, training = cache  # Xhat = centred * inv_sigma
    arguments.gradient(dout, centred.shape)
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
    """Normalise each channel of x as `nnlib.layers.spatial_batchnorm_forward` does."""
    training, _, _ = arguments.batch_norm(x, gamma, beta, bn_param, ndim=4)
    running = {key: bn_param[key] for key in arguments.RUNNING if bn_param.get(key) is not None}
    channels = x.transpose(1, 2, 3, 0)  # (C, H, W, N)
    out = np.empty(channels.shape, dtype=np.result_type(x, gamma, beta))

    def normalise_channels(part: slice) -> tuple[dict, tuple]:
        own_param = bn_param | {key: vector[part] for key, vector in running.items()}
        rows, cache = batchnorm_forward(_pixels_as_rows(channels[part]), gamma[part], beta[part], own_param)
        out[part] = _rows_as_pixels(rows, out[part].shape)
        return own_param, (part, cache)

    slices = runtime.cache_slices(len(channels), channels[:1].nbytes)
    own_params, caches = zip(*runtime.thread_map(normalise_channels, slices), strict=True)
    for key in arguments.RUNNING if training else ():
        bn_param[key] = np.concatenate([own_param[key] for own_param in own_params])
    return out.transpose(3, 0, 1, 2), (x.shape, caches)


def spatial_batchnorm_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compute dx, dgamma and dbeta as `nnlib.layers.spatial_batchnorm_backward` does."""
    shape, caches = cache
    arguments.gradient(dout, shape)
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
