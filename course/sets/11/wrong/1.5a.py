"""1.5a three convolutions: wrong answers of set 11."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

# %% valid flips the image's rows and not the kernel -> rearranged


def conv_valid(a, b):
    return np.einsum("ijuv,uv->ij", sliding_window_view(a[::-1], b.shape), b[:, ::-1])


# %% full pads by the kernel's whole size and cuts the end off -> shifted


def conv_full(a, b):
    (H, W), (h, w) = a.shape, b.shape
    padded = np.pad(a, ((h, h), (w, w)))
    out = np.einsum("ijuv,uv->ij", sliding_window_view(padded, b.shape), b[::-1, ::-1])
    return out[: H + h - 1, : W + w - 1]
