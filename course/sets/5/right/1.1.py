"""1.1 fully connected layer: right answers."""

import numpy as np


# %% the bias as one more input, the backward pass a closure in the cache
def fc_forward(x, w, b):
    ones = np.ones((len(x), 1), dtype=x.dtype)
    extended = np.hstack([x, ones])  # (N, Din + 1)
    stacked = np.vstack([w, b[None, :]])  # (Din + 1, Dout)

    def backward(dout):
        dstacked = np.einsum("ni,nj->ij", extended, dout, optimize=True)
        dextended = np.einsum("nj,ij->ni", dout, stacked, optimize=True)
        return dextended[:, :-1], dstacked[:-1], dstacked[-1]

    return np.asfortranarray(extended @ stacked), backward


def fc_backward(dout, cache):
    return cache(dout)
