"""7.2b moments over all masks: wrong answers."""

import numpy as np


# %% the variance is scaled by keep only -> variance-factor
def moments(x, w, b, keep):
    return (keep * x) @ w + b, keep * np.square(x) @ np.square(w)


# %% the mean is divided by keep -> none, mean-not-scaled
def moments(x, w, b, keep):
    return x @ w / keep + b, keep * (1 - keep) * np.square(x) @ np.square(w)


# %% the square of the whole output -> square-of-sum
def moments(x, w, b, keep):
    return keep * x @ w + b, keep * (1 - keep) * np.square(x @ w)
