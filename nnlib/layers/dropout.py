"""Dropout, the vanilla kind (Q1, item 1.3; Srivastava et al., JMLR 15, 2014).

An element is KEPT with probability p.

    train:  Y = X * M,  M[i] = 1 with probability p, else 0        dL/dX = dL/dY * M
    test:   Y = p X                                                dL/dX = p dL/dY

E[M] = p, so the test output is the mean of the training output. (The inverted kind divides by p in training instead
and leaves the test pass alone.)
"""

from __future__ import annotations

import numpy as np

from nnlib.layers import arguments


def dropout_forward(x: np.ndarray, dropout_param: dict) -> tuple[np.ndarray, tuple]:
    """Drop each element with probability 1 - p in training; scale by p in testing.

    The mask of train mode is `u < p` for uniform numbers u in [0, 1) of x's shape:

        with `rng`    u = rng.random(x.shape, dtype=np.float32)         other numbers at each call
        with `seed`   u = np.random.RandomState(seed).rand(*x.shape)    the same numbers at each call
        with neither  u = np.random.rand(*x.shape)                      NumPy's global state

    The last two are what the course's starter code does, so that its published expected values hold.

    Args:
        x: inputs of any shape.
        dropout_param: `p`, the probability of KEEPING an element, 0 < p <= 1; `mode`, 'train' or 'test';
            optionally either `rng` (a numpy.random.Generator, or an int that seeds one) or `seed` (an int).

    Returns:
        out: the shape of x.
        cache: what `dropout_backward` needs.

    Raises:
        TypeError: x is not a floating-point array, or rng is neither a Generator nor an int.
        ValueError: p outside (0, 1], another mode, or both `rng` and `seed`.
    """
    p, training = arguments.dropout(x, dropout_param)
    scale = arguments.uniform(x.shape, dropout_param) < p if training else p  # the mask M, or its mean
    return x * scale, (scale, x.shape)


def dropout_backward(dout: np.ndarray, cache: tuple) -> np.ndarray:
    """Compute dx, of the shape of `dout`: the gradient passes where the input did.

    Raises:
        TypeError, ValueError: dout is not a floating-point array of the output's shape.
    """
    scale, shape = cache
    arguments.gradient(dout, shape)
    return dout * scale
