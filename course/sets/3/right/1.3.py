"""1.3 dropout: right answers, written differently."""

import numpy as np


# %% one function for the factor
def _factor(shape, param):
    if param["mode"] == "test":
        return param["p"]
    if param.get("rng") is not None:
        generator = param["rng"]
        if isinstance(generator, int):
            generator = np.random.default_rng(generator)
        return generator.random(shape, dtype=np.float32) < param["p"]
    if param.get("seed") is not None:
        np.random.seed(param["seed"])
    return np.random.rand(*shape) < param["p"]


def dropout_forward(x, dropout_param):
    cache = _factor(x.shape, dropout_param)
    return cache * x, (cache,)


def dropout_backward(dout, cache):
    return cache[0] * dout
