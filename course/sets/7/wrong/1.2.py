"""1.2 ReLU: wrong answers."""

import numpy as np


# %% writes zeros into the dout of the caller -> argument-changed
# the backward pass writes the zeros into the caller's dout
def relu_forward(x):
    out = np.maximum(0, x)
    cache = x
    return out, cache


def relu_backward(dout, cache):
    x = cache
    dx = dout
    dx[x <= 0] = 0
    return dx


# %% mask from output -> missing-mask
# the mask tests the cached output for >= 0 which always holds
def relu_forward(x):
    out = np.maximum(x, 0)
    return out, out


def relu_backward(dout, cache):
    out = cache
    return dout * (out >= 0)
