"""1.2 ReLU: right answers of set 11."""

import functools

import numpy as np

# %% a masked array inside


def relu_forward(x):
    masked = np.ma.masked_less_equal(x, 0)
    return masked.filled(0), np.ma.getmaskarray(masked)


def relu_backward(dout, cache):
    return np.ma.array(dout, mask=cache).filled(0)


# %% np.piecewise and a decorator that keeps shapes


def _elementwise(function):
    @functools.wraps(function)
    def wrapped(x, *rest):
        return function(x.ravel(), *rest).reshape(x.shape)

    return wrapped


@_elementwise
def _positive(x):
    return np.piecewise(x, [x > 0], [lambda v: v, 0])


def relu_forward(x):
    return _positive(x), np.sign(_positive(x))


def relu_backward(dout, cache):
    return dout * cache


# %% np.fmax, bits packed


def relu_forward(x):
    bits = np.packbits(x > 0)
    return np.fmax(x, np.zeros((), x.dtype)), (bits, x.shape)


def relu_backward(dout, cache):
    bits, shape = cache
    size = int(np.prod(shape))
    mask = np.unpackbits(bits, count=size).astype(bool).reshape(shape)
    dx = np.zeros_like(dout)
    np.copyto(dx, dout, where=mask)
    return dx
