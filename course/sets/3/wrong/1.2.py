"""1.2 ReLU: wrong answers."""

import numpy as np


# %% a leak in backward alone -> not-clipped, missing-mask
def relu_forward(x):
    return np.maximum(x, 0), x


def relu_backward(dout, cache):
    return np.where(cache > 0, dout, 0.01 * dout)


# %% the threshold is 1 -> unfilled
def relu_forward(x):
    return np.where(x > 1, x, 0).astype(x.dtype), x


def relu_backward(dout, cache):
    return dout * (cache > 1)


# %% the maximum over the whole array -> function-of-right
def relu_forward(x):
    return np.max(x) * (x > 0), x > 0


# %% backward gives the function's value -> times-input, ignores-dout, needless-argument
def relu_forward(x):
    return np.maximum(x, 0), x


def relu_backward(dout, cache):
    return np.maximum(cache, 0)


# %% a logistic unit in backward -> needless-argument
def relu_forward(x):
    return np.maximum(x, 0), x


def relu_backward(dout, cache):
    return dout / (1 + np.exp(-cache))
