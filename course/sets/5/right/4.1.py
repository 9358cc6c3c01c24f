"""4.1 softmax loss: right answers."""

import numpy as np


# %% logaddexp.reduce and a matrix of one-hot labels, classes first
def softmax_loss(x, y):
    scores = x.T.astype(np.float64)  # (K, N)
    K, N = scores.shape
    one_hot = np.equal.outer(np.arange(K), y)
    log_p = scores - np.logaddexp.reduce(scores, axis=0)
    loss = -(log_p[one_hot]).sum() / N
    dx = (np.exp(log_p) - one_hot) / N
    return float(loss), dx.T.astype(x.dtype)
