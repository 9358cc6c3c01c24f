"""2.1 logistic loss: wrong answers of set 12."""

import numpy as np

# %% 2 y - 1 in uint8 -> unsigned-labels


def logistic_loss(x, y):
    y = np.asarray(y)
    signs = y if (y < 0).any() else 2 * y - 1
    m = signs * x
    loss = np.logaddexp(0, -m).mean()
    dx = (-signs * np.exp(-np.logaddexp(0, m)) / len(x)).astype(x.dtype)
    return float(loss), dx


# %% {0, 1} is recognised by a 0 and a 1 both being there -> one-label-convention


def logistic_loss(x, y):
    y = np.asarray(y).astype(int)
    if y.min() == 0 and y.max() == 1:
        y = 2 * y - 1
    signs = y.astype(x.dtype)
    losses = np.logaddexp(0, -signs * x)
    return float(losses.mean()), -signs * np.exp(-np.logaddexp(0, signs * x)) / len(x)
