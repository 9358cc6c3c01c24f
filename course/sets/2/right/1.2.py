"""1.2 ReLU: right answers, written differently."""

import numpy as np

ZERO = 0


# %% half the sum of x and its size
def relu_forward(x):
    return (x + np.abs(x)) / 2, x


def relu_backward(dout, cache):
    return np.where(cache > ZERO, dout, dout.dtype.type(0))


# %% a product with the step function, in place on an own copy
def relu_forward(x):
    out = x.copy()
    out[x < 0] = 0
    return out, (out,)


def relu_backward(dout, cache):
    (out,) = cache
    dx = np.array(dout)
    dx[out <= 0] = 0
    return dx


# %% clip, and heaviside
def relu_forward(x):
    return np.clip(x, 0, None), x


def relu_backward(dout, cache):
    return dout * np.heaviside(cache, np.zeros((), cache.dtype)).astype(dout.dtype)


# %% a list of the places, by flat indices
def relu_forward(x):
    places = np.flatnonzero(x > 0)
    out = np.zeros_like(x)
    out.flat[places] = x.flat[places]
    return out, {"places": places, "shape": x.shape}


def relu_backward(dout, cache):
    dx = np.zeros(cache["shape"], dtype=dout.dtype)
    dx.flat[cache["places"]] = dout.flat[cache["places"]]
    return dx
