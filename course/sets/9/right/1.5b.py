"""1.5b convolutional layer, forward: right answers of set 9."""

import numpy as np

from nnlib.layers import arguments

# %% the Fourier transform


def im2col(x, kernel):
    view = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(-2, -1))
    return np.ascontiguousarray(np.transpose(view, (1, 4, 5, 0, 2, 3))).reshape(
        -1, view.shape[0] * view.shape[2] * view.shape[3]
    )


def conv_forward(x, w):
    arguments.convolution(x, w)
    H, W = x.shape[2:]
    X, K = np.fft.rfft2(x), np.fft.rfft2(w, (H, W))
    full = np.fft.irfft2(np.einsum("nchw,fchw->nfhw", X, K.conj()), (H, W))
    return full[:, :, : H - w.shape[2] + 1, : W - w.shape[3] + 1].astype(x.dtype), (x, w)


def conv_backward(dout, cache):
    x, w = cache
    H, W = x.shape[2:]
    G, X, K = np.fft.rfft2(dout, (H, W)), np.fft.rfft2(x), np.fft.rfft2(w, (H, W))
    dx = np.fft.irfft2(np.einsum("nfhw,fchw->nchw", G, K), (H, W))
    dw = np.fft.irfft2(np.einsum("nfhw,nchw->fchw", G.conj(), X), (H, W))[:, :, : w.shape[2], : w.shape[3]]
    return dx.astype(x.dtype), dw.astype(x.dtype)
