"""1.2 ReLU: wrong answers."""

import numpy as np


# %% ReLU6, as in a mobile network -> function-of-right
def relu_forward(x):
    return np.clip(x, 0, 1).astype(x.dtype), x


def relu_backward(dout, cache):
    return dout * (cache > 0)


# %% the mask of the first example for all -> examples-mixed
def relu_forward(x):
    return np.maximum(x, 0), x[:1] > 0


def relu_backward(dout, cache):
    return dout * cache
