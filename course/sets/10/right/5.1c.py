"""5.1c max pooling, backward: right answers of set 10."""

import numpy as np

from nnlib.layers import arguments

# %% add.at at the places of the maxima


def max_pool_forward(x, pool_param):
    h, w, s = arguments.max_pool(x, pool_param)
    windows = np.lib.stride_tricks.sliding_window_view(x, (h, w), axis=(2, 3))[:, :, ::s, ::s]
    flat = windows.reshape(*windows.shape[:4], h * w)
    best = flat.argmax(axis=-1)
    return flat.max(axis=-1), (x.shape, w, s, best)


def max_pool_backward(dout, cache):
    shape, w, s, best = cache
    dx = np.zeros(shape, dtype=dout.dtype)
    n, c, p, q = np.indices(best.shape)
    u, v = np.divmod(best, w)
    np.add.at(dx, (n, c, p * s + u, q * s + v), dout)
    return dx


# %% the element not taken yet, slice by slice


def max_pool_forward(x, pool_param):
    h, w, s = arguments.max_pool(x, pool_param)
    P, Q = (x.shape[2] - h) // s + 1, (x.shape[3] - w) // s + 1
    slices = [np.s_[:, :, u : u + s * (P - 1) + 1 : s, v : v + s * (Q - 1) + 1 : s] for u in range(h) for v in range(w)]
    out = x[slices[0]].copy()
    for each in slices[1:]:
        np.maximum(out, x[each], out=out)
    return out, (x, out, slices)


def max_pool_backward(dout, cache):
    x, out, slices = cache
    dx = np.zeros_like(x)
    free = np.ones(out.shape, dtype=bool)
    for each in slices:
        here = free & (x[each] == out)
        dx[each] += np.where(here, dout, 0)
        free &= ~here
    return dx


# %% a loop over windows with unravel_index


def max_pool_forward(x, pool_param):
    h, w, s = arguments.max_pool(x, pool_param)
    N, C, H, W = x.shape
    P, Q = (H - h) // s + 1, (W - w) // s + 1
    out, winners = np.empty((N, C, P, Q), x.dtype), []
    for n, c, p, q in np.ndindex(N, C, P, Q):
        window = x[n, c, p * s : p * s + h, q * s : q * s + w]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        out[n, c, p, q] = window[u, v]
        winners.append((n, c, p * s + u, q * s + v))
    return out, (winners, x.shape)


def max_pool_backward(dout, cache):
    winners, shape = cache
    dx = np.zeros(shape, dtype=dout.dtype)
    for where, value in zip(winners, dout.ravel(), strict=True):
        dx[where] += value
    return dx


# %% one-hot windows from a cumulative sum, added back with bincount


def max_pool_forward(x, pool_param):
    h, w, s = arguments.max_pool(x, pool_param)
    view = np.lib.stride_tricks.sliding_window_view(x, (h, w), axis=(2, 3))[:, :, ::s, ::s]
    out = view.max(axis=(4, 5))
    equal = (view == out[..., None, None]).reshape(*out.shape, h * w)
    first = equal & (equal.cumsum(axis=-1) == 1)
    return out, {"first": first, "x": x, "sizes": (h, w, s)}


def max_pool_backward(dout, cache):
    first, x, (h, w, s) = cache["first"], cache["x"], cache["sizes"]
    at = np.arange(x.size).reshape(x.shape)
    places = np.lib.stride_tricks.sliding_window_view(at, (h, w), axis=(2, 3))[:, :, ::s, ::s]
    places = places.reshape(first.shape)
    share = first * dout[..., None]
    return np.bincount(places.ravel(), share.ravel(), x.size).reshape(x.shape).astype(dout.dtype)
