"""7.2b moments over all masks: wrong answers of set 8."""

import numpy as np

from nnlib import checks

# %% the weights are not squared in the variance -> missing-square


def moments(x, w, b, keep):
    checks.require(0 < keep <= 1, "keep", "a probability of KEEPING in (0, 1]", keep)
    return keep * (x @ w) + b, keep * (1 - keep) * ((x * x) @ w)


# %% the bias is scaled as well -> bias-scaled


def moments(x, w, b, keep):
    checks.require(0 < keep <= 1, "keep", "a probability of KEEPING in (0, 1]", keep)
    return keep * (x @ w + b), keep * (1 - keep) * np.square(x) @ np.square(w)


# %% the standard deviation (set 8) -> std-for-variance


def moments(x, w, b, keep):
    checks.require(0 < keep <= 1, "keep", "a probability of KEEPING in (0, 1]", keep)
    return keep * (x @ w) + b, np.sqrt(keep * (1 - keep) * np.square(x) @ np.square(w))


# %% the square of the sum instead of the sum of the squares -> square-of-sum


def moments(x, w, b, keep):
    checks.require(0 < keep <= 1, "keep", "a probability of KEEPING in (0, 1]", keep)
    return keep * (x @ w) + b, keep * (1 - keep) * (x @ w) ** 2
