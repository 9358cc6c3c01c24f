"""4.1 softmax loss: wrong answers of set 10."""

import numpy as np

from nnlib import checks

# %% no shift -> unshifted-softmax


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    e = np.exp(x)
    p = e / e.sum(axis=1, keepdims=True)
    rows = np.arange(len(x))
    loss = -np.log(p[rows, labels]).mean()
    p[rows, labels] -= 1
    return loss, p / len(x)


# %% shift by the maximum of all scores -> global-shift


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    s = x - np.max(x)
    z = np.exp(s).sum(axis=1, keepdims=True)
    rows = np.arange(len(x))
    loss = (np.log(z[:, 0]) - s[rows, labels]).mean()
    p = np.exp(s) / z
    p[rows, labels] -= 1
    return loss, p / len(x)


# %% shift by the maximum of each class -> wrong-axis


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    s = x - x.max(axis=0)
    z = np.exp(s).sum(axis=1, keepdims=True)
    rows = np.arange(len(x))
    loss = (np.log(z[:, 0]) - s[rows, labels]).mean()
    p = np.exp(s) / z
    p[rows, labels] -= 1
    return loss, p / len(x)


# %% log of a probability after the shift -> log-of-zero


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    e = np.exp(x - x.max(axis=1, keepdims=True))
    p = e / np.sum(e, axis=1, keepdims=True)
    rows = np.arange(len(x))
    loss = -np.mean(np.log(p[rows, labels]))
    dx = p.copy()
    dx[rows, labels] -= 1
    return loss, dx / len(x)


# %% a small number in the logarithm -> clipped-log


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    e = np.exp(x - x.max(axis=1, keepdims=True))
    p = e / np.sum(e, axis=1, keepdims=True)
    rows = np.arange(len(x))
    loss = -np.mean(np.log(p[rows, labels] + 1e-12))
    dx = p.copy()
    dx[rows, labels] -= 1
    return loss, dx / len(x)


# %% the gradient of a sum -> times-n


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    s = x - x.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    dx = np.exp(logp)
    dx[np.arange(len(x)), labels] -= 1
    return -logp[np.arange(len(x)), labels].mean(), dx


# %% takes one from whole columns -> every-row


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    s = x - x.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    dx = np.exp(logp)
    dx[:, labels] -= 1
    return -logp[np.arange(len(x)), labels].mean(), dx / len(x)


# %% the probabilities as gradient -> missing-one-hot


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    s = x - x.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    return -logp[np.arange(len(x)), labels].mean(), np.exp(logp) / len(x)


# %% the mean over all elements of a one-hot product -> over-size


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    s = x - x.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    one_hot = np.eye(x.shape[1], dtype=x.dtype)[labels]
    return -(one_hot * logp).mean(), (np.exp(logp) - one_hot) / x.size


# %% shifts the caller's scores -> argument-changed


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    x -= x.max(axis=1, keepdims=True)
    logp = x - np.log(np.exp(x).sum(axis=1, keepdims=True))
    dx = np.exp(logp)
    dx[np.arange(len(x)), labels] -= 1
    return -logp[np.arange(len(x)), labels].mean(), dx / len(x)


# %% np.eye in float64 -> float64-from-float32


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    s = x - x.max(axis=1, keepdims=True)
    logp = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    return -logp[np.arange(len(x)), labels].mean(), (np.exp(logp) - np.eye(x.shape[1])[labels]) / len(x)
