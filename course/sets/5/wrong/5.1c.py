"""5.1c max pooling, backward: wrong answers."""

import numpy as np


# %% = where windows overlap -> overwrites-overlaps
# an element that wins in several windows keeps only the last gradient where they should be added
def max_pool_forward(x, pool_param):
    N, C, H, W = x.shape
    ph, pw, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    P, Q = (H - ph) // s + 1, (W - pw) // s + 1
    out = np.zeros((N, C, P, Q), dtype=x.dtype)
    for p in range(P):
        for q in range(Q):
            out[:, :, p, q] = x[:, :, p * s : p * s + ph, q * s : q * s + pw].max(axis=(2, 3))
    return out, (x, pool_param)


def max_pool_backward(dout, cache):
    x, pool_param = cache
    N, C, _, _ = x.shape
    ph, pw, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    dx = np.zeros(x.shape, dtype=dout.dtype)
    n, c = np.ogrid[:N, :C]
    for p in range(dout.shape[2]):
        for q in range(dout.shape[3]):
            window = x[:, :, p * s : p * s + ph, q * s : q * s + pw].reshape(N, C, -1)
            index = window.argmax(axis=2)
            dx[n, c, p * s + index // pw, q * s + index % pw] = dout[:, :, p, q]
    return dx


# %% the flat index divided by the height -> square-only, misplaced
# the argmax is split by pool_height where its rows have pool_width elements so only square windows come out right
def max_pool_backward(dout, cache):
    winner, x_shape, (ph, pw, s) = cache
    dx = np.zeros(x_shape, dtype=dout.dtype)
    N, C, P, Q = dout.shape
    n, c, p, q = np.ogrid[:N, :C, :P, :Q]
    rows = np.minimum(p * s + winner // ph, x_shape[2] - 1)
    columns = np.minimum(q * s + winner % ph, x_shape[3] - 1)
    np.add.at(dx, (n, c, rows, columns), dout)
    return dx
