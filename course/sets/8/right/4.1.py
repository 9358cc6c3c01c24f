"""4.1 softmax loss: right answers of set 8."""

import numpy as np

from nnlib import checks

# %% logaddexp.reduce, the identity matrix as labels


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    one_hot = np.identity(x.shape[1], dtype=x.dtype)[labels]
    log_sum = np.logaddexp.reduce(x, axis=-1, keepdims=True)
    loss = np.vdot(one_hot, log_sum - x) / len(x)
    return float(loss), np.subtract(np.exp(x - log_sum), one_hot) / len(x)


# %% row by row, in float64


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    losses, dx = [], np.zeros_like(x, order="F")
    for n, (row, label) in enumerate(zip(x.astype(np.float64), labels, strict=True)):
        shifted = row - max(row)
        e = np.exp(shifted)
        losses.append(np.log(sum(e)) - shifted[label])
        row_gradient = e / sum(e)
        row_gradient[label] -= 1
        dx[n] = row_gradient / len(x)
    return sum(losses) / len(losses), dx


# %% take and put along the axis, the classes first


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)[np.newaxis]
    scores = x.T - x.max(axis=1)
    total = np.exp(scores).sum(axis=0, keepdims=True)
    logp = scores - np.log(total)
    own = np.take_along_axis(logp, labels, axis=0)
    p = np.exp(logp)
    np.put_along_axis(p, labels, np.exp(own) - 1, axis=0)
    return -own.mean(), p.T / x.shape[0]


# %% a comparison with arange as mask, np.ma-free where


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    n, k = x.shape
    own = labels[:, None] == np.arange(k)
    s = np.array(x)
    s -= np.amax(s, axis=1, keepdims=True)
    np.exp(s, out=s)
    z = s.sum(axis=1, keepdims=True)
    margin = x - np.sum(x, axis=1, keepdims=True, where=own)
    top = margin.max(axis=1, keepdims=True)
    loss = np.mean(top + np.log(np.exp(margin - top).sum(axis=1, keepdims=True)))
    s /= z
    s -= own
    s /= n
    return float(loss), s
