"""Max pooling (Q5, item 5.1).

    Y[n,c,p,q] = max over the window's (u,v) of X[n,c,p*stride+u,q*stride+v]

A window hands its gradient to the one element that was its maximum; overlapping windows add up:

    dL/dX[n,c,i,j] = the sum of dL/dY[n,c,p,q] over the windows (p,q) whose maximum is X[n,c,i,j]

In a tie the maximum is the first in row-major order: handing the gradient to every tied element would count it twice.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnlib import checks
from nnlib.fast import runtime


def max_pool_forward(x: np.ndarray, pool_param: dict) -> tuple[np.ndarray, tuple]:
    """Take the maximum of each window.

    Args:
        x: images, (N, C, H, W).
        pool_param: `pool_height`, `pool_width` and `stride`, in pixels.

    Returns:
        out: (N, C, P, Q) with P = (H - pool_height) // stride + 1 and Q likewise; rows and columns beyond the last
            whole window are left out.
        cache: what `max_pool_backward` needs.

    Raises:
        TypeError: x is not a floating-point array.
        ValueError: a window larger than the image, or a size below 1.
    """
    checks.floating("x", x, ndim=4)
    height, width, stride = pool_sizes(pool_param)
    checks.require(
        height <= x.shape[2] and width <= x.shape[3],
        "pool_param",
        f"a window no larger than x's {x.shape[2:]}",
        f"({height}, {width})",
    )
    sizes = (height, width, stride)
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
    """Compute dx, (N, C, H, W), from dout, (N, C, P, Q): each window's gradient goes to its first maximum."""
    winner, x_shape, sizes = cache
    height, width, stride = sizes
    overlap = stride < max(height, width)
    checks.shape("dout", dout, winner.shape, "It has the shape of the layer's output.")
    dx = np.empty_like(winner, shape=x_shape, dtype=dout.dtype)

    def hand_gradient_back(part: slice) -> None:
        own_winner = winner[:, part]
        own_dout = np.empty_like(own_winner, dtype=dout.dtype)  # in the images' memory order, whatever dout's is
        np.copyto(own_dout, dout[:, part])
        dx[:, part] = 0
        for index, element in _window_elements(dx[:, part], sizes):
            won = own_winner == index
            if overlap:
                element += own_dout * won
            else:  # 0.75 of the time: no element is met twice, so there is nothing to add to
                np.multiply(own_dout, won, out=element)

    runtime.thread_map(hand_gradient_back, runtime.cache_slices(x_shape[1], dx[:, :1].nbytes))
    return dx


def pool_sizes(pool_param: dict) -> tuple[int, int, int]:
    """Return (pool_height, pool_width, stride) of a `pool_param`, checked."""
    keys = ("pool_height", "pool_width", "stride")
    height, width, stride = (checks.positive_int(f"pool_param[{key!r}]", pool_param.get(key)) for key in keys)
    return height, width, stride


def _window_elements(x: np.ndarray, sizes: tuple[int, int, int]) -> Iterator[tuple[int, np.ndarray]]:
    """Yield, for each element of the window in row-major order, its index and its view (N, C, P, Q) of x."""
    height, width, stride = sizes
    last_row, last_column = x.shape[2] - height, x.shape[3] - width
    for u in range(height):
        for v in range(width):
            yield u * width + v, x[:, :, u : u + last_row + 1 : stride, v : v + last_column + 1 : stride]
