"""7.2b moments over all masks: wrong answers."""

import numpy as np


# %% the mean of the inverted kind -> mean-not-scaled
def moments(x, w, b, keep):
    return x @ w + b, (1 - keep) / keep * (x**2) @ (w**2)


# %% the second moment, the mean's square not taken off -> second-moment
def moments(x, w, b, keep):
    mean = keep * x @ w + b
    return mean, keep * (1 - keep) * (x**2) @ (w**2) + mean**2


# %% the inputs alone are squared -> missing-square
def moments(x, w, b, keep):
    return keep * x @ w + b, keep * (1 - keep) * (x**2) @ w


# %% an array of float64 for both -> float64-from-float32
def moments(x, w, b, keep):
    mean, var = np.zeros(w.shape[1]), np.zeros(w.shape[1])
    for i in range(len(x)):
        mean += keep * x[i] * w[i]
        var += keep * (1 - keep) * (x[i] * w[i]) ** 2
    return mean + b, var


# %% the divisor of a mean over the inputs -> over-size
def moments(x, w, b, keep):
    return keep * x @ w + b, keep * (1 - keep) * ((x[:, None] * w) ** 2).mean(0)
