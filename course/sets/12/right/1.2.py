"""1.2 ReLU: right answers of set 12."""

import numpy as np

# %% bits of the mask


def relu_forward(x):
    positive = x > 0
    return np.where(positive, x, x.dtype.type(0)), (np.packbits(positive), x.shape)


def relu_backward(dout, cache):
    bits, shape = cache
    size = int(np.prod(shape))
    mask = np.unpackbits(bits, count=size).reshape(shape).astype(bool)
    dx = np.zeros_like(dout)
    dx[mask] = dout[mask]
    return dx


# %% a masked array


def relu_forward(x):
    masked = np.ma.masked_less_equal(x, 0)
    return masked.filled(0), np.ma.getmaskarray(masked)


def relu_backward(dout, cache):
    return np.ma.array(dout, mask=cache).filled(0)
