"""7.2b moments over all masks: right answers of set 10."""

import numpy as np

from nnlib import checks

# %% einsum of the terms


def moments(x, w, b, keep):
    checks.require(0 < keep <= 1, "keep", "a probability of KEEPING in (0, 1]", keep)
    terms = x[:, None] * w
    return keep * terms.sum(axis=0) + b, keep * (1 - keep) * np.einsum("ij,ij->j", terms, terms)


# %% the mean square minus the squared mean, element by element


def moments(x, w, b, keep):
    mean, variance = np.zeros_like(b), np.zeros_like(b)
    for j in range(len(b)):
        mean[j] = b[j]
        for i in range(len(x)):
            a = x[i] * w[i, j]
            mean[j] += keep * a
            variance[j] += keep * a**2 - (keep * a) ** 2
    return mean, variance
