"""The losses of Q2, Q3 and Q4: means over the batch, with their gradients, stable at any score.

With the signs s[n] in {-1, +1} of binary labels and the margins m[n] = s[n] x[n]:

    logistic:  L = 1/N sum_n log(1 + exp(-m[n]))            dL/dx[n] = -s[n]/N * 1/(1 + exp(m[n]))
    hinge:     L = 1/N sum_n max(0, 1 - m[n])               dL/dx[n] = -s[n]/N * 1[m[n] < 1]

With the class probabilities P[n,k] = exp(x[n,k]) / sum_j exp(x[n,j]):

    softmax:   L = -1/N sum_n log P[n,y[n]]                 dL/dx[n,k] = 1/N (P[n,k] - 1[k = y[n]])
"""

from __future__ import annotations

import numpy as np

from nnlib import checks


def logistic_loss(x: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Compute the mean logistic loss and its gradient.

    Args:
        x: scores, (N,), one logit per example.
        y: labels, (N,), all in {0, 1} or all in {-1, +1}; both mean the same.

    Returns:
        loss: in nats.
        dx: (N,).

    Raises:
        TypeError: x is not a floating-point array.
        ValueError: shapes that do not fit, an empty batch, or other labels.
    """
    signs = checks.binary_batch(x, y)
    # log(1 + exp(-m)) as logaddexp(0, -m): exp(-m) itself overflows at m = -89 in float32.
    losses = np.logaddexp(0, -signs * x)
    dx = -signs * np.exp(-np.logaddexp(0, signs * x))  # 1/(1 + exp(m)), without the overflow
    return float(losses.mean()), dx / len(x)


def svm_loss(x: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Compute the mean hinge loss and its gradient.

    Args:
        x: scores, (N,), one per example.
        y: labels, (N,), all in {0, 1} or all in {-1, +1}; both mean the same.

    Returns:
        loss: the mean over all N examples, those outside the margin included.
        dx: (N,); at the kink, a margin of exactly 1, the subgradient 0.

    Raises:
        TypeError: x is not a floating-point array.
        ValueError: shapes that do not fit, an empty batch, or other labels.
    """
    signs = checks.binary_batch(x, y)
    losses = np.maximum(0, 1 - signs * x)
    dx = -signs * (losses > 0)
    return float(losses.mean()), dx / len(x)


def softmax_loss(x: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Compute the mean cross-entropy of the softmax and its gradient.

    Args:
        x: scores, (N, K), one for each class.
        y: labels, (N,), integers in [0, K).

    Returns:
        loss: in nats.
        dx: (N, K).

    Raises:
        TypeError: x is not a floating-point array, or y does not hold integers.
        ValueError: shapes that do not fit, an empty batch, or labels out of range.
    """
    labels = checks.class_batch(x, y)
    rows = np.arange(len(x))
    shifted = x - x.max(axis=1, keepdims=True)  # the same probabilities, and exp() cannot overflow
    probabilities = np.exp(shifted)
    totals = probabilities.sum(axis=1, keepdims=True)  # (N, 1), each at least 1
    loss = (np.log(totals[:, 0]) - shifted[rows, labels]).sum() / len(x)
    probabilities /= totals * len(x)
    probabilities[rows, labels] -= 1 / len(x)
    return float(loss), probabilities
