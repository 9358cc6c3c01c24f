"""2.1 logistic loss: right answers of set 12."""

import math

import numpy as np

# %% a loop with math, float64


def _one(s, positive):
    m = s if positive else -s
    loss = math.log1p(math.exp(-m)) if m > 0 else -m + math.log1p(math.exp(m))
    q = math.exp(-m) / (1 + math.exp(-m)) if m > 0 else 1 / (1 + math.exp(m))
    return loss, -q if positive else q


def logistic_loss(x, y):
    pairs = [_one(float(s), label > 0) for s, label in zip(x, y, strict=False)]
    n = len(pairs)
    return math.fsum(p[0] for p in pairs) / n, np.array([p[1] / n for p in pairs], dtype=x.dtype)
