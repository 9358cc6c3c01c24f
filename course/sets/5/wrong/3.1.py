"""3.1 hinge loss: wrong answers."""

import numpy as np


# %% >= on the losses -> missing-mask
# the gradient asks losses >= 0 which is true of every example so those outside the margin pull too
def svm_loss(x, y):
    N = x.shape[0]
    signs = np.where(y > 0, 1, -1).astype(x.dtype)
    losses = np.maximum(0, 1 - signs * x)
    loss = np.sum(losses) / N
    dx = -signs * (losses >= 0) / N
    return float(loss), dx.astype(x.dtype, copy=False)


# %% every label taken for 0 or 1 -> one-label-convention
# 2 y - 1 turns labels -1 and +1 into -3 and +1 so that convention gives another loss
def svm_loss(x, y):
    N = x.shape[0]
    t = (2 * np.asarray(y) - 1).astype(x.dtype)
    margins = 1 - t * x
    violated = margins > 0
    loss = margins[violated].sum() / N
    dx = np.zeros_like(x)
    dx[violated] = -t[violated] / N
    return float(loss), dx
