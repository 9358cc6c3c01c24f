"""1.2 ReLU: wrong answers of set 12."""

import numpy as np

# %% np.max in place of np.maximum: a reduction over axis 0 -> wrong-axis


def relu_forward(x):
    return np.max(x, 0), x > 0


# %% what is below 1e-3 counts as zero -> unfilled


def relu_backward(dout, cache):
    return dout * (cache > 1e-3)


def relu_forward(x):
    return np.where(x > 1e-3, x, 0).astype(x.dtype), x


# %% a loop over rows and columns, whatever the number of axes -> exception


def relu_forward(x):
    out = np.zeros_like(x)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            out[i, j] = max(x[i, j], 0)
    return out, x > 0
