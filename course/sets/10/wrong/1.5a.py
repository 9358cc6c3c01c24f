"""1.5a three convolutions: wrong answers of set 10."""

import numpy as np

# %% filt flips, valid does not -> flipped


def conv_filt(a, b):
    return _slide(a, b[::-1, ::-1])


def conv_valid(a, b):
    return _slide(a, b)


def conv_full(a, b):
    h, w = b.shape
    return conv_filt(np.pad(a, ((h - 1, h - 1), (w - 1, w - 1))), b)


def _slide(a, b):
    h, w = b.shape
    out = np.zeros((a.shape[0] - h + 1, a.shape[1] - w + 1), a.dtype)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (a[i : i + h, j : j + w] * b).sum()
    return out


# %% full does not flip, otherwise -> flipped


def conv_filt(a, b):
    windows = np.lib.stride_tricks.sliding_window_view(a, b.shape)
    return np.einsum("ijuv,uv->ij", windows, b)


def conv_valid(a, b):
    return conv_filt(a, b[::-1, ::-1])


def conv_full(a, b):
    h, w = b.shape
    return conv_filt(np.pad(a, ((h - 1, h - 1), (w - 1, w - 1))), b)


# %% the kernel is flipped upside down alone -> flipped-one-axis


def conv_filt(a, b):
    out = np.zeros((a.shape[0] - b.shape[0] + 1, a.shape[1] - b.shape[1] + 1), a.dtype)
    for u, v in np.ndindex(*b.shape):
        out += b[u, v] * a[u : u + out.shape[0], v : v + out.shape[1]]
    return out


def conv_valid(a, b):
    return conv_filt(a, np.flipud(b))


def conv_full(a, b):
    h, w = b.shape
    return conv_valid(np.pad(a, ((h - 1, h - 1), (w - 1, w - 1))), b)


# %% pads by the whole kernel -> size-off-by-one


def conv_filt(a, b):
    windows = np.lib.stride_tricks.sliding_window_view(a, b.shape)
    return np.tensordot(windows, b, 2)


def conv_valid(a, b):
    return conv_filt(a, np.flip(b))


def conv_full(a, b):
    h, w = b.shape
    return conv_valid(np.pad(a, ((h, h), (w, w))), b)


# %% the last row and column missing -> size-off-by-one


def conv_filt(a, b):
    H, W = a.shape[0] - b.shape[0], a.shape[1] - b.shape[1]
    out = np.zeros((H, W), a.dtype)
    for i in range(H):
        for j in range(W):
            out[i, j] = np.sum(a[i : i + b.shape[0], j : j + b.shape[1]] * b)
    return out


def conv_valid(a, b):
    return conv_filt(a, np.flip(b))


def conv_full(a, b):
    h, w = b.shape
    return conv_valid(np.pad(a, ((h - 1, h - 1), (w - 1, w - 1))), b)


# %% the padding of rows used for columns -> square-only


def conv_filt(a, b):
    windows = np.lib.stride_tricks.sliding_window_view(a, b.shape)
    return (windows * b).sum(axis=(2, 3))


def conv_valid(a, b):
    return conv_filt(a, b[::-1, ::-1])


def conv_full(a, b):
    return conv_valid(np.pad(a, b.shape[0] - 1), b)


# %% outputs in np.zeros -> float64-from-float32


def conv_filt(a, b):
    out = np.zeros((a.shape[0] - b.shape[0] + 1, a.shape[1] - b.shape[1] + 1))
    for i, j in np.ndindex(*out.shape):
        out[i, j] = np.sum(a[i : i + b.shape[0], j : j + b.shape[1]] * b)
    return out


def conv_valid(a, b):
    return conv_filt(a, b[::-1, ::-1])


def conv_full(a, b):
    h, w = b.shape
    return conv_valid(np.pad(a, ((h - 1, h - 1), (w - 1, w - 1))), b)


# %% full pads at the end only -> shifted


def conv_filt(a, b):
    windows = np.lib.stride_tricks.sliding_window_view(a, b.shape)
    return np.einsum("ijuv,uv->ij", windows, b)


def conv_valid(a, b):
    return conv_filt(a, b[::-1, ::-1])


def conv_full(a, b):
    h, w = b.shape
    return conv_valid(np.pad(a, ((0, 2 * (h - 1)), (0, 2 * (w - 1)))), b)
