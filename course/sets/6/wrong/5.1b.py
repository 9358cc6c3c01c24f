"""5.1b max pooling, forward: wrong answers."""

import numpy as np


# %% the second largest of a window -> none
def max_pool_forward(x, pool_param):
    ph, pw, s = pool_param.values()
    views = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), (2, 3))[:, :, ::s, ::s]
    return np.sort(views.reshape(*views.shape[:4], -1), axis=-1)[..., -2], (x, pool_param)


# %% the maximum is taken of softplus -> function-of-right
def max_pool_forward(x, pool_param):
    ph, pw, s = pool_param.values()
    views = np.lib.stride_tricks.sliding_window_view(x, (ph, pw), (2, 3))[:, :, ::s, ::s]
    return np.logaddexp(0, views).max((4, 5)).astype(x.dtype), (x, pool_param)
