"""The rectified linear unit, element by element (Q1, item 1.2).

    Y = max(X, 0)
    dL/dX = dL/dY * 1[X > 0]

At X = 0 the function has no derivative; any value in [0, 1] is a subgradient and we take 0.
"""

from __future__ import annotations

import numpy as np

from nnlib import checks
from nnlib.layers import arguments


def relu_forward(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Compute max(x, 0).

    Args:
        x: inputs of any shape.

    Returns:
        out: the shape of x.
        cache: 1[x > 0], a quarter of the size of a float32 x.

    Raises:
        TypeError: x is not a floating-point array.
    """
    checks.floating("x", x)
    return np.maximum(x, 0), x > 0


def relu_backward(dout: np.ndarray, cache: np.ndarray) -> np.ndarray:
    """Compute dx, of the shape of `dout`: the gradient passes where the input was positive.

    Raises:
        TypeError, ValueError: dout is not a floating-point array of the output's shape.
    """
    positive = cache
    arguments.gradient(dout, positive.shape)
    return dout * positive
