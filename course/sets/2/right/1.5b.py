"""1.5b convolutional layer, forward: right answers, written differently."""

import numpy as np


# %% fancy indices, as in the course's im2col
def _indices(C, H, W, h, w):
    P, Q = H - h + 1, W - w + 1
    i0 = np.tile(np.repeat(np.arange(h), w), C)
    i1 = np.repeat(np.arange(P), Q)
    j0, j1 = np.tile(np.arange(w), h * C), np.tile(np.arange(Q), P)
    k = np.repeat(np.arange(C), h * w).reshape(-1, 1)
    return k, i0.reshape(-1, 1) + i1, j0.reshape(-1, 1) + j1


def im2col(x, kernel):
    k, i, j = _indices(*x.shape[1:], *kernel)
    return x[:, k, i, j].transpose(1, 0, 2).reshape(len(k), -1)


def conv_forward(x, w):
    (N, _C, H, W), (F, _, h, v) = x.shape, w.shape
    cols = im2col(x, (h, v))
    out = (w.reshape(F, -1) @ cols).reshape(F, N, H - h + 1, W - v + 1)
    return np.ascontiguousarray(out.transpose(1, 0, 2, 3)), (x.shape, cols, w, (N, F, H - h + 1, W - v + 1))


# %% six loops; im2col by strides
def im2col(x, kernel):
    (N, C, H, W), (h, v) = x.shape, kernel
    s = x.strides
    shape = (C, h, v, N, H - h + 1, W - v + 1)
    return np.lib.stride_tricks.as_strided(x, shape, (s[1], s[2], s[3], s[0], s[2], s[3])).reshape(C * h * v, -1)


def conv_forward(x, w):
    (N, C, H, W), (F, _, h, v) = x.shape, w.shape
    out = np.zeros((N, F, H - h + 1, W - v + 1), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for c in range(C):
                for i in range(out.shape[2]):
                    for j in range(out.shape[3]):
                        out[n, f, i, j] += (x[n, c, i : i + h, j : j + v] * w[f, c]).sum()
    return out, (x.shape, im2col(x, (h, v)), w, out.shape)


# %% a sum over the kernel's elements
def im2col(x, kernel):
    h, v = kernel
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(2, 3))
    return np.concatenate(
        [windows[:, c, ..., u, t].reshape(1, -1) for c in range(x.shape[1]) for u in range(h) for t in range(v)]
    )


def conv_forward(x, w):
    _F, _C, h, v = w.shape
    P, Q = x.shape[2] - h + 1, x.shape[3] - v + 1
    out = sum(np.einsum("ncpq,fc->nfpq", x[:, :, u : u + P, t : t + Q], w[:, :, u, t]) for u, t in np.ndindex(h, v))
    return out, (x.shape, im2col(x, (h, v)), w, out.shape)
