"""3.1 hinge loss: right answers."""

import numpy as np


# %% example by example
def svm_loss(x, y):
    loss, dx = 0.0, np.zeros_like(x)
    for n, (score, label) in enumerate(zip(x.tolist(), np.asarray(y).tolist())):
        sign = 1.0 if label == 1 else -1.0
        slack = 1.0 - sign * score
        if slack > 0:
            loss += slack
            dx[n] = -sign / len(x)
    return loss / len(x), dx
