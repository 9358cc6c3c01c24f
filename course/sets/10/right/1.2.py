"""1.2 ReLU: right answers of set 10."""

import numpy as np

# %% half of x plus its absolute value, and the sign of the output


def relu_forward(x):
    out = (x + np.abs(x)) / 2
    return out, out


def relu_backward(dout, cache):
    return dout * np.sign(cache)


# %% piecewise, and heaviside


def relu_forward(x: np.ndarray):
    return np.piecewise(x, [x > 0], [lambda v: v, 0]), x


def relu_backward(dout: np.ndarray, cache):
    return dout * np.heaviside(cache, 0).astype(dout.dtype)


# %% the places of the positive elements as cache


def relu_forward(x):
    where = np.flatnonzero(x > 0)
    out = np.zeros_like(x)
    out.flat[where] = x.flat[where]
    return out, where


def relu_backward(dout, cache):
    dx = np.zeros_like(dout)
    dx.flat[cache] = dout.flat[cache]
    return dx


# %% sets to zero in its own copy, and a cached array of negatives

_ZERO = 0.0


def relu_forward(x):
    out = x.copy()
    negative = x <= _ZERO
    out[negative] = _ZERO
    return out, {"negative": negative}


def relu_backward(dout, cache):
    return np.where(cache["negative"], np.zeros((), dtype=dout.dtype), dout)
