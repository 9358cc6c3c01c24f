"""7.2b moments over all masks: right answers, written differently."""

import numpy as np


# %% hypot of the products' columns
def moments(x, w, b, keep):
    products = w * x[:, np.newaxis]
    length = np.linalg.norm(products, axis=0)
    return np.add(products.sum(axis=0) * keep, b), length * length * (keep - keep * keep)
