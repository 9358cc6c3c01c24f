"""7.2b moments over all masks: right answers, written differently."""

import numpy as np


# %% the moments of every mask of one input at a time
def moments(x, w, b, keep):
    mean, var = b.copy(), np.zeros_like(b)
    for xi, row in zip(x, w, strict=True):
        part = xi * row
        mean += keep * part
        var += keep * part**2 - (keep * part) ** 2
    return mean, var
