"""3.1 hinge loss: right answers of set 11."""

import numpy as np

from nnlib import checks

# %% loops and walrus, float64 sums


def svm_loss(x, y):
    signs = checks.binary_batch(x, y)
    total, dx = 0.0, np.zeros(x.shape, x.dtype)
    for i, (score, sign) in enumerate(zip(x, signs, strict=True)):
        if (gap := 1 - float(sign) * float(score)) > 0:
            total += gap
            dx[i] = -sign / x.shape[0]
    return total / x.shape[0], dx


# %% two groups by label


def svm_loss(x, y):
    checks.binary_batch(x, y)
    positive = y > 0
    gaps = np.where(positive, 1 - x, 1 + x)
    slope = np.where(positive, x.dtype.type(-1), x.dtype.type(1))
    slope[gaps <= 0] = 0
    return np.add.reduce(gaps, where=gaps > 0).item() / len(x), slope / len(x)
