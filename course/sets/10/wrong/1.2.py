"""1.2 ReLU: wrong answers of set 10."""

import numpy as np


def relu_forward(x):
    return np.maximum(x, 0), x


# %% lets the gradient pass at zero -> gradient-at-zero


def relu_backward(dout, cache):
    return dout * (cache >= 0)


# %% the mask from the gradient -> mask-from-gradient


def relu_backward(dout, cache):
    return np.maximum(dout, 0)


# %% both masks -> unfilled


def relu_backward(dout, cache):
    dx = dout.copy()
    dx[cache <= 0] = 0
    dx[dout <= 0] = 0
    return dx


# %% multiplied by the output -> times-input


def relu_backward(dout, cache):
    return dout * np.maximum(cache, 0)


# %% a boolean comparison as gradient -> ignores-dout


def relu_backward(dout, cache):
    return (cache > 0).astype(dout.dtype)


# %% zeros in the caller's gradient -> argument-changed


def relu_backward(dout, cache):
    dout[cache <= 0] = 0
    return dout


# %% zeros in the caller's input -> argument-changed


def relu_forward(x):
    mask = x > 0
    x *= mask
    return x, mask


def relu_backward(dout, cache):
    return dout * cache


# %% clips at six -> function-of-right, one-index, unfilled, not-clipped


def relu_forward(x):
    return np.clip(x, 0, 6), x


def relu_backward(dout, cache):
    return dout * ((cache > 0) & (cache < 6))
