"""Batch normalisation with one temporary array, the centred input; over images, a few channels at a time, on threads.

What it saves: `batchnorm` and `spatial_batchnorm` in docs/bench.md.
"""

from __future__ import annotations

import numpy as np

from nnlib.fast import runtime
from nnlib.layers import arguments


def batchnorm_forward(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, bn_param: dict) -> tuple[np.ndarray, tuple]:
    """Normalise each column of x as `nnlib.layers.batchnorm_forward` does."""
    checked = arguments.batch_norm(x, gamma, beta, bn_param)
    out = np.empty_like(x, dtype=np.result_type(x, gamma, beta))
    return out, _normalise(x, gamma, beta, bn_param, checked, out)


def _normalise(
    x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, bn_param: dict, checked: tuple, out: np.ndarray
) -> tuple:
    """Write the output into `out`, of x's shape; return the cache. `checked` is what arguments.batch_norm returned."""
    training, eps, momentum = checked
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
    np.multiply(centred, gamma * inv_sigma, out=out)  # gamma Xhat in one pass over the batch
    out += beta
    return centred, gamma, inv_sigma, training


def batchnorm_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compute dx, dgamma and dbeta as `nnlib.layers.batchnorm_backward` does."""
    arguments.gradient(dout, cache[0].shape)
    dx = np.empty_like(dout, dtype=np.result_type(dout, *cache[:3]))
    return dx, *_differentiate(dout, cache, dx)


def _differentiate(dout: np.ndarray, cache: tuple, dx: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Write the gradient of the input into `dx`, of its shape; return dgamma and dbeta."""
    centred, gamma, inv_sigma, training = cache  # Xhat = centred * inv_sigma
    dbeta = dout.sum(axis=0)
    dgamma = np.vecdot(dout, centred, axis=0) * inv_sigma
    if training:
        num_examples = len(dout)
        np.multiply(centred, -inv_sigma * dgamma / num_examples, out=dx)  # G - dbeta/N - Xhat dgamma/N, all within dx
        dx += dout
        dx -= dbeta / num_examples
        dx *= gamma * inv_sigma
    else:
        np.multiply(dout, gamma * inv_sigma, out=dx)
    return dgamma, dbeta


def spatial_batchnorm_forward(
    x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, bn_param: dict
) -> tuple[np.ndarray, tuple]:
    """Normalise each channel of x as `nnlib.layers.spatial_batchnorm_forward` does."""
    checked = training, _, _ = arguments.batch_norm(x, gamma, beta, bn_param, ndim=4)
    running = {key: bn_param[key] for key in arguments.RUNNING if bn_param.get(key) is not None}
    channels = x.transpose(1, 2, 3, 0)  # (C, H, W, N)
    out = np.empty(channels.shape, dtype=np.result_type(x, gamma, beta))

    def normalise_channels(part: slice) -> tuple[dict, tuple]:
        own_param = bn_param | {key: vector[part] for key, vector in running.items()}
        rows, own_out = (_pixels_as_rows(array[part]) for array in (channels, out))  # of `out` it is a view
        return own_param, (part, _normalise(rows, gamma[part], beta[part], own_param, checked, own_out))

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
        rows, own_dx = (_pixels_as_rows(array[part]) for array in (channels, dx))  # of `dx` it is a view
        return _differentiate(rows, own_cache, own_dx)

    gradients = runtime.thread_map(differentiate_channels, caches)
    dgamma, dbeta = (np.concatenate(pieces) for pieces in zip(*gradients, strict=True))
    return dx.transpose(3, 0, 1, 2), dgamma, dbeta


def _pixels_as_rows(channels: np.ndarray) -> np.ndarray:
    """Return (C, H, W, N) as (H*W*N, C), a channel's values side by side in memory."""
    return channels.reshape(len(channels), -1).T
