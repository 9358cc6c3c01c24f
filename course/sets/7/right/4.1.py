"""4.1 softmax loss: right answers."""

import numpy as np


# %% log-probabilities by logaddexp and one-hot labels
def softmax_loss(x, y):
    n, k = x.shape
    logs = x - np.amax(x, axis=1)[:, None]
    logs = logs - np.logaddexp.reduce(logs, axis=1)[:, None]
    truth = np.arange(k)[None, :] == np.asarray(y)[:, None]
    return float(-logs[truth].sum() / n), (np.exp(logs) - truth) / n
