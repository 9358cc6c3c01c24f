"""5.1c max pooling, backward: wrong answers. Those with a cache of their own bring their forward pass."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def _sizes(pool_param):
    return tuple(pool_param[key] for key in ("pool_height", "pool_width", "stride"))


def max_pool_forward(x, pool_param):
    height, width, stride = _sizes(pool_param)
    windows = sliding_window_view(x, (height, width), axis=(2, 3))[:, :, ::stride, ::stride]
    return windows.max(axis=(4, 5)), (x, pool_param)


def _each_window(dout, x, pool_param):
    """Yield the place of each output and the slice of its window."""
    height, width, stride = _sizes(pool_param)
    for n, c, i, j in np.ndindex(dout.shape):
        top, left = i * stride, j * stride
        yield (n, c, i, j), (n, c, slice(top, top + height), slice(left, left + width))


# %% a tie pays every winner -> ties-to-all


def max_pool_backward(dout, cache):
    x, pool_param = cache
    dx = np.zeros_like(x)
    for place, window in _each_window(dout, x, pool_param):
        dx[window] += dout[place] * (x[window] == x[window].max())
    return dx


# %% a tie is shared -> ties-shared


def max_pool_backward(dout, cache):
    x, pool_param = cache
    dx = np.zeros_like(x)
    for place, window in _each_window(dout, x, pool_param):
        winners = x[window] == x[window].max()
        dx[window] += dout[place] * winners / winners.sum()
    return dx


# %% a tie goes to the last -> last-tie


def max_pool_backward(dout, cache):
    x, pool_param = cache
    dx = np.zeros_like(x)
    for place, window in _each_window(dout, x, pool_param):
        rows, columns = np.nonzero(x[window] == x[window].max())
        dx[window][rows[-1], columns[-1]] += dout[place]
    return dx


# %% a tie goes to the first in column-major order -> last-tie, none


def max_pool_backward(dout, cache):
    x, pool_param = cache
    dx = np.zeros_like(x)
    for place, window in _each_window(dout, x, pool_param):
        columns, rows = np.nonzero((x[window] == x[window].max()).T)
        dx[window][rows[0], columns[0]] += dout[place]
    return dx


# %% overlapping windows assign -> overwrites-overlaps


def max_pool_backward(dout, cache):
    x, pool_param = cache
    dx = np.zeros_like(x)
    for place, window in _each_window(dout, x, pool_param):
        row, column = np.unravel_index(x[window].argmax(), x[window].shape)
        dx[window][row, column] = dout[place]
    return dx


# %% each window assigns all of its pixels -> overwrites-overlaps


def max_pool_backward(dout, cache):
    x, pool_param = cache
    dx = np.zeros_like(x)
    for place, window in _each_window(dout, x, pool_param):
        first = np.zeros(x[window].size, dtype=dout.dtype)
        first[x[window].argmax()] = dout[place]
        dx[window] = first.reshape(x[window].shape)
    return dx


# %% the gradient spread over the window -> mean-for-max


def max_pool_backward(dout, cache):
    x, pool_param = cache
    dx = np.zeros_like(x)
    for place, window in _each_window(dout, x, pool_param):
        dx[window] += dout[place] / x[window].size
    return dx


# %% every pixel of the window gets the whole gradient -> mean-for-max


def max_pool_backward(dout, cache):
    x, pool_param = cache
    dx = np.zeros_like(x)
    for place, window in _each_window(dout, x, pool_param):
        dx[window] += dout[place]
    return dx


# %% 1 goes to the winner -> ignores-dout


def max_pool_backward(dout, cache):
    x, pool_param = cache
    dx = np.zeros_like(x)
    for _, window in _each_window(dout, x, pool_param):
        row, column = np.unravel_index(x[window].argmax(), x[window].shape)
        dx[window][row, column] += 1
    return dx


# %% the gradient times the maximum -> times-input


def max_pool_backward(dout, cache):
    x, pool_param = cache
    dx = np.zeros_like(x)
    for place, window in _each_window(dout, x, pool_param):
        row, column = np.unravel_index(x[window].argmax(), x[window].shape)
        dx[window][row, column] += dout[place] * x[window][row, column]
    return dx


# %% the winner found with the window's height for its width -> square-only


def max_pool_backward(dout, cache):
    x, pool_param = cache
    dx = np.zeros_like(x)
    for place, window in _each_window(dout, x, pool_param):
        row, column = divmod(x[window].argmax(), pool_param["pool_height"])
        dx[window][row, column] += dout[place]
    return dx


# %% windows side by side whatever the stride -> stride-ignored


def max_pool_backward(dout, cache):
    x, pool_param = cache
    height, width, _ = _sizes(pool_param)
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = (n, c, slice(i * height, (i + 1) * height), slice(j * width, (j + 1) * width))
        if x[window].size:
            row, column = np.unravel_index(x[window].argmax(), x[window].shape)
            dx[window][row, column] += dout[n, c, i, j]
    return dx


# %% windows a pixel apart whatever the stride -> stride-ignored


def max_pool_backward(dout, cache):
    x, pool_param = cache
    dx = np.zeros_like(x)
    for place, window in _each_window(dout, x, {**pool_param, "stride": 1}):
        row, column = np.unravel_index(x[window].argmax(), x[window].shape)
        dx[window][row, column] += dout[place]
    return dx


# %% a gradient of float64 -> float64-from-float32


def max_pool_backward(dout, cache):
    x, pool_param = cache
    dx = np.zeros(x.shape)
    for place, window in _each_window(dout, x, pool_param):
        row, column = np.unravel_index(x[window].argmax(), x[window].shape)
        dx[window][row, column] += dout[place]
    return dx


# %% the first image alone -> one-index


def max_pool_backward(dout, cache):
    x, pool_param = cache
    dx = np.zeros_like(x)
    for place, window in _each_window(dout[:1], x, pool_param):
        row, column = np.unravel_index(x[window].argmax(), x[window].shape)
        dx[window][row, column] += dout[place]
    return dx


# %% the mask is that of the upsampled output, for side-by-side windows -> exception, square-only, ties-to-all


def max_pool_backward(dout, cache):
    x, pool_param = cache
    height, width, _ = _sizes(pool_param)
    out = max_pool_forward(x, pool_param)[0]
    grown = np.repeat(np.repeat(out, height, axis=2), width, axis=3)
    return (x == grown) * np.repeat(np.repeat(dout, height, axis=2), width, axis=3)
