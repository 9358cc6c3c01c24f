"""5.1b max pooling, forward: wrong answers."""

import numpy as np


# %% pool size for stride -> stride-ignored
# the windows start at multiples of the pool size instead of the stride
def max_pool_forward(x, pool_param):
    N, C, H, W = x.shape
    ph, pw, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    P = (H - ph) // stride + 1
    Q = (W - pw) // stride + 1
    out = np.zeros((N, C, P, Q), dtype=x.dtype)
    for i in range(P):
        for j in range(Q):
            window = x[:, :, i * ph : (i + 1) * ph, j * pw : (j + 1) * pw]
            out[:, :, i, j] = np.max(window, axis=(2, 3))
    return out, (x, pool_param)


# %% maximum starts at zero -> starts-at-zero
# the running maximum starts from zeros so a window of negative numbers gives 0
def max_pool_forward(x, pool_param):
    n, c, height, width = x.shape
    ph, pw, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    p, q = 1 + (height - ph) // s, 1 + (width - pw) // s
    out = np.zeros((n, c, p, q), dtype=x.dtype)
    for u in range(ph):
        for v in range(pw):
            candidate = x[:, :, u : u + (p - 1) * s + 1 : s, v : v + (q - 1) * s + 1 : s]
            out = np.maximum(out, candidate)
    return out, (x, pool_param)
