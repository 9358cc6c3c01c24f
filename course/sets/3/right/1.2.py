"""1.2 ReLU: right answers, written differently."""

import numpy as np


# %% maximum with an array of zeros of its dtype, backward by indices
def relu_forward(x):
    return np.maximum(x, np.zeros_like(x)), np.nonzero(x > 0)


def relu_backward(dout, cache):
    dx = np.zeros_like(dout)
    dx[cache] = dout[cache]
    return dx


# %% list comprehension over flat numbers
def relu_forward(x):
    out = np.array([v if v > 0 else 0 for v in x.ravel().tolist()], dtype=x.dtype)
    return out.reshape(x.shape), out.reshape(x.shape)


def relu_backward(dout, cache):
    return np.multiply(dout, np.sign(cache), dtype=dout.dtype)
