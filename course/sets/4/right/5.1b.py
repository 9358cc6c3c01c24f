"""5.1b max pooling, forward: right answers, written differently."""

import numpy as np


# %% rows first, then columns, the winner by equality
def max_pool_forward(x, pool_param):
    h, w, s = (pool_param[k] for k in ("pool_height", "pool_width", "stride"))
    p, q = (x.shape[2] - h) // s + 1, (x.shape[3] - w) // s + 1
    rows = np.stack([x[:, :, i * s : i * s + h].max(axis=2) for i in range(p)], axis=2)
    out = np.stack([rows[..., j * s : j * s + w].max(axis=3) for j in range(q)], axis=3)
    winner = np.full(out.shape, -1)
    for k in reversed(range(h * w)):
        part = x[:, :, k // w : k // w + (p - 1) * s + 1 : s, k % w : k % w + (q - 1) * s + 1 : s]
        winner[part == out] = k
    return out, (winner, x.shape, (h, w, s))
