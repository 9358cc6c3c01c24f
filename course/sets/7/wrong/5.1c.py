"""5.1c max pooling, backward: wrong answers."""

import numpy as np


# %% overlap overwritten -> overwrites-overlaps
# where windows overlap the last window's gradient replaces the others instead of being added
def max_pool_backward(dout, cache):
    winner, x_shape, (_ph, pw, stride) = cache
    N, C, P, Q = dout.shape
    dx = np.zeros(x_shape, dtype=dout.dtype)
    n, c = np.ogrid[:N, :C]
    for i in range(P):
        for j in range(Q):
            index = winner[:, :, i, j]
            dx[n, c, i * stride + index // pw, j * stride + index % pw] = dout[:, :, i, j]
    return dx


# %% divides by height -> square-only
# the winner's number is split into row and column by the window's height instead of its width
def max_pool_backward(dout, cache):
    winner, x_shape, sizes = cache
    height, _width, stride = sizes
    N, C, P, Q = dout.shape
    dx = np.zeros(x_shape, dtype=dout.dtype)
    n, c = np.ogrid[:N, :C]
    for p in range(P):
        for q in range(Q):
            u, v = np.divmod(winner[:, :, p, q], height)
            dx[n, c, p * stride + u, q * stride + v] += dout[:, :, p, q]
    return dx
