"""5.1c max pooling, backward: right answers of set 8."""

import numpy as np

from nnlib.layers import arguments

# %% the flat index of each maximum, np.bincount


def max_pool_forward(x, pool_param):
    height, width, stride = arguments.max_pool(x, pool_param)
    windows = np.lib.stride_tricks.sliding_window_view(x, (height, width), axis=(2, 3))[:, :, ::stride, ::stride]
    numbers = np.arange(x.size).reshape(x.shape)
    places = np.lib.stride_tricks.sliding_window_view(numbers, (height, width), axis=(2, 3))[:, :, ::stride, ::stride]
    shape = windows.shape[:4]
    which = windows.reshape(*shape, -1).argmax(axis=4)
    chosen = np.take_along_axis(places.reshape(*shape, -1), which[..., None], axis=4)[..., 0]
    return x.ravel()[chosen], (chosen, x.shape)


def max_pool_backward(dout, cache):
    chosen, shape = cache
    dx = np.bincount(chosen.ravel(), weights=dout.ravel(), minlength=int(np.prod(shape)))
    return dx.reshape(shape).astype(dout.dtype)


# %% loops over images, channels and windows, np.unravel_index


def max_pool_forward(x, pool_param):
    height, width, stride = arguments.max_pool(x, pool_param)
    n, c, h, w = x.shape
    out = np.empty((n, c, (h - height) // stride + 1, (w - width) // stride + 1), dtype=x.dtype)
    for index in np.ndindex(out.shape):
        i, j = index[2] * stride, index[3] * stride
        out[index] = x[index[0], index[1], i : i + height, j : j + width].max()
    return out, (x, height, width, stride)


def max_pool_backward(dout, cache):
    x, height, width, stride = cache
    dx = np.zeros_like(x)
    for n, c, p, q in np.ndindex(dout.shape):
        window = x[n, c, p * stride : p * stride + height, q * stride : q * stride + width]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, p * stride + u, q * stride + v] += dout[n, c, p, q]
    return dx


# %% from the last element to the first, each overwrites the choice


def max_pool_forward(x, pool_param):
    height, width, stride = arguments.max_pool(x, pool_param)
    p, q = (x.shape[2] - height) // stride + 1, (x.shape[3] - width) // stride + 1
    out = np.full(x.shape[:2] + (p, q), -np.inf, dtype=x.dtype)
    winner = np.zeros(out.shape, dtype=np.int32)
    for k in reversed(range(height * width)):
        u, v = divmod(k, width)
        seen = x[:, :, u:, v:][:, :, ::stride, ::stride][:, :, :p, :q]
        better = seen >= out
        out[better] = seen[better]
        winner[better] = k
    return out, {"winner": winner, "shape": x.shape, **pool_param}


def max_pool_backward(dout, cache):
    dx = np.zeros(cache["shape"], dtype=dout.dtype)
    p, q = dout.shape[2:]
    for k in range(cache["pool_height"] * cache["pool_width"]):
        u, v = divmod(k, cache["pool_width"])
        target = dx[:, :, u:, v:][:, :, :: cache["stride"], :: cache["stride"]][:, :, :p, :q]
        target += np.where(cache["winner"] == k, dout, 0)
    return dx
