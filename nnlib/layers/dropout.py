"""Dropout, the vanilla kind (Q1, item 1.3; Srivastava et al., JMLR 15, 2014).

An element is KEPT with probability p.

    train:  Y = X * M,  M[i] = 1 with probability p, else 0        dL/dX = dL/dY * M
    test:   Y = p X                                                dL/dX = p dL/dY

E[M] = p, so the test output is the mean of the training output. (The inverted kind divides by p in training instead
and leaves the test pass alone.)
"""

from __future__ import annotations

import numpy as np

from nnlib import checks


def dropout_forward(x: np.ndarray, dropout_param: dict) -> tuple[np.ndarray, np.ndarray | float]:
    """Drop each element with probability 1 - p in training; scale by p in testing.

    Args:
        x: inputs of any shape.
        dropout_param: `p`, the probability of KEEPING an element, 0 < p <= 1; `mode`, 'train' or 'test';
            optionally `rng` (a Generator) or `seed` (an int, for the same mask at each call). With neither, the mask
            comes from NumPy's global state, as in the course's starter code.

    Returns:
        out: the shape of x.
        cache: what the gradient is multiplied by: the mask in training, p in testing.

    Raises:
        TypeError: x is not a floating-point array.
        ValueError: p outside (0, 1], another mode, or both `rng` and `seed`.
    """
    checks.floating("x", x)
    p = _keep_probability(dropout_param)
    if dropout_param["mode"] == "test":
        return x * p, p
    mask = _mask(x, p, dropout_param)
    return x * mask, mask


def dropout_backward(dout: np.ndarray, cache: np.ndarray | float) -> np.ndarray:
    """Compute dx, of the shape of `dout`: the gradient passes where the input did."""
    if isinstance(cache, np.ndarray):
        checks.shape("dout", dout, cache.shape, "It has the shape of the layer's output.")
    return dout * cache


def _mask(x: np.ndarray, p: float, dropout_param: dict) -> np.ndarray:
    """Draw M, of x's shape, True with probability p."""
    rng, seed = dropout_param.get("rng"), dropout_param.get("seed")
    checks.require(
        rng is None or seed is None,
        "dropout_param",
        "either 'rng' or 'seed'",
        "both",
        "Two sources, one mask: drop one.",
    )
    if rng is None:
        # The course's published expected values come from this older stream.
        source = np.random if seed is None else np.random.RandomState(seed)
        return source.rand(*x.shape) < p
    # 32 random bits an element, two elements from each draw: 0.8 of the time of uniform floats (Q5's images).
    bits = checks.generator(rng).integers(2**64, size=-(-x.size // 2), dtype=np.uint64).view(np.uint32)
    mask = np.empty_like(x, dtype=bool)  # in x's memory order: an image batch is walked in one order, not in two
    np.less(bits[: x.size].reshape(x.shape), round(p * 2**32), out=mask)
    return mask


def _keep_probability(dropout_param: dict) -> float:
    for key in ("p", "mode"):
        checks.require(key in dropout_param, f"dropout_param[{key!r}]", "a value", "none")
    checks.choice("dropout_param['mode']", dropout_param["mode"], ("train", "test"))
    p = dropout_param["p"]
    checks.require(0 < p <= 1, "dropout_param['p']", "a probability of KEEPING in (0, 1]", p)
    return float(p)
