"""1.5c convolutional layer, backward: right answers."""

import numpy as np


# %% col2im by np.add.at at the pixels' numbers, the gradients by output pixel
def col2im(columns, x_shape, kernel):
    positions = im2col(np.arange(np.prod(x_shape), dtype=np.float64).reshape(x_shape), kernel).astype(np.intp)
    flat = np.zeros(int(np.prod(x_shape)), dtype=columns.dtype)
    np.add.at(flat, positions.ravel(), columns.reshape(-1))
    return flat.reshape(x_shape)


def conv_forward(x, w):
    N, C, H, W = x.shape
    F, _, kh, kw = w.shape
    out = np.zeros((N, F, H - kh + 1, W - kw + 1), dtype=x.dtype)
    kernels = w.reshape(F, -1)
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            window = x[:, :, i : i + kh, j : j + kw].reshape(N, -1)
            out[:, :, i, j] = window @ kernels.T
    return out, (x.copy(), w.copy())


def conv_backward(dout, cache):
    x, w = cache
    N, F, P, Q = dout.shape
    kh, kw = w.shape[2:]
    kernels = w.reshape(F, -1)
    dx = np.zeros(x.shape, dtype=x.dtype)
    dw = np.zeros(kernels.shape, dtype=w.dtype)
    for i in range(P):
        for j in range(Q):
            g = dout[:, :, i, j]  # (N, F)
            window = x[:, :, i : i + kh, j : j + kw]
            dw += g.T @ window.reshape(N, -1)
            dx[:, :, i : i + kh, j : j + kw] += (g @ kernels).reshape(window.shape)
    return dx, dw.reshape(w.shape)


# %% dx as the full convolution of the handout, over padded gradients, and the cache of the forward pass as given
def col2im(columns, x_shape, kernel):
    (n, c, h, w), (kh, kw) = x_shape, kernel
    p, q = h - kh + 1, w - kw + 1
    rows = columns.reshape(c, kh, kw, n, p, q)
    image = np.zeros((n, c, h, w), dtype=columns.dtype)
    for i in range(p):
        for j in range(q):
            image[:, :, i : i + kh, j : j + kw] += rows[:, :, :, :, i, j].transpose(3, 0, 1, 2)
    return image


def conv_backward(dout, cache):
    x_shape, columns, w, _ = cache
    N, F, P, Q = dout.shape
    _, C, kh, kw = w.shape
    dw = np.einsum("fnpq,knpq->fk", dout.transpose(1, 0, 2, 3), columns.reshape(-1, N, P, Q), optimize=True)
    padded = np.zeros((N, F, P + 2 * kh - 2, Q + 2 * kw - 2), dtype=dout.dtype)
    padded[:, :, kh - 1 : kh - 1 + P, kw - 1 : kw - 1 + Q] = dout
    flipped = np.flip(w, axis=(2, 3)).transpose(1, 0, 2, 3).reshape(C, F * kh * kw)
    dx = flipped @ im2col(padded, (kh, kw))
    return dx.reshape(C, N, *x_shape[2:]).swapaxes(0, 1), dw.reshape(w.shape)
