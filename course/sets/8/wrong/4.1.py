"""4.1 softmax loss: wrong answers of set 8."""

import numpy as np

from nnlib import checks

# %% the largest score of the whole batch is subtracted -> global-shift


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    e = np.exp(x - x.max())
    p = e / e.sum(axis=1, keepdims=True)
    rows = np.arange(len(x))
    loss = -np.log(p[rows, labels]).mean()
    p[rows, labels] -= 1
    return float(loss), p / len(x)


# %% normalised over the batch -> wrong-axis


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    s = x - x.max(axis=1, keepdims=True)
    p = np.exp(s) / np.exp(s).sum(axis=0, keepdims=True)
    rows = np.arange(len(x))
    loss = -np.log(p[rows, labels]).mean()
    dx = p.copy()
    dx[rows, labels] -= 1
    return float(loss), dx / len(x)


# %% divided by N K -> over-size


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    logp = x - np.logaddexp.reduce(x, axis=1, keepdims=True)
    one_hot = np.eye(x.shape[1], dtype=x.dtype)[labels]
    return float(-np.mean(one_hot * logp)), (np.exp(logp) - one_hot) / x.size


# %% dx[:, y] instead of dx[rows, y] -> every-row


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    logp = x - np.logaddexp.reduce(x, axis=1, keepdims=True)
    loss = -logp[np.arange(len(x)), labels].mean()
    dx = np.exp(logp)
    dx[:, labels] -= 1
    return float(loss), dx / len(x)


# %% a small constant inside the logarithm -> nearly-right, clipped-log


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    e = np.exp(x - x.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    rows = np.arange(len(x))
    loss = -np.log(p[rows, labels] + 1e-8).mean()
    p[rows, labels] -= 1
    return float(loss), p / len(x)


# %% the shift is made in the caller's scores (set 8) -> argument-changed


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    x -= x.max(axis=1, keepdims=True)
    logp = x - np.log(np.exp(x).sum(axis=1, keepdims=True))
    rows = np.arange(len(x))
    loss = -logp[rows, labels].mean()
    dx = np.exp(logp)
    dx[rows, labels] -= 1
    return float(loss), dx / len(x)
