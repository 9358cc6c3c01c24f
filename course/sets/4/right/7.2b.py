"""7.2b moments over all masks: right answers, written differently."""

import numpy as np


# %% by the scaled input and its squares
def moments(x, w, b, keep):
    scaled = x * w.dtype.type(keep)
    mean = np.einsum("i,ij->j", scaled, w) + b
    squares = np.square(x[:, None] * w).sum(axis=0)
    return mean, squares * keep - squares * keep**2
