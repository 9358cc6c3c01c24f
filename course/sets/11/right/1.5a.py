"""1.5a three convolutions: right answers of set 11."""

import functools

import numpy as np

# %% the full one first, by scattering; valid cuts it, filt flips


def conv_full(a, b):
    (H, W), (h, w) = a.shape, b.shape
    out = np.zeros((H + h - 1, W + w - 1), dtype=np.result_type(a, b))
    for (u, v), weight in np.ndenumerate(b):
        out[u : u + H, v : v + W] += weight * a
    return out


def conv_valid(a, b):
    (H, W), (h, w) = a.shape, b.shape
    return conv_full(a, b)[h - 1 : H, w - 1 : W]


def conv_filt(a, b):
    return conv_valid(a, b[::-1, ::-1])


# %% the Fourier transform, cast back


def conv_full(a, b):
    shape = tuple(s + t - 1 for s, t in zip(a.shape, b.shape, strict=True))
    spectrum = np.fft.rfft2(a, shape) * np.fft.rfft2(b, shape)
    return np.fft.irfft2(spectrum, shape).astype(np.result_type(a, b))


def conv_valid(a, b):
    rows, columns = (slice(t - 1, s) for s, t in zip(a.shape, b.shape, strict=True))
    return np.ascontiguousarray(conv_full(a, b)[rows, columns])


def conv_filt(a, b):
    return conv_valid(a, b[::-1, ::-1])


# %% a Toeplitz matrix times the flattened image, cached by shape


@functools.cache
def _places(H, W, h, w):
    i, j = np.ogrid[: H - h + 1, : W - w + 1]
    u, v = np.ogrid[:h, :w]
    rows = (i * (W - w + 1) + j).reshape(-1, 1)
    columns = (i * W + j).reshape(-1, 1) + (u * W + v).reshape(1, -1)
    return np.broadcast_to(rows, columns.shape), columns


def conv_filt(a, b):
    (H, W), (h, w) = a.shape, b.shape
    P, Q = H - h + 1, W - w + 1
    matrix = np.zeros((P * Q, H * W), b.dtype)
    matrix[_places(H, W, h, w)] = b.ravel()
    return (matrix @ a.ravel()).reshape(P, Q)


def conv_valid(a, b):
    return conv_filt(a, b[::-1, ::-1])


def conv_full(a, b):
    return conv_filt(np.pad(a, ((b.shape[0] - 1,) * 2, (b.shape[1] - 1,) * 2)), b[::-1, ::-1])
