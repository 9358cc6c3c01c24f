"""Max pooling (Q5, item 5.1).

    Y[n,c,p,q] = max over the window's (u,v) of X[n,c,p*stride+u,q*stride+v]

A window hands its gradient to the one element that was its maximum; overlapping windows add up:

    dL/dX[n,c,i,j] = the sum of dL/dY[n,c,p,q] over the windows (p,q) whose maximum is X[n,c,i,j]

In a tie the maximum is the first in row-major order: handing the gradient to every tied element would count it twice.
"""

from __future__ import annotations

import numpy as np

from nnlib.layers import arguments


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
    sizes = arguments.max_pool(x, pool_param)
    elements = np.stack(_window_elements(x, sizes))  # (window, N, C, P, Q)
    winner = elements.argmax(axis=0)  # (N, C, P, Q); the first of equals
    return elements.max(axis=0), (winner, x.shape, sizes)


def max_pool_backward(dout: np.ndarray, cache: tuple) -> np.ndarray:
    """Compute dx, (N, C, H, W), from dout, (N, C, P, Q): each window's gradient goes to its first maximum.

    Raises:
        TypeError, ValueError: dout is not a floating-point array of the output's shape.
    """
    winner, x_shape, sizes = cache
    arguments.gradient(dout, winner.shape)
    dx = np.zeros(x_shape, dtype=dout.dtype)
    for index, element in enumerate(_window_elements(dx, sizes)):
        element += dout * (winner == index)  # a view of dx
    return dx


def _window_elements(x: np.ndarray, sizes: tuple[int, int, int]) -> list[np.ndarray]:
    """Return a view (N, C, P, Q) of x for each element of the window, in row-major order: its values in all windows."""
    height, width, stride = sizes
    last_row, last_column = x.shape[2] - height, x.shape[3] - width
    return [
        x[:, :, u : u + last_row + 1 : stride, v : v + last_column + 1 : stride]
        for u in range(height)
        for v in range(width)
    ]
