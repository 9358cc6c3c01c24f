"""3.1 hinge loss: wrong answers of set 11."""

import numpy as np

from nnlib import checks

# %% the gradient is divided by the number of violators, the loss is not -> averaged-over-active


def svm_loss(x, y):
    s = checks.binary_batch(x, y)
    gap = np.maximum(0, 1 - s * x)
    active = gap > 0
    return float(gap.mean()), (-s * active / max(active.sum(), 1)).astype(x.dtype)


# %% Crammer and Singer for two classes with scores -x and x -> wrong-loss


def svm_loss(x, y):
    s = checks.binary_batch(x, y)
    gap = np.maximum(0, 1 - 2 * s * x)
    return float(gap.mean()), -2 * s * (gap > 0) / len(x)
