"""Convolution in its three forms, and the convolutional layer (Q1, item 1.5).

For 2-D a (H x W) and b (H' x W'), indices from 1:

    (a *valid b)[i,j] = sum_{m,n} a[m,n] b[i-m+H', j-n+W']           (H-H'+1) x (W-W'+1)
    (a *full  b)[i,j] = sum_{m,n} a[m,n] b[i-m+1,  j-n+1 ]           (H+H'-1) x (W+W'-1)
    (a *filt  b)[i,j] = sum_{m,n} a[i+m-1, j+n-1] b[m,n]             (H-H'+1) x (W-W'+1)

`valid` and `full` flip b, `filt` does not: with flip(b)[m,n] = b[H'+1-m, W'+1-n], a *valid b = a *filt flip(b); and
`full` is `valid` on a padded with H'-1 and W'-1 zeros on each side.

The layer, for X (N,C,H,W) and W (F,C,H',W'), no bias, stride 1, no padding:

    Y[n,f] = sum_c X[n,c] *filt W[f,c]
    Y[n,f,p,q] = sum_{c,u,v} X[n,c,p+u-1,q+v-1] W[f,c,u,v]

X[n,c,i,j] meets W[f,c,u,v] in Y[n,f,i-u+1,j-v+1] and nowhere else, so with G = dL/dY:

    dL/dX[n,c,i,j] = sum_f sum_{u,v} G[n,f,i-u+1,j-v+1] W[f,c,u,v] = sum_f (W[f,c] *full G[n,f])[i,j]
    dL/dW[f,c,u,v] = sum_n sum_{p,q} X[n,c,u+p-1,v+q-1] G[n,f,p,q] = sum_n (X[n,c] *filt G[n,f])[u,v]

(G is zero outside its range.) Both sums are matrix products once the patches of
X stand as the columns of a matrix ("im2col"), of K = C H' W' numbers each.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nnlib import checks
from nnlib.fast import runtime


def conv_filt(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Slide b over a without flipping it: (H, W) *filt (H', W') -> (H-H'+1, W-W'+1)."""
    checks.floating("a", a, ndim=2)
    checks.floating("b", b, ndim=2)
    _check_kernel_fits("b", b.shape, "a", a.shape)
    return np.tensordot(sliding_window_view(a, b.shape), b, axes=2)  # (P, Q, H', W') (H', W') -> (P, Q)


def conv_valid(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Convolve where b lies wholly inside a: (H, W) *valid (H', W') -> (H-H'+1, W-W'+1)."""
    return conv_filt(a, checks.floating("b", b, ndim=2)[::-1, ::-1])


def conv_full(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Convolve where b touches a at all: (H, W) *full (H', W') -> (H+H'-1, W+W'-1)."""
    checks.floating("a", a, ndim=2)
    checks.floating("b", b, ndim=2)
    checks.require(a.size > 0 and b.size > 0, "a and b", "at least one element each", f"{a.shape} and {b.shape}")
    return conv_valid(np.pad(a, [(size - 1, size - 1) for size in b.shape]), b)


def conv_forward(x: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Filter each image with each of F kernels and sum over the channels.

    Args:
        x: images, (N, C, H, W).
        w: kernels, (F, C, H', W').

    Returns:
        out: (N, F, H-H'+1, W-W'+1); in memory the batch is innermost, as the product makes it.
        cache: what `conv_backward` needs.

    Raises:
        TypeError: an argument that is not a floating-point array.
        ValueError: another number of channels, or a kernel larger than the image.
    """
    checks.floating("x", x, ndim=4)
    checks.floating("w", w, ndim=4)
    checks.require(w.shape[1] == x.shape[1], "w", f"{x.shape[1]} channels, as in x", f"shape {w.shape}")
    _check_kernel_fits("w", w.shape[2:], "x", x.shape[2:])
    kernels = w.reshape(len(w), -1)  # (F, K)
    patches = _patches(x, w)  # (C, H', W', P, Q, N)
    p, q, n = patches.shape[3:]
    out = np.empty((len(w), p, q, n), dtype=np.result_type(x, w))

    def filter_rows(rows: slice) -> None:
        pixels = slice(rows.start * q * n, rows.stop * q * n)
        np.matmul(kernels, _columns(patches, rows), out=out.reshape(len(w), -1)[:, pixels])

    runtime.thread_map(filter_rows, _row_slices(patches))
    return out.transpose(3, 0, 1, 2), (x, w)


def conv_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray]:
    """Compute the gradients of a convolutional layer.

    Args:
        dout: dL/dY, (N, F, H-H'+1, W-W'+1).
        cache: from `conv_forward`.

    Returns:
        dx: (N, C, H, W), by full convolution.
        dw: (F, C, H', W'), by filtering.
    """
    dw = conv_backward_params(dout, cache)
    x, w = cache
    kernels = w.reshape(len(w), -1)  # (F, K)
    n, c, height, width = x.shape
    kh, kw = w.shape[2:]
    q = dout.shape[3]
    g = _batch_last(dout)  # (F, P, Q, N)

    def spread_rows(rows: slice) -> np.ndarray:
        columns = kernels.T @ g[:, rows].reshape(len(w), -1)  # (K, F) (F, rows*Q*N) -> (K, rows*Q*N)
        columns = columns.reshape(c, kh, kw, -1, q, n)
        piece = np.zeros((c, columns.shape[3] + kh - 1, width, n), dtype=columns.dtype)
        for u in range(kh):
            for v in range(kw):  # Y[p,q] saw X[p+u,q+v] through W[u,v]
                piece[:, u : u + columns.shape[3], v : v + q] += columns[:, u, v]
        return piece

    dx = np.zeros((c, height, width, n), dtype=np.result_type(dout, w))
    slices = _row_slices(_patches(x, w))
    for rows, piece in zip(slices, runtime.thread_map(spread_rows, slices), strict=True):
        dx[:, rows.start : rows.start + piece.shape[1]] += piece  # here and not on the threads: the pieces overlap
    return dx.transpose(3, 0, 1, 2), dw


def conv_backward_params(dout: np.ndarray, cache: tuple) -> np.ndarray:
    """Compute dw alone: nobody asks a network's first layer for dx."""
    x, w = cache
    patches = _patches(x, w)  # (C, H', W', P, Q, N)
    p, q, n = patches.shape[3:]
    checks.shape("dout", dout, (n, len(w), p, q), "It has the shape of the layer's output.")
    g = _batch_last(dout)  # (F, P, Q, N)

    def filter_rows(rows: slice) -> np.ndarray:
        # The columns are laid out a second time: cheaper than keeping the K numbers of each patch until now. And dW^T
        # instead of dW, in 0.83 of the time: BLAS repacks the factor that is transposed, and G is the smaller one.
        return _columns(patches, rows) @ g[:, rows].reshape(len(w), -1).T  # (K, rows*Q*N) (rows*Q*N, F) -> (K, F)

    return sum(runtime.thread_map(filter_rows, _row_slices(patches))).T.reshape(w.shape)


def _batch_last(x: np.ndarray) -> np.ndarray:
    """Return (N, C, H, W) as contiguous (C, H, W, N): what the next layer gets from a convolution already is so.

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


def _check_kernel_fits(name: str, kernel: tuple[int, ...], other: str, image: tuple[int, ...]) -> None:
    fits = all(0 < k <= size for k, size in zip(kernel, image, strict=True))
    checks.require(fits, name, f"a kernel no larger than {other}'s {image}", f"{kernel}")
