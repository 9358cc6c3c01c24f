"""1.5a three convolutions: right answers, written differently."""

import numpy as np


# %% a matrix for the filter (Toeplitz)
def _matrix(shape, b):
    h, w = b.shape
    places = [(i, j) for i in range(shape[0] - h + 1) for j in range(shape[1] - w + 1)]
    matrix = np.zeros((len(places), *shape), b.dtype)
    for row, (i, j) in enumerate(places):
        matrix[row, i : i + h, j : j + w] = b
    return matrix.reshape(len(places), -1)


def conv_filt(a, b):
    return (_matrix(a.shape, b) @ a.ravel()).reshape(a.shape[0] - b.shape[0] + 1, a.shape[1] - b.shape[1] + 1)


def conv_valid(a, b):
    return conv_filt(np.flip(a), b)[::-1, ::-1]


def conv_full(a, b):
    big = tuple(m + n - 1 for m, n in zip(a.shape, b.shape, strict=True))
    return (_matrix(big, b).T @ a.ravel()).reshape(big) if a.size else np.zeros(big)
