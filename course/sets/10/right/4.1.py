"""4.1 softmax loss: right answers of set 10."""

import numpy as np

from nnlib import checks

# %% logaddexp.reduce in place of a shift


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    log_p = x - np.logaddexp.reduce(x, axis=1, keepdims=True)
    loss = -np.take_along_axis(log_p, labels[:, None], axis=1).mean()
    return loss, (np.exp(log_p) - np.eye(x.shape[1], dtype=x.dtype)[labels]) / x.dtype.type(len(x))


# %% the Jacobian of each example


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    N, K = x.shape
    dx, total = np.empty_like(x), 0.0
    for n in range(N):
        s = x[n] - x[n].max()
        e = np.exp(s)
        p = e / e.sum()
        total += np.log(e.sum()) - s[labels[n]]
        jacobian = np.diag(p) - np.outer(p, p)
        # dL/dp is -1/p of the label; p may have underflowed, and jacobian / p is then read off directly
        if p[labels[n]] > 1e-30:
            dx[n] = -jacobian[labels[n]] / p[labels[n]]
        else:
            dx[n] = p
            dx[n, labels[n]] -= 1
    return total / N, dx / N


# %% one-hot targets, columns first, in place on its own copy


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    s = x.T.copy()
    s -= s.max(axis=0)
    log_z = np.log(np.exp(s).sum(axis=0))
    s -= log_z
    one_hot = np.zeros_like(s)
    one_hot[labels, np.arange(s.shape[1])] = 1
    loss = -np.sum(one_hot * s) / s.shape[1]
    np.exp(s, out=s)
    s -= one_hot
    s /= s.shape[1]
    return float(loss), s.T


# %% differences to the score of the label


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    rows = np.arange(len(x))
    gaps = x - x[rows, labels][:, None]
    top = gaps.max(axis=1, keepdims=True)
    e = np.exp(gaps - top)
    z = e.sum(axis=1, keepdims=True)
    loss = (top + np.log(z)).mean(dtype=np.float64)
    dx = e / z
    dx[rows, labels] -= 1.0
    return loss, np.true_divide(dx, len(x))
