"""7.2b moments over all masks: wrong answers."""

import numpy as np

# %% the mean is not scaled -> mean-not-scaled


def moments(x, w, b, keep):
    return x @ w + b, keep * (1 - keep) * (x**2) @ (w**2)


# %% the bias is scaled too -> bias-scaled


def moments(x, w, b, keep):
    return keep * (x @ w + b), keep * (1 - keep) * (x**2) @ (w**2)


# %% the bias is forgotten -> missing-bias


def moments(x, w, b, keep):
    return keep * x @ w, keep * (1 - keep) * (x**2) @ (w**2)


# %% the bias has a variance -> needless-argument


def moments(x, w, b, keep):
    return keep * x @ w + b, keep * (1 - keep) * ((x**2) @ (w**2) + b**2)


# %% the standard deviation -> std-for-variance


def moments(x, w, b, keep):
    return keep * x @ w + b, np.sqrt(keep * (1 - keep) * (x**2) @ (w**2))


# %% the second moment of the mask -> variance-factor


def moments(x, w, b, keep):
    return keep * x @ w + b, keep * (x**2) @ (w**2)


# %% the square of the probability -> variance-factor


def moments(x, w, b, keep):
    return keep * x @ w + b, keep**2 * (x**2) @ (w**2)


# %% the variance of the inverted kind -> variance-factor


def moments(x, w, b, keep):
    return keep * x @ w + b, (1 - keep) / keep * (x**2) @ (w**2)


# %% keep is the probability of dropping -> p-drops


def moments(x, w, b, keep):
    return (1 - keep) * x @ w + b, keep * (1 - keep) * (x**2) @ (w**2)


# %% products that are not squared -> missing-square


def moments(x, w, b, keep):
    return keep * x @ w + b, keep * (1 - keep) * x @ w


# %% the weights alone are squared -> missing-square


def moments(x, w, b, keep):
    return keep * x @ w + b, keep * (1 - keep) * x @ (w**2)


# %% the square of the sum, not the sum of squares -> square-of-sum


def moments(x, w, b, keep):
    return keep * x @ w + b, keep * (1 - keep) * (x @ w) ** 2


# %% drawn masks -> none


def moments(x, w, b, keep):
    masks = np.random.default_rng(0).random((2000, len(x))) < keep
    outputs = (x * masks) @ w + b
    return outputs.mean(axis=0), outputs.var(axis=0)
