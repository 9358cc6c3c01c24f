"""The oracle: the handout's definitions as slow loops, index by index, and the comparison with them.

Nothing here calls nnlib. The gradients follow the chain rule through every single product or exponent of the
definitions, so they share no derivation with the layers' either.
"""

import math

import numpy as np

# Relative to the largest entry; what a few hundred roundings leave.
TOLERANCE = {np.dtype(np.float64): 1e-11, np.dtype(np.float32): 2e-5}


def assert_close(actual, expected, dtype=np.float64):
    """Assert equal shapes and values to `dtype`'s accuracy, measured against the largest expected entry."""
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert actual.shape == expected.shape
    bound = TOLERANCE[np.dtype(dtype)] * (1 + np.abs(expected).max(initial=0.0))
    np.testing.assert_allclose(actual, expected, rtol=0, atol=bound)


def fc_forward(x, w, b):
    out = np.zeros((x.shape[0], w.shape[1]))
    for n, j in np.ndindex(out.shape):
        out[n, j] = sum(x[n, i] * w[i, j] for i in range(x.shape[1])) + b[j]
    return out


def fc_backward(dout, x, w):
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(w.shape[1])
    for (n, j), g in np.ndenumerate(dout):
        db[j] += g
        for i in range(x.shape[1]):
            dx[n, i] += g * w[i, j]
            dw[i, j] += g * x[n, i]
    return dx, dw, db


def batchnorm_forward(x, gamma, beta, eps):
    """Train mode: (out, mean, biased variance)."""
    count, features = x.shape
    out, mean, var = np.zeros(x.shape), np.zeros(features), np.zeros(features)
    for d in range(features):
        mean[d] = sum(x[n, d] for n in range(count)) / count
        var[d] = sum((x[n, d] - mean[d]) ** 2 for n in range(count)) / count
        for n in range(count):
            out[n, d] = gamma[d] * (x[n, d] - mean[d]) / math.sqrt(var[d] + eps) + beta[d]
    return out, mean, var


def batchnorm_backward(dout, x, gamma, eps):
    """By the whole Jacobian: how every output of a column moves with every input of it."""
    count, features = x.shape
    _, mean, var = batchnorm_forward(x, gamma, gamma, eps)
    dx, dgamma, dbeta = np.zeros(x.shape), np.zeros(features), np.zeros(features)
    for d in range(features):
        sigma = math.sqrt(var[d] + eps)
        for m in range(count):
            centred = x[m, d] - mean[d]
            dgamma[d] += dout[m, d] * centred / sigma
            dbeta[d] += dout[m, d]
            for n in range(count):
                dmu = 1 / count
                dsigma = (x[n, d] - mean[d]) / (count * sigma)
                jacobian = gamma[d] * (((m == n) - dmu) / sigma - centred * dsigma / sigma**2)
                dx[n, d] += dout[m, d] * jacobian
    return dx, dgamma, dbeta


def _at(a, i, j):
    """Element (i, j) as the handout counts, from 1; zero outside."""
    inside = 1 <= i <= a.shape[0] and 1 <= j <= a.shape[1]
    return a[i - 1, j - 1] if inside else 0.0


def _from_one(shape):
    return ((i + 1, j + 1) for i, j in np.ndindex(*shape))


def conv_valid(a, b):
    (h, w), (kh, kw) = a.shape, b.shape
    out = np.zeros((h - kh + 1, w - kw + 1))
    for i, j in _from_one(out.shape):
        out[i - 1, j - 1] = sum(_at(a, m, n) * _at(b, i - m + kh, j - n + kw) for m, n in _from_one(a.shape))
    return out


def conv_full(a, b):
    (h, w), (kh, kw) = a.shape, b.shape
    out = np.zeros((h + kh - 1, w + kw - 1))
    for i, j in _from_one(out.shape):
        out[i - 1, j - 1] = sum(_at(a, m, n) * _at(b, i - m + 1, j - n + 1) for m, n in _from_one(a.shape))
    return out


def conv_filt(a, b):
    (h, w), (kh, kw) = a.shape, b.shape
    out = np.zeros((h - kh + 1, w - kw + 1))
    for i, j in _from_one(out.shape):
        out[i - 1, j - 1] = sum(_at(a, i + m - 1, j + n - 1) * b[m - 1, n - 1] for m, n in _from_one(b.shape))
    return out


def conv_forward(x, w):
    """Y[n,f] = sum_c X[n,c] *filt W[f,c]."""
    return np.array([[sum(map(conv_filt, image, kernels)) for kernels in w] for image in x])


def conv_backward(dout, x, w):
    """Hand each output's gradient to the two factors of every product in it."""
    dx, dw = np.zeros(x.shape), np.zeros(w.shape)
    for (n, f, p, q), g in np.ndenumerate(dout):
        for c, u, v in np.ndindex(w.shape[1:]):
            dx[n, c, p + u, q + v] += g * w[f, c, u, v]
            dw[f, c, u, v] += g * x[n, c, p + u, q + v]
    return dx, dw


def max_pool(x, pool_param, dout):
    """(out, dx): the gradient goes to the first maximum in row-major order."""
    height, width, stride = (pool_param[key] for key in ("pool_height", "pool_width", "stride"))
    out, dx = np.zeros(dout.shape), np.zeros(x.shape)
    for n, c, p, q in np.ndindex(dout.shape):
        window = [(p * stride + u, q * stride + v) for u, v in np.ndindex(height, width)]
        best = max(window, key=lambda place: x[n, c, *place])  # max() keeps the first of equals
        out[n, c, p, q] = x[n, c, *best]
        dx[n, c, *best] += dout[n, c, p, q]
    return out, dx


def logistic_loss(x, y):
    signs = [1 if label > 0 else -1 for label in y]
    loss = sum(math.log(1 + math.exp(-s * score)) for s, score in zip(signs, x, strict=True)) / len(x)
    return loss, np.array([-s / (1 + math.exp(s * score)) / len(x) for s, score in zip(signs, x, strict=True)])


def svm_loss(x, y):
    signs = [1 if label > 0 else -1 for label in y]
    loss = sum(max(0.0, 1 - s * score) for s, score in zip(signs, x, strict=True)) / len(x)
    return loss, np.array([-s / len(x) if 1 - s * score > 0 else 0.0 for s, score in zip(signs, x, strict=True)])


def softmax_loss(x, y):
    loss, dx = 0.0, np.zeros(x.shape)
    for n, label in enumerate(y):
        total = sum(math.exp(score) for score in x[n])
        loss -= math.log(math.exp(x[n, label]) / total) / len(x)
        for k, score in enumerate(x[n]):
            dx[n, k] = (math.exp(score) / total - (k == label)) / len(x)
    return loss, dx
