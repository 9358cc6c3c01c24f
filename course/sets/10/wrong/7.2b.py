"""7.2b moments over all masks: wrong answers of set 10."""

import numpy as np

# %% the bias is scaled, too -> bias-scaled


def moments(x, w, b, keep):
    return keep * (x @ w + b), keep * (1 - keep) * (x**2 @ w**2)


# %% the variance of the sum as a square of the sum -> square-of-sum


def moments(x, w, b, keep):
    return keep * (x @ w) + b, keep * (1 - keep) * (x @ w) ** 2


# %% the mean square for the variance -> variance-factor, second-moment


def moments(x, w, b, keep):
    return keep * (x @ w) + b, keep * (x**2 @ w**2)


# %% the deviation -> std-for-variance


def moments(x, w, b, keep):
    return (keep * x) @ w + b, np.sqrt(keep * (1 - keep) * ((x * x) @ (w * w)))


# %% the mean without keep -> mean-not-scaled


def moments(x, w, b, keep):
    return x @ w + b, keep * (1 - keep) * ((x * x) @ (w * w))


# %% inverted dropout's moments -> mean-not-scaled


def moments(x, w, b, keep):
    return x @ w + b, (1 - keep) / keep * ((x * x) @ (w * w))


# %% w not squared -> missing-square


def moments(x, w, b, keep):
    return keep * (x @ w) + b, keep * (1 - keep) * ((x * x) @ w)


# %% keep squared -> variance-factor


def moments(x, w, b, keep):
    scale = keep * (1 - keep)
    return keep * (x @ w) + b, ((scale * x) ** 2) @ (w**2)


# %% the scaled layer, and a norm; the root is a float64 -> float64-from-float32


def moments(x, w, b, keep):
    from nnlib.layers import fc_forward

    mean = fc_forward((x * keep)[np.newaxis], w, b)[0].reshape(-1)
    deviation = np.sqrt(keep - keep**2)
    return mean, np.linalg.norm(deviation * x[:, np.newaxis] * w, axis=0) ** 2
