"""1.5b convolutional layer, forward: wrong answers."""

import numpy as np


# %% the kernels are reshaped the wrong way round -> rearranged, none
def conv_forward(x, w):
    N, _C, H, W = x.shape
    F, _, h, k = w.shape
    P, Q = H - h + 1, W - k + 1
    cols = im2col(x, (h, k))
    out = w.reshape(-1, F).T @ cols
    return out.reshape(F, N, P, Q).transpose(1, 0, 2, 3), (x, w)


# %% windows a kernel apart -> unfilled
def conv_forward(x, w):
    N, _C, H, W = x.shape
    F, _, h, k = w.shape
    out = np.zeros((N, F, H - h + 1, W - k + 1), dtype=x.dtype)
    for i in range(0, H - h + 1, h):
        for j in range(0, W - k + 1, k):
            out[:, :, i, j] = np.tensordot(x[:, :, i : i + h, j : j + k], w, axes=([1, 2, 3], [1, 2, 3]))
    return out, (x, w)


# %% the sum over filters in place of channels -> only-the-mean, none
def conv_forward(x, w):
    N, _C, H, W = x.shape
    F, _, h, k = w.shape
    out = np.zeros((N, F, H - h + 1, W - k + 1), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(out.shape[2]):
                for j in range(out.shape[3]):
                    out[n, f, i, j] = np.sum(x[n, 0, i : i + h, j : j + k] * w[f])
    return out, (x, w)


# %% sum over a window by a mean -> over-size, none
def conv_forward(x, w):
    N, _C, H, W = x.shape
    F, _, h, k = w.shape
    out = np.zeros((N, F, H - h + 1, W - k + 1), dtype=x.dtype)
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            for f in range(F):
                out[:, f, i, j] = (x[:, :, i : i + h, j : j + k] * w[f]).mean((1, 2, 3))
    return out, (x, w)


# %% the return stands in the loop over images -> one-index
def conv_forward(x, w):
    N, _C, H, W = x.shape
    F, _, h, k = w.shape
    out = np.zeros((N, F, H - h + 1, W - k + 1), dtype=x.dtype)
    for n in range(N):
        for f in range(F):
            for i in range(out.shape[2]):
                for j in range(out.shape[3]):
                    out[n, f, i, j] = np.sum(x[n, :, i : i + h, j : j + k] * w[f])
        return out, (x, w)


# %% im2col keeps the kernel's rows and columns exchanged -> square-only, transpose, rearranged
def im2col(x, kernel):
    (N, C, H, W), (h, k) = x.shape, kernel
    P, Q = H - h + 1, W - k + 1
    cols = np.empty((C, k, h, N, P, Q), x.dtype)
    for u in range(h):
        for v in range(k):
            cols[:, v, u] = x[:, :, u : u + P, v : v + Q].transpose(1, 0, 2, 3)
    return cols.reshape(C * h * k, -1)


# %% only the last filter is computed -> one-index
def conv_forward(x, w):
    N, _C, H, W = x.shape
    F, _, h, k = w.shape
    out = np.zeros((N, F, H - h + 1, W - k + 1), dtype=x.dtype)
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            for f in range(F):
                s = (x[:, :, i : i + h, j : j + k] * w[f]).sum((1, 2, 3))
            out[:, f, i, j] = s
    return out, (x, w)
