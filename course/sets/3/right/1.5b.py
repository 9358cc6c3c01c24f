"""1.5b convolutional layer, forward: right answers, written differently."""

import numpy as np

from nnlib.layers.conv import conv_filt, im2col


# %% conv_filt summed over channels, a cache in the repository's form
def conv_forward(x, w):
    n, c, height, width = x.shape
    f, _, h, k = w.shape
    out = np.zeros((n, f, height - h + 1, width - k + 1), dtype=x.dtype)
    for a in range(n):
        for b in range(f):
            out[a, b] = sum(conv_filt(x[a, d], w[b, d]) for d in range(c))
    return out, (x.shape, im2col(x, (h, k)), w, out.shape)
