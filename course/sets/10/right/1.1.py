"""1.1 fully connected: right answers of set 10."""

from collections import namedtuple
from dataclasses import dataclass

import numpy as np

# %% bias as a row of an augmented matrix


def fc_forward(x, w, b):
    ones = np.ones((x.shape[0], 1), dtype=x.dtype)
    augmented = np.concatenate([x, ones], axis=1)
    theta = np.concatenate([w, b[None]], axis=0)
    return augmented @ theta, (augmented, theta)


def fc_backward(dout, cache):
    augmented, theta = cache
    dtheta = augmented.T @ dout
    return (dout @ theta.T)[:, :-1], dtheta[:-1], dtheta[-1]


# %% a sum of outer products over examples, from a generator


def fc_forward(x, w, b):
    rows = (w.T @ row + b for row in x)
    return np.array(list(rows), dtype=x.dtype).reshape(len(x), len(b)), [x.copy(), w.copy()]


def fc_backward(dout, cache):
    x, w = cache
    dw = np.zeros_like(w)
    for xi, gi in zip(x, dout, strict=True):
        dw += np.outer(xi, gi)
    return np.dot(dout, np.transpose(w)), dw, np.add.reduce(dout, axis=0)


# %% a namedtuple cache, inner and tensordot

Saved = namedtuple("Saved", "inputs weights dtype")


def fc_forward(x, w, b):
    out = np.inner(x, w.T)
    np.add(out, b, out=out)
    return out, Saved(inputs=x, weights=w, dtype=out.dtype)


def fc_backward(dout, cache):
    dx = np.tensordot(dout, cache.weights, axes=([1], [1]))
    dw = np.tensordot(cache.inputs, dout, axes=([0], [0]))
    return dx, dw, np.einsum("nj->j", dout)


# %% a dataclass as layer with its own assert, transposes everywhere


@dataclass
class _Affine:
    x: np.ndarray
    w: np.ndarray

    def grads(self, g):
        assert g.shape == (self.x.shape[0], self.w.shape[1]), g.shape
        return (self.w @ g.T).T, (g.T @ self.x).T, np.ones(len(g), g.dtype) @ g


def fc_forward(x, w, b):
    return (w.T @ x.T + b[:, np.newaxis]).T, _Affine(x, w)


def fc_backward(dout, cache):
    return cache.grads(dout)
