"""5.1c max pooling, backward: right answers, written differently, each with its forward pass."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

# %% the course's cache, loops


def max_pool_forward(x, pool_param):
    ph, pw, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    out = sliding_window_view(x, (ph, pw), axis=(2, 3))[:, :, ::stride, ::stride].max(axis=(4, 5))
    return out, (x, pool_param)


def max_pool_backward(dout, cache):
    x, pool_param = cache
    ph, pw, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    dx = np.zeros_like(x)
    for n in range(dout.shape[0]):
        for c in range(dout.shape[1]):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    window = x[n, c, i * stride : i * stride + ph, j * stride : j * stride + pw]
                    u, v = np.unravel_index(np.argmax(window), window.shape)
                    dx[n, c, i * stride + u, j * stride + v] += dout[n, c, i, j]
    return dx


# %% numbers of the winning pixels, and np.add.at


def max_pool_forward(x, pool_param):
    ph, pw, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    pixels = np.arange(x.size).reshape(x.shape)
    windows, numbers = (
        sliding_window_view(a, (ph, pw), axis=(2, 3))[:, :, ::stride, ::stride].reshape(*x.shape[:2], -1, ph * pw)
        for a in (x, pixels)
    )
    winners = np.take_along_axis(numbers, windows.argmax(axis=-1)[..., None], axis=-1)[..., 0]
    shape = (*x.shape[:2], (x.shape[2] - ph) // stride + 1, (x.shape[3] - pw) // stride + 1)
    return windows.max(axis=-1).reshape(shape), (winners, x.shape)


def max_pool_backward(dout, cache):
    winners, shape = cache
    dx = np.zeros(int(np.prod(shape)), dtype=dout.dtype)
    np.add.at(dx, winners.ravel(), dout.ravel())
    return dx.reshape(shape)


# %% element by element, with a mask of the outputs that are not yet paid


def max_pool_forward(x, pool_param):
    ph, pw, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    out = sliding_window_view(x, (ph, pw), axis=(2, 3))[:, :, ::stride, ::stride].max(axis=(4, 5))
    return out, (x, out, ph, pw, stride)


def max_pool_backward(dout, cache):
    x, out, ph, pw, stride = cache
    rows, columns = out.shape[2] * stride, out.shape[3] * stride
    dx, unpaid = np.zeros_like(x), np.ones(out.shape, dtype=bool)
    for u in range(ph):
        for v in range(pw):
            window = (slice(None), slice(None), slice(u, u + rows, stride), slice(v, v + columns, stride))
            element = x[window][:, :, : out.shape[2], : out.shape[3]]
            wins = unpaid & (element == out)
            dx[window][:, :, : out.shape[2], : out.shape[3]] += dout * wins
            unpaid &= ~wins
    return dx
