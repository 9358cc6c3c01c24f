"""1.5a three convolutions: wrong answers."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

# %% filt flips its kernel -> flipped


def conv_filt(a, b):
    return np.tensordot(sliding_window_view(a, b.shape), b[::-1, ::-1], axes=2)


def conv_valid(a, b):
    return np.tensordot(sliding_window_view(a, b.shape), b[::-1, ::-1], axes=2)


# %% valid does not flip -> flipped


def conv_valid(a, b):
    return conv_filt(a, b)


# %% full does not flip -> flipped


def conv_full(a, b):
    height, width = b.shape
    return conv_filt(np.pad(a, ((height - 1, height - 1), (width - 1, width - 1))), b)


# %% valid flips the rows alone -> flipped-one-axis


def conv_valid(a, b):
    return conv_filt(a, b[::-1])


# %% valid flips the columns alone -> flipped-one-axis


def conv_valid(a, b):
    return conv_filt(a, np.fliplr(b))


# %% valid flips twice -> flipped


def conv_valid(a, b):
    return conv_filt(a, np.flip(np.flip(b)))


# %% valid flips the image in place of the kernel -> flipped, rearranged


def conv_valid(a, b):
    return conv_filt(a[::-1, ::-1], b)


# %% valid transposes in place of flipping -> square-only, transpose


def conv_valid(a, b):
    return conv_filt(a, b.T)


# %% valid turns the kernel by a quarter -> square-only, transpose


def conv_valid(a, b):
    return conv_filt(a, np.rot90(b))


# %% full pads by one too much -> size-off-by-one


def conv_full(a, b):
    height, width = b.shape
    return conv_valid(np.pad(a, ((height, height), (width, width))), b)


# %% full pads on two sides alone -> shifted


def conv_full(a, b):
    height, width = b.shape
    return conv_valid(np.pad(a, ((0, 2 * height - 2), (0, 2 * width - 2))), b)


# %% full pads both axes by the kernel's height -> square-only


def conv_full(a, b):
    return conv_valid(np.pad(a, b.shape[0] - 1), b)


# %% full has the size of a -> same-size


def conv_full(a, b):
    height, width = b.shape
    top, left = (height - 1) // 2, (width - 1) // 2
    return conv_valid(np.pad(a, ((top, height - 1 - top), (left, width - 1 - left))), b)


# %% full repeats the border's pixels -> border


def conv_full(a, b):
    height, width = b.shape
    return conv_valid(np.pad(a, ((height - 1, height - 1), (width - 1, width - 1)), mode="edge"), b)


# %% filt leaves out the last row and column -> size-off-by-one


def conv_filt(a, b):
    height, width = a.shape[0] - b.shape[0], a.shape[1] - b.shape[1]
    out = np.zeros((height, width), dtype=a.dtype)
    for i in range(height):
        for j in range(width):
            out[i, j] = np.sum(a[i : i + b.shape[0], j : j + b.shape[1]] * b)
    return out


# %% filt exchanges height and width in its output -> square-only, transpose


def conv_filt(a, b):
    out = np.zeros((a.shape[1] - b.shape[1] + 1, a.shape[0] - b.shape[0] + 1), dtype=a.dtype)
    for i in range(out.shape[1]):
        for j in range(out.shape[0]):
            out[i, j] = np.sum(a[i : i + b.shape[0], j : j + b.shape[1]] * b)
    return out


# %% filt fills an array of float64 -> float64-from-float32


def conv_filt(a, b):
    out = np.zeros((a.shape[0] - b.shape[0] + 1, a.shape[1] - b.shape[1] + 1))
    for i, j in np.ndindex(out.shape):
        out[i, j] = np.sum(a[i : i + b.shape[0], j : j + b.shape[1]] * b)
    return out


# %% filt averages -> over-size


def conv_filt(a, b):
    windows = sliding_window_view(a, b.shape)
    return np.mean(windows * b, axis=(2, 3))


# %% filt keeps the last product of each window -> one-index


def conv_filt(a, b):
    height, width = a.shape[0] - b.shape[0] + 1, a.shape[1] - b.shape[1] + 1
    out = np.zeros((height, width), dtype=a.dtype)
    for u in range(b.shape[0]):
        for v in range(b.shape[1]):
            out = a[u : u + height, v : v + width] * b[u, v]
    return out
