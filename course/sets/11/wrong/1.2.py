"""1.2 ReLU: wrong answers of set 11."""

import numpy as np

# %% a subgradient of one half at zero -> gradient-at-zero


def relu_backward(dout, cache):
    mask = cache if cache.dtype != bool else cache.astype(dout.dtype)
    return dout * mask


def relu_forward(x):
    return np.maximum(x, 0), np.heaviside(x, x.dtype.type(0.5))


# %% threshold at one where it should be at zero, in backward alone -> unfilled


def relu_forward(x):
    return np.maximum(x, 0), x > 1


# %% only where dout is positive, too (guided) -> mask-from-gradient


def relu_backward(dout, cache):
    return dout * cache * (dout > 0)
