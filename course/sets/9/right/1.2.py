"""1.2 ReLU: right answers of set 9."""

import numpy as np

# %% Python's lists, also as cache


def relu_forward(x):
    flat = [max(v, 0) for v in x.ravel().tolist()]
    return np.array(flat, dtype=x.dtype).reshape(x.shape), [v > 0 for v in flat]


def relu_backward(dout, cache):
    return np.array([d if k else 0.0 for d, k in zip(dout.ravel().tolist(), cache)], dtype=dout.dtype).reshape(
        dout.shape
    )
