"""The examples that the experiments fall back on."""

from __future__ import annotations

from functools import cache

import numpy as np

from nnlib.data import load_mnist

Examples = tuple[np.ndarray, np.ndarray]

COUNT = 100


@cache
def first_digits() -> Examples:
    """Return MNIST's first `COUNT` training examples, X (COUNT, 784) float64 in [0, 1] and y (COUNT,); read once."""
    data = load_mnist()
    return data["X_train"][:COUNT].astype(np.float64), data["y_train"][:COUNT].copy()  # copies: no view keeps all alive
