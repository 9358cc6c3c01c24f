"""1.2 ReLU: wrong answers of set 8."""

import numpy as np

from nnlib import checks

# %% a leaky ReLU -> not-clipped


def relu_forward(x):
    checks.floating("x", x)
    return np.where(x > 0, x, x * 0.01), x


# %% the caller's array is clipped in place -> argument-changed


def relu_forward(x):
    checks.floating("x", x)
    cache = x > 0
    np.maximum(x, 0, out=x)
    return x, cache


def relu_backward(dout, cache):
    return dout * cache


# %% the mask of >= 0 kept as cache -> gradient-at-zero


def relu_forward(x):
    checks.floating("x", x)
    return x.clip(min=0), np.signbit(x)


def relu_backward(dout, cache):
    return np.where(cache, 0, dout)


# %% backward multiplies with the output itself -> times-input


def relu_forward(x):
    checks.floating("x", x)
    out = np.maximum(x, 0)
    return out, out


def relu_backward(dout, cache):
    return dout * cache
