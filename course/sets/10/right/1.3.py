"""1.3 dropout: right answers of set 10."""

import numpy as np

from nnlib.layers import arguments

# %% its own sources of numbers, as the docstring lists them


def _uniform(x, options):
    if options.get("rng") is not None:
        generator = np.random.default_rng(options["rng"])
        return generator.random(x.shape, dtype=np.float32)
    if options.get("seed") is not None:
        return np.random.RandomState(options["seed"]).rand(*x.shape)
    return np.random.rand(*x.shape)


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x * p, ("test", p)
    kept = _uniform(x, dropout_param) < p
    return np.where(kept, x, np.zeros_like(x)), ("train", kept)


def dropout_backward(dout, cache):
    mode, factor = cache
    if mode == "test":
        return dout * factor
    return np.where(factor, dout, np.zeros_like(dout))


# %% the backward pass is a closure


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    factor = (arguments.uniform(x.shape, dropout_param) < p).astype(x.dtype) if training else x.dtype.type(p)

    def scale(array):
        return array * factor

    return scale(x), scale


def dropout_backward(dout, cache):
    return cache(dout)


# %% a mask in bits


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    if not training:
        return np.multiply(x, p, dtype=x.dtype), {"p": p}
    mask = arguments.uniform(x.shape, dropout_param) < p
    out = x.copy()
    out[~mask] = 0
    return out, {"bits": np.packbits(mask), "shape": x.shape}


def dropout_backward(dout, cache):
    if "p" in cache:
        return cache["p"] * dout
    size = int(np.prod(cache["shape"]))
    mask = np.unpackbits(cache["bits"], count=size).reshape(cache["shape"]).astype(bool)
    dx = np.array(dout)
    np.putmask(dx, ~mask, 0)
    return dx


# %% floor of p plus u as a mask, as in TensorFlow's old code, u from the other end


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    if training:
        u = arguments.uniform(x.shape, dropout_param)
        mask = 1 - np.floor(np.where(u < p, 0.25, 1.25)).astype(x.dtype)
        cache = (mask, None)
        out = x * mask
    else:
        cache = (None, p)
        out = x * p
    return out.astype(x.dtype, copy=False), cache


def dropout_backward(dout, cache):
    mask, p = cache
    return dout * mask if mask is not None else dout * p
