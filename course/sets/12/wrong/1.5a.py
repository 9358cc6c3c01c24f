"""1.5a three convolutions: wrong answers of set 12."""

import numpy as np

from nnlib.layers.conv import conv_filt, conv_valid

# %% valid turned by 90 degrees, not by 180 -> transpose


def conv_valid(a, b):
    return conv_filt(a, np.rot90(b))


# %% full repeats the edge instead of zeros -> border


def conv_full(a, b):
    return conv_valid(np.pad(a, [(size - 1, size - 1) for size in b.shape], mode="edge"), b)


# %% the output is filled in float32 -> nearly-right


def conv_filt(a, b):
    out = np.zeros((a.shape[0] - b.shape[0] + 1, a.shape[1] - b.shape[1] + 1), np.float32)
    for i, j in np.ndindex(*out.shape):
        out[i, j] = np.vdot(a[i : i + b.shape[0], j : j + b.shape[1]], b)
    return out
