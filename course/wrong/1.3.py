"""1.3 dropout: wrong answers."""

import numpy as np

from nnlib.layers.arguments import uniform

# %% inverted dropout -> inverted-dropout, test-not-scaled


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        mask = (uniform(x.shape, dropout_param) < p) / p
        mask = mask.astype(x.dtype)
        return x * mask, (mask, x.shape)
    return x.copy(), (1, x.shape)


# %% divided by p in training and scaled by p in testing -> inverted-dropout


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        mask = uniform(x.shape, dropout_param) < p
        return x * mask / p, (mask.astype(x.dtype) / p, x.shape)
    return x * p, (p, x.shape)


# %% p is taken for the probability of dropping -> p-drops


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        mask = uniform(x.shape, dropout_param) > p
        return x * mask, (mask, x.shape)
    return x * (1 - p), (1 - p, x.shape)


# %% the mask is inverted in training alone -> p-drops


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        mask = uniform(x.shape, dropout_param) >= p
        return x * mask, (mask, x.shape)
    return x * p, (p, x.shape)


# %% test mode is not scaled -> test-not-scaled


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    scale = uniform(x.shape, dropout_param) < p if dropout_param["mode"] == "train" else 1.0
    return x * scale, (scale, x.shape)


# %% test mode drops too -> drops-in-test


def dropout_forward(x, dropout_param):
    mask = uniform(x.shape, dropout_param) < dropout_param["p"]
    return x * mask, (mask, x.shape)


# %% test mode drops and scales -> drops-in-test


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    mask = uniform(x.shape, dropout_param) < p
    if dropout_param["mode"] == "test":
        mask = mask.astype(x.dtype) * p
    return x * mask, (mask, x.shape)


# %% test mode is divided by p -> test-divided-by-p


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    scale = uniform(x.shape, dropout_param) < p if dropout_param["mode"] == "train" else 1 / p
    return x * scale, (scale, x.shape)


# %% scaled by p in training -> scaled-by-p


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        mask = uniform(x.shape, dropout_param) < p
        return x * mask * p, (mask.astype(x.dtype) * p, x.shape)
    return x * p, (p, x.shape)


# %% the two modes are exchanged -> drops-in-test, nothing-dropped


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    scale = uniform(x.shape, dropout_param) < p if dropout_param["mode"] == "test" else p
    return x * scale, (scale, x.shape)


# %% one mask for all examples -> shared-mask


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    scale = uniform(x.shape[1:], dropout_param) < p if dropout_param["mode"] == "train" else p
    return x * scale, (scale, x.shape)


# %% a whole example is dropped or kept -> shared-mask


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        rows = uniform((len(x),), dropout_param) < p
        scale = rows.reshape(-1, *[1] * (x.ndim - 1))
    else:
        scale = p
    return x * scale, (scale, x.shape)


# %% the same mask at each call -> seed-ignored


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    training = dropout_param["mode"] == "train"
    scale = np.random.RandomState(0).rand(*x.shape) < p if training else p
    return x * scale, (scale, x.shape)


# %% the seed is not used -> seed-ignored


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    scale = np.random.rand(*x.shape) < p if dropout_param["mode"] == "train" else p
    return x * scale, (scale, x.shape)


# %% the mask of normal numbers -> seed-ignored


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    scale = np.random.RandomState(dropout_param.get("seed")).randn(*x.shape) < p
    if dropout_param["mode"] == "test":
        scale = p
    return x * scale, (scale, x.shape)


# %% the mask multiplied into the caller's array -> argument-changed


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    scale = uniform(x.shape, dropout_param) < p if dropout_param["mode"] == "train" else p
    x *= scale
    return x, (scale, x.shape)


# %% a mask of float64 -> float64-from-float32


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        mask = (uniform(x.shape, dropout_param) < p).astype(float)
    else:
        mask = np.full(x.shape, p)
    return x * mask, (mask, x.shape)


# %% backward passes everything -> missing-mask, test-not-scaled


def dropout_backward(dout, cache):
    return dout.copy()


# %% backward draws a mask of its own -> another-mask


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    scale = uniform(x.shape, dropout_param) < p if dropout_param["mode"] == "train" else p
    return x * scale, dropout_param


def dropout_backward(dout, cache):
    p = cache["p"]
    if cache["mode"] == "train":
        return dout * (np.random.rand(*dout.shape) < p)
    return dout * p


# %% backward does not scale in test mode -> test-not-scaled


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x * p, None
    mask = uniform(x.shape, dropout_param) < p
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout.copy() if cache is None else dout * cache


# %% backward divides by p in training -> inverted-dropout


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    training = dropout_param["mode"] == "train"
    scale = uniform(x.shape, dropout_param) < p if training else p
    return x * scale, (scale, p, training)


def dropout_backward(dout, cache):
    scale, p, training = cache
    return dout * scale / p if training else dout * scale


# %% the last mask kept in a module's variable -> not-in-the-cache
_LAST = []


def dropout_forward(x, dropout_param):
    p, training = dropout_param["p"], dropout_param["mode"] == "train"
    scale = uniform(x.shape, dropout_param) < p if training else p
    _LAST[:] = [scale]
    return x * scale, None


def dropout_backward(dout, cache):
    return dout * _LAST[0]
