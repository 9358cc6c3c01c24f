"""5.1c max pooling, backward: right answers, written differently."""

import numpy as np


# %% place by place, the first maximum found by two loops
def max_pool_forward(x, pool_param):
    h, w, s = (pool_param[k] for k in ("pool_height", "pool_width", "stride"))
    view = np.lib.stride_tricks.sliding_window_view(x, (h, w), axis=(2, 3))[:, :, ::s, ::s]
    return view.max(axis=(-1, -2)), (np.copy(x), (h, w, s))


def _first(window):
    best = None
    for u, row in enumerate(window):
        for v, value in enumerate(row):
            if best is None or value > window[best]:
                best = u, v
    return best


def max_pool_backward(dout, cache):
    x, (h, w, s) = cache
    dx = np.zeros(x.shape, dout.dtype)
    for n, c, i, j in np.ndindex(dout.shape):
        u, v = _first(x[n, c, i * s : i * s + h, j * s : j * s + w])
        dx[n, c, i * s + u, j * s + v] += dout[n, c, i, j]
    return dx
