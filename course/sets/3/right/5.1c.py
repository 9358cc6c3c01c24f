"""5.1c max pooling, backward: right answers, written differently."""

import numpy as np


# %% one-hot winners, added back by offsets
def max_pool_backward(dout, cache):
    winner, shape, (h, w, s) = cache
    p, q = dout.shape[2:]
    dx = np.zeros(shape, dout.dtype)
    for k in range(h * w):
        u, v = divmod(k, w)
        rows, columns = np.arange(p) * s + u, np.arange(q) * s + v
        dx[:, :, rows[:, None], columns] += np.where(winner == k, dout, 0)
    return dx
