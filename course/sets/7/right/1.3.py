"""1.3 dropout: right answers."""

import numpy as np


# %% indices of the kept elements
def dropout_forward(x, dropout_param):
    keep = float(dropout_param["p"])
    if dropout_param["mode"] != "train":
        return keep * x, ("test", keep)
    rng, seed = dropout_param.get("rng"), dropout_param.get("seed")
    if rng is not None:
        u = np.random.default_rng(rng).random(x.shape, dtype=np.float32)
    elif seed is not None:
        u = np.random.RandomState(seed).random_sample(x.shape)
    else:
        u = np.random.random_sample(x.shape)
    kept = np.flatnonzero(u < keep)
    return _only(x, kept), ("train", kept)


def dropout_backward(dout, cache):
    mode, what = cache
    return _only(dout, what) if mode == "train" else what * dout


def _only(values, kept):
    result = np.zeros(values.size, dtype=values.dtype)
    result[kept] = values.ravel()[kept]
    return result.reshape(values.shape)
