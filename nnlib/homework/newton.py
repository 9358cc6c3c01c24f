"""Newton's method for Q2, to see whether gradient descent has reached the minimum."""

from __future__ import annotations

import numpy as np

from nnlib import checks
from nnlib.homework.arguments import checked
from nnlib.losses import logistic_loss

STEPS = 30


@checked
def with_ones(X: np.ndarray) -> np.ndarray:
    """Return X (N, D) with a last column of ones, whose weight is the bias: (N, D + 1)."""
    checks.require(X.ndim == 2, "X", "examples (N, D)", f"shape {X.shape}")
    return np.column_stack([X, np.ones(len(X))])


@checked
def curvature(theta: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Return the Hessian of a linear classifier's mean logistic loss.

    Args:
        theta: weights and bias, (D + 1,).
        X: examples, (N, D).

    Returns:
        (D + 1, D + 1), the second derivatives with respect to theta.
    """
    X = with_ones(X)
    checks.shape("theta", theta, (X.shape[1],), "A weight for each feature, and the bias.")
    scores = X @ theta
    slopes = np.exp(-np.logaddexp(0, scores) - np.logaddexp(0, -scores))  # of the sigmoid
    return (X.T * slopes) @ X / len(X)


@checked
def newton(X: np.ndarray, y: np.ndarray, reg: float = 0.0) -> tuple[np.ndarray, float]:
    """Minimise the logistic loss of a linear classifier by Newton's method, from zero.

    Args:
        X: examples, (N, D), not separable unless `reg` is above 0.
        y: binary labels, (N,).
        reg: strength of the L2 term, reg/2 * sum(w**2); the bias has none.

    Returns:
        theta: weights and bias, (D + 1,).
        loss: the least, with its L2 term.
    """
    checks.not_negative("reg", reg)
    penalty = np.diag([reg] * X.shape[1] + [0.0])
    theta = np.zeros(X.shape[1] + 1)
    for _ in range(STEPS):
        _, dscores = logistic_loss(with_ones(X) @ theta, y)
        gradient = with_ones(X).T @ dscores + penalty @ theta
        theta -= np.linalg.solve(curvature(theta, X) + penalty, gradient)
    loss, _ = logistic_loss(with_ones(X) @ theta, y)
    return theta, float(loss + theta @ penalty @ theta / 2)
