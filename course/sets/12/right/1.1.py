"""1.1 fully connected layer: right answers of set 12."""

import functools

import numpy as np

# %% augmented with a column of ones


def _with_ones(x):
    return np.hstack([x, np.ones((x.shape[0], 1), x.dtype)])


def fc_forward(x, w, b):
    xa = _with_ones(x)
    wa = np.vstack([w, b[None, :]])
    return xa @ wa, (xa, wa)


def fc_backward(dout, cache):
    xa, wa = cache
    dwa = xa.T @ dout
    dxa = dout @ wa.T
    return dxa[:, :-1], dwa[:-1], dwa[-1]


# %% the cache is a closure


def fc_forward(x, w, b):
    def backward(dout):
        return dout @ w.T, x.T @ dout, dout.sum(axis=0)

    return np.add(np.matmul(x, w), b), backward


def fc_backward(dout, cache):
    return cache(dout)


# %% ones from a memo, the output in Fortran order


@functools.cache
def _ones(n, kind):
    return np.ones(n, dtype=kind)


def fc_forward(x, w, b):
    out = np.empty((x.shape[0], w.shape[1]), dtype=np.result_type(x, w, b), order="F")
    np.matmul(x, w, out=out)
    out += b
    return out, [x, w]


def fc_backward(dout, cache):
    x, w = cache
    return np.inner(dout, w), np.tensordot(x, dout, axes=(0, 0)), _ones(len(dout), dout.dtype.str) @ dout
