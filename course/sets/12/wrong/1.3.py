"""1.3 dropout: wrong answers of set 12."""

import numpy as np

from nnlib.layers import arguments

# %% rng ignored: always NumPy's global numbers -> seed-ignored


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    if dropout_param.get("seed") is not None:
        np.random.seed(dropout_param["seed"])
    scale = np.random.rand(*x.shape) < p if training else p
    return x * scale, (scale, x.shape)


# %% the mask has two axes: images share it over their pixels -> shared-mask


def dropout_forward(x, dropout_param):
    p, training = arguments.dropout(x, dropout_param)
    if training:
        mask = arguments.uniform(x.shape[:2], dropout_param) < p
        scale = mask.reshape(mask.shape + (1,) * (x.ndim - 2)) & np.ones(x.shape, bool)
    else:
        scale = p
    return x * scale, (scale, x.shape)
