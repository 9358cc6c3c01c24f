"""3.1 hinge loss: right answers, written differently."""

import numpy as np


# %% signs in place on an own array, count_nonzero
def svm_loss(x, y):
    signs = np.array(y, dtype=x.dtype)
    signs[signs <= 0] = -1
    slack = 1 - signs * x
    slack *= slack > 0
    gradient = np.negative(signs)
    gradient[slack == 0] = 0
    gradient /= gradient.size
    return slack.sum(dtype=np.float64) / slack.size, gradient
