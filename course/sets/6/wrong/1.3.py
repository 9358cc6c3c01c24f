"""1.3 dropout: wrong answers."""

from nnlib.layers import arguments


# %% noise is added in place of a mask -> not-proportional, test-not-scaled, seed-ignored
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x * p, None
    noise = (arguments.uniform(x.shape, dropout_param) < p).astype(x.dtype)
    return x + noise, noise


def dropout_backward(dout, cache):
    return dout * cache if cache is not None else dout


# %% the root of p in test mode -> constant-factor
def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        factor = x.dtype.type(p**0.5)
    else:
        factor = (arguments.uniform(x.shape, dropout_param) < p).astype(x.dtype)
    return x * factor, factor


def dropout_backward(dout, cache):
    return dout * cache
