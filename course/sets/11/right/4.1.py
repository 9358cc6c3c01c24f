"""4.1 softmax loss: right answers of set 11."""

import functools

import numpy as np

from nnlib import checks

# %% logaddexp.reduce, take_along_axis


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)[:, None]
    log_z = np.logaddexp.reduce(x, axis=1, keepdims=True)
    log_p = x - log_z
    dx = np.exp(log_p)
    np.put_along_axis(dx, labels, np.take_along_axis(dx, labels, 1) - 1, axis=1)
    return float(-np.take_along_axis(log_p, labels, 1).mean()), dx / len(x)


# %% each row by a helper with keyword-only options


def _row(scores, label, *, scale):
    top = scores.max()
    e = np.exp(scores - top)
    total = e.sum()
    grad = e * (scale / total)
    grad[label] -= scale
    return float(np.log(total) + top - scores[label]), grad


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    row = functools.partial(_row, scale=1 / len(x))
    results = [row(scores.astype(np.float64), label) for scores, label in zip(x, labels, strict=True)]
    loss = sum(loss for loss, _ in results) / len(results)
    return loss, np.stack([grad for _, grad in results]).astype(x.dtype)


# %% differences from the right score: -log p = log sum exp of them


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    rows = np.arange(x.shape[0])
    gaps = x - x[rows, labels][:, None]
    top = np.maximum(gaps.max(axis=1, keepdims=True), 0)
    weights = np.exp(gaps - top)
    total = weights.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(total) + top)
    p = weights / total
    p[rows, labels] -= 1
    p /= x.shape[0]
    return float(loss), p
