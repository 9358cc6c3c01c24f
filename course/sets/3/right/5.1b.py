"""5.1b max pooling, forward: right answers, written differently."""

import numpy as np


# %% amax of strided windows; cache as the repository's
def max_pool_forward(x, pool_param):
    h, w, s = (int(pool_param[k]) for k in ("pool_height", "pool_width", "stride"))
    n, c, height, width = x.shape
    p, q = (height - h) // s + 1, (width - w) // s + 1
    st = x.strides
    windows = np.lib.stride_tricks.as_strided(x, (n, c, p, q, h, w), (*st[:2], st[2] * s, st[3] * s, *st[2:]))
    flat = windows.reshape(n, c, p, q, -1)
    winner = flat.argmax(-1)
    return np.take_along_axis(flat, winner[..., None], -1)[..., 0], (winner, x.shape, (h, w, s))
