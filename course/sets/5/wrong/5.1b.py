"""5.1b max pooling, forward: wrong answers."""

import numpy as np


# %% the stride ignored -> stride-ignored
# windows are as far apart as they are large where they should be `stride` apart
def max_pool_forward(x, pool_param):
    N, C, H, W = x.shape
    ph, pw = pool_param["pool_height"], pool_param["pool_width"]
    P, Q = H // ph, W // pw
    windows = x[:, :, : P * ph, : Q * pw].reshape(N, C, P, ph, Q, pw)
    windows = windows.transpose(0, 1, 2, 4, 3, 5).reshape(N, C, P, Q, ph * pw)
    winner = windows.argmax(axis=-1)
    out = windows.max(axis=-1)
    return out, (winner, x.shape, (ph, pw, ph))


# %% height and width of the window exchanged -> square-only, window-size
# each window is pool_width rows by pool_height columns so only square windows come out right
def max_pool_forward(x, pool_param):
    N, C, H, W = x.shape
    ph, pw, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    H_out = (H - ph) // s + 1
    W_out = (W - pw) // s + 1
    out = np.zeros((N, C, H_out, W_out), dtype=x.dtype)
    winner = np.zeros(out.shape, dtype=int)
    for i in range(H_out):
        for j in range(W_out):
            window = x[:, :, i * s : i * s + pw, j * s : j * s + ph].reshape(N, C, -1)
            out[:, :, i, j] = window.max(axis=2)
            winner[:, :, i, j] = window.argmax(axis=2)
    return out, (winner, x.shape, (ph, pw, s))
