"""The convolutional layer, a few output rows at a time: their columns fit the cache, and never all exist at once.

What it saves: memory, and on several threads time (docs/bench.md, the networks CNN); on one thread see `conv` there.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nnlib.fast import runtime
from nnlib.layers import arguments


def conv_forward(x: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Filter as `nnlib.layers.conv_forward` does; in memory the batch of `out` is innermost."""
    arguments.convolution(x, w)
    kernels = w.reshape(len(w), -1)  # (F, K)
    patches = _patches(x, w)  # (C, H', W', P, Q, N)
    p, q, n = patches.shape[3:]
    out = np.empty((len(w), p, q, n), dtype=np.result_type(x, w))

    def filter_rows(rows: slice) -> None:
        pixels = slice(rows.start * q * n, rows.stop * q * n)
        np.matmul(kernels, _columns(patches, rows), out=out.reshape(len(w), -1)[:, pixels])

    runtime.thread_map(filter_rows, _row_slices(patches))
    return out.transpose(3, 0, 1, 2), (x, w)


def conv_backward(dout: np.ndarray, cache: tuple, *, need_dx: bool = True) -> tuple[np.ndarray | None, np.ndarray]:
    """Compute dx and dw as `nnlib.layers.conv_backward` does; dx is None if not needed."""
    x, w = cache
    out_shape = (len(x), len(w), *(image - kernel + 1 for image, kernel in zip(x.shape[2:], w.shape[2:], strict=True)))
    arguments.gradient(dout, out_shape)
    g = _batch_last(dout)  # (F, P, Q, N)
    return _image_gradient(g, x, w) if need_dx else None, _kernel_gradient(g, x, w)


def _image_gradient(g: np.ndarray, x: np.ndarray, w: np.ndarray) -> np.ndarray:
    kernels = w.reshape(len(w), -1)  # (F, K)
    n, c, height, width = x.shape
    kh, kw = w.shape[2:]
    q = g.shape[2]

    def spread_rows(rows: slice) -> np.ndarray:
        columns = kernels.T @ g[:, rows].reshape(len(w), -1)  # (K, F) (F, rows*Q*N) -> (K, rows*Q*N)
        columns = columns.reshape(c, kh, kw, -1, q, n)
        piece = np.zeros((c, columns.shape[3] + kh - 1, width, n), dtype=columns.dtype)
        for u in range(kh):
            for v in range(kw):  # Y[p,q] saw X[p+u,q+v] through W[u,v]
                piece[:, u : u + columns.shape[3], v : v + q] += columns[:, u, v]
        return piece

    dx = np.zeros((c, height, width, n), dtype=np.result_type(g, w))
    slices = _row_slices(_patches(x, w))
    for rows, piece in zip(slices, runtime.thread_map(spread_rows, slices), strict=True):
        dx[:, rows.start : rows.start + piece.shape[1]] += piece  # here and not on the threads: the pieces overlap
    return dx.transpose(3, 0, 1, 2)


def _kernel_gradient(g: np.ndarray, x: np.ndarray, w: np.ndarray) -> np.ndarray:
    patches = _patches(x, w)  # (C, H', W', P, Q, N)

    def filter_rows(rows: slice) -> np.ndarray:
        # The columns are laid out a second time, in an eighth of this function's time, so that their 6 to 10 MB (at
        # Q5's sizes) are not kept until now. dW^T takes 0.85 of the time of dW: BLAS repacks the factor that is
        # transposed, and G is the smaller one.
        return _columns(patches, rows) @ g[:, rows].reshape(len(w), -1).T  # (K, rows*Q*N) (rows*Q*N, F) -> (K, F)

    return sum(runtime.thread_map(filter_rows, _row_slices(patches))).T.reshape(w.shape)


def _batch_last(x: np.ndarray) -> np.ndarray:
    """Return (N, C, H, W) as contiguous (C, H, W, N), which the output of a convolution already is.

    With the batch innermost (the order of cuda-convnet) every pixel is a run of N numbers side by side, so shifting,
    pooling and normalising images become loops over long runs.
    """
    return np.ascontiguousarray(x.transpose(1, 2, 3, 0))


def _patches(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Return each pixel of the kernel over the images it sees, (C, H', W', P, Q, N), as a view of x (or one copy)."""
    windows = sliding_window_view(_batch_last(x), w.shape[2:], axis=(1, 2))  # (C, P, Q, N, H', W')
    return windows.transpose(0, 4, 5, 1, 2, 3)


def _columns(patches: np.ndarray, rows: slice) -> np.ndarray:
    """Lay the patches of some output rows out as the columns of a matrix, (K, rows*Q*N)."""
    return patches[:, :, :, rows].reshape(math.prod(patches.shape[:3]), -1)


def _row_slices(patches: np.ndarray) -> list[slice]:
    return runtime.cache_slices(patches.shape[3], patches[:, :, :, :1].size * patches.itemsize)
