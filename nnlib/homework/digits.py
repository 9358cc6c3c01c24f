"""The examples that the experiments of 7.1 to 7.3 use by default: the first digits of MNIST."""

from __future__ import annotations

from functools import cache

import numpy as np

from nnlib.data import load_mnist

Examples = tuple[np.ndarray, np.ndarray]

COUNT = 100


@cache
def first_digits() -> Examples:
    """Return MNIST's first `COUNT` training examples: X (COUNT, 784), float64 in [0, 1], and y (COUNT,); cached."""
    data = load_mnist()
    # Copies: a view would keep all of MNIST in memory.
    return data["X_train"][:COUNT].astype(np.float64), data["y_train"][:COUNT].copy()
