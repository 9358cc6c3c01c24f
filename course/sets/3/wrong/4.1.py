"""4.1 softmax loss: wrong answers."""

import numpy as np


# %% the multi-class hinge from the other homework -> wrong-loss
def softmax_loss(x, y):
    n = len(x)
    right = x[np.arange(n), y][:, None]
    h = np.maximum(0, x - right + 1)
    h[np.arange(n), y] = 0
    d = (h > 0).astype(x.dtype)
    d[np.arange(n), y] -= d.sum(1)
    return h.sum() / n, d / n


# %% 1/N is taken off before the division -> missing-one-hot
def softmax_loss(x, y):
    n = len(x)
    z = x - x.max(1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(1, keepdims=True))
    p[np.arange(n), y] -= 1 / n
    return -logp[np.arange(n), y].mean(), p / n


# %% the probability in place of its logarithm -> wrong-loss
def softmax_loss(x, y):
    n = len(x)
    z = x - x.max(1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    loss = -p[np.arange(n), y].mean()
    p[np.arange(n), y] -= 1
    return loss, p / n


# %% the gradient divided by N and K -> over-size
def softmax_loss(x, y):
    n = len(x)
    z = x - x.max(1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(1, keepdims=True))
    p = np.exp(logp)
    p[np.arange(n), y] -= 1
    return -logp[np.arange(n), y].mean(), p / p.size


# %% exp without a shift, log of the sum -> unshifted-softmax, overflow
def softmax_loss(x, y):
    n = len(x)
    total = np.exp(x).sum(1)
    loss = (np.log(total) - x[np.arange(n), y]).mean()
    p = np.exp(x) / total[:, None]
    p[np.arange(n), y] -= 1
    return loss, p / n
