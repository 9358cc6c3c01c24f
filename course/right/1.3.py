"""1.3 dropout: right answers, written differently."""

import numpy as np

from nnlib.layers.arguments import uniform

# %% the mask as floats of x's dtype, a dict as cache


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x * p, {"mask": None, "p": p}
    mask = (uniform(x.shape, dropout_param) < p).astype(x.dtype)
    return x * mask, {"mask": mask, "p": p}


def dropout_backward(dout, cache):
    if cache["mask"] is None:
        return dout * cache["p"]
    return dout * cache["mask"]


# %% the course's cache, its generators written out


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    mask = None
    if mode == "train":
        if dropout_param.get("rng") is not None:
            mask = np.random.default_rng(dropout_param["rng"]).random(x.shape, dtype=np.float32) < p
        elif dropout_param.get("seed") is not None:
            mask = np.random.RandomState(dropout_param["seed"]).rand(*x.shape) < p
        else:
            mask = np.random.rand(*x.shape) < p
        out = x * mask
    else:
        out = x * p
    return out.astype(x.dtype, copy=False), (dropout_param, mask)


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    return dout * mask if dropout_param["mode"] == "train" else dout * dropout_param["p"]


# %% dropped elements set to 0 in a copy, the indices as cache


def dropout_forward(x, dropout_param):
    p = float(dropout_param["p"])
    if dropout_param["mode"] == "test":
        return p * x, p
    dropped = uniform(x.shape, dropout_param) >= p
    out = x.copy()
    out[dropped] = 0
    return out, dropped


def dropout_backward(dout, cache):
    if isinstance(cache, float):
        return cache * dout
    dx = np.array(dout)
    dx[cache] = 0
    return dx


# %% the mask in Fortran order


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        scale = np.asfortranarray(uniform(x.shape, dropout_param) < p)
    else:
        scale = np.full(x.shape, p, dtype=x.dtype, order="F")
    return np.where(scale, x * scale, np.zeros_like(x)), [scale]


def dropout_backward(dout, cache):
    (scale,) = cache
    return np.multiply(dout, scale)
