"""1.1 fully connected layer: right answers, written differently."""

from __future__ import annotations

import functools
import types

import numpy as np


# %% einsum and a dictionary for the cache
def fc_forward(x, w, b):
    return np.einsum("ni,ij->nj", x, w) + b[None, :], {"x": x, "w": w}


def fc_backward(dout, cache):
    x, w = cache["x"], cache["w"]
    return np.einsum("nj,ij->ni", dout, w), np.einsum("ni,nj->ij", x, dout), np.einsum("nj->j", dout)


# %% a closure for the cache
def fc_forward(x, w, b):
    def back(dout):
        return dout.dot(w.T), x.T.dot(dout), dout.sum(axis=0)

    return x.dot(w) + b, back


def fc_backward(dout, cache):
    return cache(dout)


# %% a sum of outer products, and results in Fortran order
def fc_forward(x, w, b):
    return np.asfortranarray(x @ w + b), types.SimpleNamespace(x=x, w=w)


def fc_backward(dout, cache):
    dw = functools.reduce(np.add, map(np.outer, cache.x, dout))
    return np.asfortranarray(dout @ cache.w.T), np.asfortranarray(dw), functools.reduce(np.add, dout)


# %% float64 sums, cast back
def fc_forward(x: np.ndarray, w: np.ndarray, b: np.ndarray):
    out = (x.astype(np.float64) @ w.astype(np.float64) + b).astype(x.dtype)
    return out, [x.copy(), w.copy(), b.copy()]


def fc_backward(dout, cache):
    x, w, _ = (a.astype(np.float64) for a in cache)
    d = dout.astype(np.float64)
    return tuple(g.astype(dout.dtype) for g in (d @ w.T, x.T @ d, d.sum(0)))


# %% the bias as one more row of the weights
def fc_forward(x, w, b):
    one = np.ones((len(x), 1), dtype=x.dtype)
    xa, wa = np.hstack([x, one]), np.vstack([w, b])
    return xa @ wa, (xa, wa)


def fc_backward(dout, cache):
    xa, wa = cache
    dwa = xa.T @ dout
    return (dout @ wa.T)[:, :-1], dwa[:-1], dwa[-1]
