"""4.1 softmax loss: right answers, written differently."""

import numpy as np


# %% differences to the right class
def softmax_loss(x, y):
    n = x.shape[0]
    gaps = x - np.take_along_axis(x, y.reshape(n, 1), axis=1)
    top = gaps.max(axis=1)
    total = np.exp(gaps - top[:, None]).sum(axis=1)
    dx = np.exp(gaps - (top + np.log(total))[:, None]) / n
    for i in range(n):
        dx[i, y[i]] -= 1 / n
    return np.average(top + np.log(total)), dx
