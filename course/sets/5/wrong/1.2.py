"""1.2 ReLU: wrong answers."""

import numpy as np


# %% the output in the cache and >= -> missing-mask
# the cache holds the output and backward asks out >= 0 which is true everywhere so nothing is blocked
def relu_forward(x):
    out = np.maximum(0, x)
    cache = out
    return out, cache


def relu_backward(dout, cache):
    dx = dout * (cache >= 0)
    return dx


# %% zeroes dout in place -> argument-changed
# backward writes zeros into the caller's dout and returns that same array
def relu_forward(x):
    mask = x <= 0
    out = x.copy()
    out[mask] = 0
    return out, mask


def relu_backward(dout, cache):
    mask = cache
    dout[mask] = 0
    dx = dout
    return dx
