"""4.1 softmax loss: right answers, written differently."""

import numpy as np


# %% take_along_axis, logsumexp
def _logsumexp(x):
    top = np.amax(x, axis=-1, keepdims=True)
    return top + np.log(np.sum(np.exp(x - top), axis=-1, keepdims=True))


def softmax_loss(x, y):
    logp = x - _logsumexp(x)
    picked = np.take_along_axis(logp, np.asarray(y)[:, None], axis=1)
    p = np.exp(logp)
    np.put_along_axis(p, np.asarray(y)[:, None], np.exp(picked) - 1, axis=1)
    return -picked.mean(), p / x.shape[0]


# %% one-hot rows by a comparison
def softmax_loss(x, y):
    n, k = x.shape
    onehot = (np.arange(k) == np.asarray(y).reshape(-1, 1)).astype(x.dtype)
    z = x - x.max(1)[:, None]
    logp = z - np.log(np.exp(z).sum(1))[:, None]
    return np.float64(-(onehot * logp).sum() / n), (np.exp(logp) - onehot) / n


# %% logaddexp.reduce in a loop over the examples, float64 inside
def softmax_loss(x, y):
    loss, dx = 0.0, np.empty_like(x)
    for n, row in enumerate(x.astype(np.float64)):
        log_total = np.logaddexp.reduce(row)
        loss += log_total - row[y[n]]
        dx[n] = np.exp(row - log_total) / len(x)
        dx[n, y[n]] = (np.exp(row[y[n]] - log_total) - 1) / len(x)
    return loss / len(x), dx
