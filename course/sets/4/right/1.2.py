"""1.2 ReLU: right answers, written differently."""

import numpy as np


# %% a mask as a multiplier of the input's dtype
def relu_forward(x):
    mask = (x > 0).astype(x.dtype)
    return mask * x, mask


def relu_backward(dout, cache):
    return np.einsum("...,...->...", cache, dout)


# %% maximum in place on a copy, the output as the cache
def relu_forward(x):
    out = np.array(x, copy=True, order="F")
    np.maximum(out, 0, out=out)
    return out, out


def relu_backward(dout, cache):
    return np.where(cache, dout, 0).astype(dout.dtype)
