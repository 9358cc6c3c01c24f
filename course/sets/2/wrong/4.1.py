"""4.1 softmax loss: wrong answers."""

import numpy as np


# %% shifted by each class's maximum -> wrong-axis
def softmax_loss(x, y):
    n = len(x)
    e = np.exp(x - x.max(axis=0))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(n), y]).mean()
    p[np.arange(n), y] -= 1
    return loss, p / n


# %% the loss is computed after the 1 is taken off -> nan
def softmax_loss(x, y):
    n = len(x)
    s = x - x.max(axis=1, keepdims=True)
    e = np.exp(s)
    p = e / e.sum(axis=1, keepdims=True)
    dx = p
    dx[np.arange(n), y] -= 1
    loss = -np.log(p[np.arange(n), y]).mean()
    return loss, dx / n


# %% the logarithms of all classes -> wrong-loss
def softmax_loss(x, y):
    n = len(x)
    s = x - x.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    dx = np.exp(logp)
    dx[np.arange(n), y] -= 1
    return -logp.sum() / n, dx / n


# %% labels counted from 1 -> labels-off-by-one
def softmax_loss(x, y):
    n = len(x)
    y = np.asarray(y) - 1
    s = x - x.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    dx = np.exp(logp)
    dx[np.arange(n), y] -= 1
    return -logp[np.arange(n), y].mean(), dx / n


# %% as many classes as the labels show -> exception
def softmax_loss(x, y):
    n = len(x)
    onehot = np.eye(int(np.max(y)) + 1, dtype=x.dtype)[y]
    s = x - x.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    return -(onehot * logp).sum() / n, (np.exp(logp) - onehot) / n


# %% one sum over the whole batch -> sum-over-all
def softmax_loss(x, y):
    n = len(x)
    e = np.exp(x - x.max())
    p = e / e.sum()
    loss = -np.log(p[np.arange(n), y]).mean()
    dx = p.copy()
    dx[np.arange(n), y] -= 1
    return loss, dx / n


# %% the loss divided by the number of classes -> over-size
def softmax_loss(x, y):
    n, k = x.shape
    s = x - x.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    dx = np.exp(logp)
    dx[np.arange(n), y] -= 1
    return -logp[np.arange(n), y].sum() / n / k, dx / n


# %% the loss is a sum, the gradient a mean -> times-n
def softmax_loss(x, y):
    n, _k = x.shape
    s = x - x.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    dx = np.exp(logp)
    dx[np.arange(n), y] -= 1
    return -logp[np.arange(n), y].sum(), dx / n


# %% computed in float64 and left so -> float64-from-float32
def softmax_loss(x, y):
    n, _k = x.shape
    z = x.astype(np.float64)
    s = z - z.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    dx = np.exp(logp)
    dx[np.arange(n), y] -= 1
    return -logp[np.arange(n), y].mean(), dx / n


# %% the gradient of the first example for all -> missing-one-hot
def softmax_loss(x, y):
    n, _k = x.shape
    s = x - x.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    dx = np.zeros_like(x)
    for i in range(n):
        dx[i] = np.exp(logp[i])
    dx[i, y[i]] -= 1
    return -logp[np.arange(n), y].mean(), dx / n
