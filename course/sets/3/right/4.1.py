"""4.1 softmax loss: right answers, written differently."""

import numpy as np


# %% the classes on the first axis
def softmax_loss(x, y):
    columns = x.T - x.T.max(axis=0)
    total = np.exp(columns).sum(axis=0)
    n = np.arange(x.shape[0])
    loss = np.log(total).mean() - columns[y, n].mean()
    gradient = np.exp(columns) / total
    np.subtract.at(gradient, (y, n), 1)
    gradient /= n.size
    return loss.item(), gradient.T
