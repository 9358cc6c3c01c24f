"""4.1 softmax loss: right answers of set 12."""

import numpy as np

# %% one-hot, logsumexp of numpy's logaddexp


def softmax_loss(x, y):
    n, k = x.shape
    onehot = np.eye(k, dtype=x.dtype)[np.asarray(y)]
    lse = np.logaddexp.reduce(x, axis=1, keepdims=True)
    logp = x - lse
    return float(-(onehot * logp).sum() / n), (np.exp(logp) - onehot) / n
