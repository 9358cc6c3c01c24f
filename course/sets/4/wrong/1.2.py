"""1.2 ReLU: wrong answers."""

import numpy as np


# %% np.max takes the 0 for an axis -> wrong-axis
def relu_forward(x):
    return np.max(x, 0), x


def relu_backward(dout, cache):
    return dout * (cache > 0)


# %% max of Python -> exception
def relu_forward(x):
    return max(0, x), x


def relu_backward(dout, cache):
    return dout * (cache > 0)


# %% backward sets what is positive to 1 and forgets the rest -> ignores-dout, not-proportional
def relu_forward(x):
    return x * (x > 0), x


def relu_backward(dout, cache):
    dx = dout.copy()
    dx[cache > 0] = 1
    return dx
