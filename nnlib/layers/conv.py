"""Convolution in its three forms, and the convolutional layer (Q1, item 1.5).

For 2-D a (H x W) and b (H' x W'), indices from 1:

    (a *valid b)[i,j] = sum_{k,l} a[k,l] b[i-k+H', j-l+W']           (H-H'+1) x (W-W'+1)
    (a *full  b)[i,j] = sum_{k,l} a[k,l] b[i-k+1,  j-l+1 ]           (H+H'-1) x (W+W'-1)
    (a *filt  b)[i,j] = sum_{u,v} a[i+u-1, j+v-1] b[u,v]             (H-H'+1) x (W-W'+1)

`valid` and `full` flip b, `filt` does not: with flip(b)[u,v] = b[H'+1-u, W'+1-v], a *valid b = a *filt flip(b); and
`full` is `valid` on a padded with H'-1 and W'-1 zeros on each side.

The layer, for X (N,C,H,W) and W (F,C,H',W'), no bias, stride 1, no padding:

    Y[n,f] = sum_c X[n,c] *filt W[f,c]
    Y[n,f,p,q] = sum_{c,u,v} X[n,c,p+u-1,q+v-1] W[f,c,u,v]

X[n,c,i,j] meets W[f,c,u,v] in Y[n,f,i-u+1,j-v+1] and nowhere else, so with G = dL/dY:

    dL/dX[n,c,i,j] = sum_f sum_{u,v} G[n,f,i-u+1,j-v+1] W[f,c,u,v] = sum_f (W[f,c] *full G[n,f])[i,j]
    dL/dW[f,c,u,v] = sum_n sum_{p,q} X[n,c,u+p-1,v+q-1] G[n,f,p,q] = sum_n (X[n,c] *filt G[n,f])[u,v]

(G is zero outside its range.) With every window of X as a column of K = C H' W' numbers ("im2col"), both forward and
backward are matrix products, for kernels as rows and G[f,(n,p,q)] laid out alike:

    Y = W im2col(X)                   dW = G im2col(X)^T                   dX = col2im(W^T G)

where col2im, the transpose of im2col, adds up what the columns hold of the same pixel.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nnlib import checks
from nnlib.layers import arguments


def conv_filt(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Slide b over a without flipping it: (H, W) *filt (H', W') -> (H-H'+1, W-W'+1)."""
    checks.floating("a", a, ndim=2)
    checks.floating("b", b, ndim=2)
    arguments.kernel_fits("b", b.shape, "a", a.shape)
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
        out: (N, F, P, Q) with P = H-H'+1 and Q = W-W'+1.
        cache: what `conv_backward` needs.

    Raises:
        TypeError: an argument that is not a floating-point array.
        ValueError: another number of channels, or a kernel larger than the image.
    """
    arguments.convolution(x, w)
    (n, _, height, width), (f, _, kh, kw) = x.shape, w.shape
    columns = im2col(x, (kh, kw))  # (K, N P Q)
    out = w.reshape(f, -1) @ columns  # (F, K) (K, N P Q) -> (F, N P Q)
    out = out.reshape(f, n, height - kh + 1, width - kw + 1).transpose(1, 0, 2, 3)  # (N, F, P, Q)
    return out, (x.shape, columns, w, out.shape)


def conv_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray]:
    """Compute the gradients of a convolutional layer.

    Args:
        dout: dL/dY, (N, F, P, Q).
        cache: from `conv_forward`.

    Returns:
        dx: (N, C, H, W), by full convolution.
        dw: (F, C, H', W'), by filtering.

    Raises:
        TypeError, ValueError: dout is not a floating-point array of the output's shape.
    """
    x_shape, columns, w, out_shape = cache
    arguments.gradient(dout, out_shape)
    g = dout.transpose(1, 0, 2, 3).reshape(len(w), -1)  # (F, N P Q)
    dw = (g @ columns.T).reshape(w.shape)  # (F, N P Q) (N P Q, K) -> (F, K)
    dx = col2im(w.reshape(len(w), -1).T @ g, x_shape, w.shape[2:])  # (K, F) (F, N P Q) -> (K, N P Q)
    return dx, dw


def im2col(x: np.ndarray, kernel: tuple[int, int]) -> np.ndarray:
    """Lay every window of x (N, C, H, W) that the kernel (H', W') sees out as a column, (C H' W', N P Q)."""
    (n, c, height, width), (kh, kw) = x.shape, kernel
    p, q = height - kh + 1, width - kw + 1
    columns = np.empty((c, kh, kw, n, p, q), dtype=x.dtype)
    for u, v in np.ndindex(kh, kw):
        columns[:, u, v] = x[:, :, u : u + p, v : v + q].transpose(1, 0, 2, 3)
    return columns.reshape(c * kh * kw, n * p * q)


def col2im(columns: np.ndarray, x_shape: tuple[int, ...], kernel: tuple[int, int]) -> np.ndarray:
    """Add every column (C H' W', N P Q) back into its window of an image batch of shape `x_shape`, (N, C, H, W)."""
    (n, c, height, width), (kh, kw) = x_shape, kernel
    p, q = height - kh + 1, width - kw + 1
    columns = columns.reshape(c, kh, kw, n, p, q)
    x = np.zeros(x_shape, dtype=columns.dtype)
    for u, v in np.ndindex(kh, kw):
        x[:, :, u : u + p, v : v + q] += columns[:, u, v].transpose(1, 0, 2, 3)
    return x
