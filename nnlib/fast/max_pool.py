"""Max pooling that walks over the images once per element of the window, a few channels at a time, on threads.

What it saves: `max_pool` in docs/bench.md.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnlib.fast import runtime
from nnlib.layers import arguments


def max_pool_forward(x: np.ndarray, pool_param: dict) -> tuple[np.ndarray, tuple]:
    """Take the maximum of each window as `nnlib.layers.max_pool_forward` does; `out` is in x's memory order."""
    sizes = height, width, stride = arguments.max_pool(x, pool_param)
    n, c = x.shape[:2]
    p, q = (x.shape[2] - height) // stride + 1, (x.shape[3] - width) // stride + 1
    out = np.empty_like(x, shape=(n, c, p, q))  # in x's memory order
    winner = np.zeros_like(out, dtype=np.min_scalar_type(height * width - 1))

    def pool_channels(part: slice) -> None:
        # A pass over the images for each element of the window, not a pass over the window for each output.
        own_out, own_winner = out[:, part], winner[:, part]
        (_, first), *others = _window_elements(x[:, part], sizes)
        np.copyto(own_out, first)
        for index, element in others:
            # `>` leaves a tie to the earlier element; a later winner has the larger index, so maximum() records it.
            later = np.multiply(element > own_out, index, dtype=winner.dtype)
            np.maximum(own_winner, later, out=own_winner)
            np.maximum(own_out, element, out=own_out)

    runtime.thread_map(pool_channels, runtime.cache_slices(c, x[:, :1].nbytes))
    return out, (winner, x.shape, sizes)


def max_pool_backward(dout: np.ndarray, cache: tuple) -> np.ndarray:
    """Hand each window's gradient to its first maximum as `nnlib.layers.max_pool_backward` does."""
    winner, x_shape, sizes = cache
    height, width, stride = sizes
    overlap = stride < max(height, width)
    covered = stride == height == width and x_shape[2] % stride == x_shape[3] % stride == 0
    arguments.gradient(dout, winner.shape)
    dx = np.empty_like(winner, shape=x_shape, dtype=dout.dtype)
    ordered = dout.strides == tuple(step // winner.itemsize * dout.itemsize for step in winner.strides)

    def hand_gradient_back(part: slice) -> None:
        own_dout, own_winner = dout[:, part], winner[:, part]
        if not ordered:  # in the images' memory order, as it is in a network of these layers: else the loop is slow
            own_dout = np.empty_like(own_winner, dtype=dout.dtype)
            np.copyto(own_dout, dout[:, part])
        if not covered:
            dx[:, part] = 0
        for index, element in _window_elements(dx[:, part], sizes):
            won = own_winner == index
            if overlap:
                element += own_dout * won
            else:  # windows do not overlap, so nothing is added up: one pass less
                np.multiply(own_dout, won, out=element)

    runtime.thread_map(hand_gradient_back, runtime.cache_slices(x_shape[1], dx[:, :1].nbytes))
    return dx


def _window_elements(x: np.ndarray, sizes: tuple[int, int, int]) -> Iterator[tuple[int, np.ndarray]]:
    """Yield, for each element of the window in row-major order, its index and its view (N, C, P, Q) of x."""
    height, width, stride = sizes
    last_row, last_column = x.shape[2] - height, x.shape[3] - width
    for u in range(height):
        for v in range(width):
            yield u * width + v, x[:, :, u : u + last_row + 1 : stride, v : v + last_column + 1 : stride]
