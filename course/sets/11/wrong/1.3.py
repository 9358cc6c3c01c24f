"""1.3 dropout: wrong answers of set 11."""

import numpy as np

from nnlib.layers import arguments

# %% seed None is taken for 0: NumPy's global state ignored -> seed-ignored


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    if not training:
        return x * p, (p, x.shape)
    if dropout_param.get("rng") is not None:
        u = arguments.uniform(x.shape, dropout_param)
    else:
        u = np.random.RandomState(dropout_param.get("seed") or 0).rand(*x.shape)
    return x * (u < p), (u < p, x.shape)


# %% exactly a share p of the elements is kept -> seed-ignored


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    if not training:
        return x * p, (p, x.shape)
    u = arguments.uniform(x.shape, dropout_param)
    mask = np.argsort(np.argsort(u.ravel())).reshape(x.shape) < round(p * x.size)
    return x * mask, (mask, x.shape)


# %% rng is not looked at: CS231n's starter code, with the seed and NumPy's global state alone -> seed-ignored


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if mode == "test":
        return x * p, (p, x.shape)
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    mask = np.random.rand(*x.shape) < p
    return x * mask, (mask, x.shape)


# %% in test mode a float64 array of p -> float64-from-float32


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    scale = arguments.uniform(x.shape, dropout_param) < p if training else np.full(x.shape, p)
    return x * scale, (scale, x.shape)
