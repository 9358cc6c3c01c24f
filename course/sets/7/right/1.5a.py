"""1.5a three convolutions: right answers."""

import numpy as np


# %% full by shifted copies of a and the other two cut out of it
def conv_full(a, b):
    (rows, columns), (high, wide) = a.shape, b.shape
    out = np.zeros((rows + high - 1, columns + wide - 1), dtype=np.result_type(a, b))
    for (u, v), weight in np.ndenumerate(b):
        out[u : u + rows, v : v + columns] += weight * a
    return out


def conv_valid(a, b):
    (rows, columns), (high, wide) = a.shape, b.shape
    return conv_full(a, b)[high - 1 : rows, wide - 1 : columns]


def conv_filt(a, b):
    return conv_valid(a, np.rot90(b, 2))
