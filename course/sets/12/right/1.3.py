"""1.3 dropout: right answers of set 12."""

from dataclasses import dataclass

import numpy as np

from nnlib.layers import arguments

# %% places of the dropped ones


@dataclass
class Dropped:
    where: object
    factor: float


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    out = x.copy()
    if not training:
        out *= p
        return out, Dropped((), p)
    gone = np.nonzero(arguments.uniform(x.shape, dropout_param) >= p)
    out[gone] = 0
    return out, Dropped(gone, 1.0)


def dropout_backward(dout, cache):
    dx = np.array(dout)
    if cache.factor != 1.0 or not len(cache.where):
        return dx * cache.factor
    dx[cache.where] = 0
    return dx
