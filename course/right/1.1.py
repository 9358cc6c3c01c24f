"""1.1 fully connected layer: right answers, written differently."""

import numpy as np

# %% the course's cache, reshapes


def fc_forward(x, w, b):
    out = x.reshape(x.shape[0], -1).dot(w) + b
    cache = (x, w, b)
    return out, cache


def fc_backward(dout, cache):
    x, w, _ = cache
    dx = np.dot(dout, w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db


# %% einsum, a dict as cache, Fortran order


def fc_forward(x, w, b):
    return np.asfortranarray(np.einsum("ni,ij->nj", x, w) + b), {"x": np.asfortranarray(x), "w": w}


def fc_backward(dout, cache):
    dx = np.einsum("nj,ij->ni", dout, cache["w"])
    dw = np.einsum("ni,nj->ij", cache["x"], dout)
    return np.asfortranarray(dx), np.asfortranarray(dw), np.add.reduce(dout)


# %% loops, one example at a time


def fc_forward(x, w, b):
    out = np.empty((x.shape[0], w.shape[1]), dtype=x.dtype)
    for n in range(x.shape[0]):
        out[n] = w.T @ x[n] + b
    return out, [x.copy(), w.copy()]


def fc_backward(dout, cache):
    x, w = cache
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros(w.shape[1], dtype=w.dtype)
    for n in range(len(x)):
        dx[n] = w @ dout[n]
        dw += np.outer(x[n], dout[n])
        db += dout[n]
    return [dx, dw, db]


# %% sums in float64, cast back


def fc_forward(x, w, b):
    out = (x.astype(np.float64) @ w.astype(np.float64) + b).astype(x.dtype)
    return out, (x, w)


def fc_backward(dout, cache):
    x, w = cache
    wide = dout.astype(np.float64)
    return tuple(a.astype(dout.dtype) for a in (wide @ w.T, x.T @ wide, wide.sum(axis=0)))


# %% a column of ones in place of the bias


def fc_forward(x, w, b):
    ones = np.ones((len(x), 1), dtype=x.dtype)
    extended = np.hstack([x, ones])
    return extended @ np.vstack([w, b]), (extended, w)


def fc_backward(dout, cache):
    extended, w = cache
    both = extended.T @ dout
    return dout @ w.T, both[:-1], both[-1]


# %% a function as cache


def fc_forward(x, w, b):
    def gradients(dout):
        return np.matmul(dout, w.transpose()), np.matmul(x.transpose(), dout), dout.sum(0)

    return np.add(np.matmul(x, w), b), gradients


def fc_backward(dout, cache):
    return cache(dout)
