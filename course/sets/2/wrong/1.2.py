"""1.2 ReLU: wrong answers."""

import numpy as np


# %% forward takes the absolute value -> not-clipped
def relu_forward(x):
    return np.abs(x), x


def relu_backward(dout, cache):
    return dout * (cache > 0)


# %% forward compares with zeros of float64 -> float64-from-float32
def relu_forward(x):
    zeros = np.zeros(x.shape)
    return np.maximum(x, zeros), x


def relu_backward(dout, cache):
    return dout * (cache > 0)


# %% the minimum for the maximum -> minimum-with-0
def relu_forward(x):
    return np.minimum(0, x), x


def relu_backward(dout, cache):
    return dout * (cache > 0)


# %% the gradient is masked by its input and multiplied with it -> times-input
def relu_forward(x):
    out = np.maximum(0, x)
    return out, out


def relu_backward(dout, cache):
    return cache * dout


# %% the sign in place of the step -> not-clipped
def relu_forward(x):
    return np.maximum(0, x), x


def relu_backward(dout, cache):
    return dout * np.sign(cache)


# %% backward averages over the batch -> over-n
def relu_forward(x):
    return np.maximum(0, x), x


def relu_backward(dout, cache):
    return dout * (cache > 0) / cache.shape[0]


# %% backward makes the cached input its own mask -> cache-changed, argument-changed
def relu_forward(x):
    return np.maximum(0, x), x


def relu_backward(dout, cache):
    mask = cache
    mask[mask <= 0] = 0
    mask[mask > 0] = 1
    return dout * mask


# %% forward forgets the cache -> returns-too-few
def relu_forward(x):
    return np.maximum(0, x)
