"""The fully connected layer with its large matrix products cut into one piece per thread.

What it saves: time on several threads, and the first layer's dx: the networks softmax in docs/bench.md.
"""

from __future__ import annotations

import numpy as np

from nnlib.fast import runtime
from nnlib.layers import arguments


def fc_forward(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Compute Y = X W + b as `nnlib.layers.fc_forward` does."""
    arguments.fully_connected(x, w, b)
    out = runtime.matrix_product(x, w)  # (N, Din) (Din, Dout) -> (N, Dout)
    return np.add(out, b, out=out if b.dtype == out.dtype else None), (x, w)


def fc_backward(
    dout: np.ndarray, cache: tuple, *, need_dx: bool = True
) -> tuple[np.ndarray | None, np.ndarray, np.ndarray]:
    """Compute dx, dw and db as `nnlib.layers.fc_backward` does; dx, a third of the work, is None if not needed."""
    x, w = cache
    arguments.gradient(dout, (x.shape[0], w.shape[1]))
    dw = runtime.matrix_product(x.T, dout)  # (Din, N) (N, Dout) -> (Din, Dout)
    dx = np.empty_like(x, dtype=dout.dtype) if need_dx else None  # (N, Din), in x's memory order
    if need_dx:
        runtime.matrix_product(dout, w.T, out=dx)
    return dx, dw, dout.sum(axis=0)
