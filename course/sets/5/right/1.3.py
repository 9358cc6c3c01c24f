"""1.3 dropout: right answers."""

import numpy as np

from nnlib.layers import arguments


# %% a small class does both modes, the mask kept in the type of x
class _Scaled:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, array):
        return np.multiply(array, self.factor, dtype=array.dtype)


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        scaled = _Scaled(x.dtype.type(p))
    else:
        mask = np.zeros(x.shape, dtype=x.dtype)
        mask[arguments.uniform(x.shape, dropout_param) < p] = 1
        scaled = _Scaled(mask)
    return scaled(x), scaled


def dropout_backward(dout, cache):
    return cache(dout)
