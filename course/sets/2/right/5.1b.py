"""5.1b max pooling, forward: right answers, written differently."""

import functools

import numpy as np


# %% sorted windows
def max_pool_forward(x, pool_param):
    h, w, s = (pool_param[k] for k in ("pool_height", "pool_width", "stride"))
    windows = np.lib.stride_tricks.sliding_window_view(x, (h, w), axis=(2, 3))[:, :, ::s, ::s]
    flat = windows.reshape(*windows.shape[:4], h * w)
    place = np.argsort(-flat, axis=-1, kind="stable")[..., 0]
    return np.sort(flat, axis=-1)[..., -1], (place, x.shape, (h, w, s))


# %% maxima of pairs, one after another
def max_pool_forward(x, pool_param):
    sizes = h, w, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    P, Q = 1 + (x.shape[2] - h) // s, 1 + (x.shape[3] - w) // s
    parts = [x[:, :, u : u + s * P : s, v : v + s * Q : s][:, :, :P, :Q] for u in range(h) for v in range(w)]
    return functools.reduce(np.maximum, parts).copy(), (np.argmax(np.array(parts), axis=0), x.shape, sizes)


# %% four loops and a running maximum from minus infinity
def max_pool_forward(x, pool_param):
    h, w, s = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    N, C, H, W = x.shape
    out = np.full((N, C, (H - h) // s + 1, (W - w) // s + 1), -np.inf, dtype=x.dtype)
    winner = np.zeros(out.shape, dtype=int)
    for n, c, p, q in np.ndindex(out.shape):
        for k in range(h * w):
            value = x[n, c, p * s + k // w, q * s + k % w]
            if value > out[n, c, p, q]:
                out[n, c, p, q], winner[n, c, p, q] = value, k
    return out, (winner, x.shape, (h, w, s))
