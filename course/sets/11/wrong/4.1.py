"""4.1 softmax loss: wrong answers of set 11."""

import numpy as np

from nnlib import checks

# %% the shift works along the batch -> wrong-axis


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    rows = np.arange(len(x))
    e = np.exp(x - x.max(axis=0))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.log(p[rows, labels]).mean()
    p[rows, labels] -= 1
    return float(loss), p / len(x)


# %% averaged over classes as well, in loss and gradient (PyTorch's mean of a one-hot product) -> over-size


def softmax_loss(x, y):
    labels = checks.class_batch(x, y)
    onehot = np.eye(x.shape[1], dtype=x.dtype)[labels]
    z = x - x.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return float(-(onehot * log_p).mean()), (np.exp(log_p) - onehot) / x.size
