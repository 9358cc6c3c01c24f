"""1.3 dropout: right answers, written differently."""

import numpy as np


# %% a class with a call for each pass
class _Mask:
    def __init__(self, shape, param):
        self.factor = param["p"]
        if param["mode"] == "train":
            rng, seed = param.get("rng"), param.get("seed")
            if rng is not None:
                u = np.random.default_rng(rng).random(shape, dtype=np.float32)
            else:
                u = np.random.RandomState(seed).random_sample(shape) if seed is not None else np.random.rand(*shape)
            self.factor = u < param["p"]

    def __call__(self, values):
        return values * self.factor


def dropout_forward(x, dropout_param):
    mask = _Mask(x.shape, dropout_param)
    return mask(x), mask


def dropout_backward(dout, cache):
    return cache(dout)
