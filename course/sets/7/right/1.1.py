"""1.1 fully connected layer: right answers."""

import numpy as np


# %% homogeneous coordinates
def fc_forward(x, w, b):
    ones = np.ones((x.shape[0], 1), dtype=x.dtype)
    extended = np.hstack([x, ones])
    return extended @ np.vstack([w, b[np.newaxis]]), (extended, w)


def fc_backward(dout, cache):
    extended, w = cache
    stacked = (dout.T @ extended).T
    return np.einsum("nj,ij->ni", dout, w, optimize=True), stacked[:-1], stacked[-1]
