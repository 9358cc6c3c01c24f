"""1.2 ReLU: right answers, written differently."""

import numpy as np

# %% the input as cache, np.where


def relu_forward(x):
    return np.where(x > 0, x, 0), x


def relu_backward(dout, cache):
    return np.where(cache > 0, dout, 0)


# %% by the absolute value


def relu_forward(x):
    return (x + np.abs(x)) / 2, x


def relu_backward(dout, cache):
    return (dout * (1 + np.sign(cache)) / 2 * (cache != 0)).astype(dout.dtype)


# %% in place on a copy, the output as cache


def relu_forward(x):
    out = x.copy()
    out[out < 0] = 0
    return out, out


def relu_backward(dout, cache):
    dx = dout.copy()
    dx[cache <= 0] = 0
    return dx


# %% loops over a flat copy


def relu_forward(x):
    out = np.zeros_like(x)
    for i in range(x.size):
        value = x.flat[i]
        out.flat[i] = value if value > 0 else 0.0
    return out, x


def relu_backward(dout, cache):
    dx = np.zeros_like(dout)
    for i in range(dout.size):
        dx.flat[i] = dout.flat[i] if cache.flat[i] > 0 else 0.0
    return dx


# %% clip, and the indices of positive elements


def relu_forward(x):
    return x.clip(min=0), np.flatnonzero(x > 0)


def relu_backward(dout, cache):
    dx = np.zeros(dout.size, dtype=dout.dtype)
    dx[cache] = dout.ravel()[cache]
    return dx.reshape(dout.shape)
