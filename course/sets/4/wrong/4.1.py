"""4.1 softmax loss: wrong answers."""

import numpy as np


# %% the maximum is not added back -> term-off
def softmax_loss(x, y):
    n = len(x)
    z = x - x.max(1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    loss = (np.log(np.exp(z).sum(1)) - x[np.arange(n), y]).mean()
    p[np.arange(n), y] -= 1
    return loss, p / n


# %% 1 is taken off the predicted class -> prediction-for-label
def softmax_loss(x, y):
    n = len(x)
    z = x - x.max(1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(1, keepdims=True))
    p = np.exp(logp)
    p[np.arange(n), x.argmax(1)] -= 1
    return -logp[np.arange(n), y].mean(), p / n


# %% the gradient is divided by the number of classes, not of examples -> square-only, constant-factor
def softmax_loss(x, y):
    n = len(x)
    z = x - x.max(1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(1, keepdims=True))
    p = np.exp(logp)
    p[np.arange(n), y] -= 1
    return -logp[np.arange(n), y].mean(), p / x.shape[1]


# %% 1 is taken off every entry -> every-row
def softmax_loss(x, y):
    n = len(x)
    z = x - x.max(1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(1, keepdims=True))
    return -logp[np.arange(n), y].mean(), (np.exp(logp) - 1) / n
