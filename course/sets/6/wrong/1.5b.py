"""1.5b convolutional layer, forward: wrong answers."""

import numpy as np


# %% the mean of the images' kernels' answers is taken off -> examples-mixed
def conv_forward(x, w):
    kh, kw = w.shape[2:]
    views = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), (2, 3))
    out = np.einsum("ncpquv,fcuv->nfpq", views, w)
    return out - out.mean(0), (x, w)


# %% the first filter answers for all -> same-along-axis
def conv_forward(x, w):
    kh, kw = w.shape[2:]
    views = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), (2, 3))
    out = np.einsum("ncpquv,fcuv->nfpq", views, w)
    return np.repeat(out[:, :1], len(w), axis=1), (x, w)
