"""The fully connected layer: every output is an affine function of every input (Q1, item 1.1).

For one example y = W^T x + b; for a batch, one example per row:

    Y[n,j] = sum_i X[n,i] W[i,j] + b[j]                       Y = X W + b

With G = dL/dY, the chain rule through each Y[n,j]:

    dL/dX[n,i] = sum_j G[n,j] W[i,j]                          dX = G W^T
    dL/dW[i,j] = sum_n X[n,i] G[n,j]                          dW = X^T G
    dL/db[j]   = sum_n G[n,j]                                 db = the sum of G over the batch

The mean over the batch belongs to the loss: its 1/N is already in G.
"""

from __future__ import annotations

import numpy as np

from nnlib.layers import arguments


def fc_forward(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Compute Y = X W + b.

    Args:
        x: inputs, (N, Din).
        w: weights, (Din, Dout).
        b: biases, (Dout,).

    Returns:
        out: (N, Dout).
        cache: what `fc_backward` needs.

    Raises:
        TypeError: an argument that is not a floating-point array.
        ValueError: shapes that do not fit together.
    """
    arguments.fully_connected(x, w, b)
    out = x @ w + b  # (N, Din) (Din, Dout) -> (N, Dout)
    return out, (x, w)


def fc_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compute the gradients of a fully connected layer.

    Args:
        dout: dL/dY, (N, Dout).
        cache: from `fc_forward`.

    Returns:
        dx: (N, Din).
        dw: (Din, Dout).
        db: (Dout,).

    Raises:
        TypeError, ValueError: dout is not a floating-point array of the output's shape.
    """
    x, w = cache
    arguments.gradient(dout, (x.shape[0], w.shape[1]))
    dx = dout @ w.T  # (N, Dout) (Dout, Din) -> (N, Din)
    dw = x.T @ dout  # (Din, N) (N, Dout) -> (Din, Dout)
    db = dout.sum(axis=0)
    return dx, dw, db
