"""7.2b moments over all masks: right answers of set 12."""

import numpy as np

# %% a diagonal covariance, float64


def moments(x, w, b, keep):
    kind = np.result_type(x, w, b)
    covariance = np.diag(np.full(len(x), keep - keep * keep) * x.astype(float) ** 2)
    mean = np.array([np.dot(x * keep, column) for column in w.T], dtype=float) + b
    return mean.astype(kind), np.diagonal(w.T.astype(float) @ covariance @ w).astype(kind)
