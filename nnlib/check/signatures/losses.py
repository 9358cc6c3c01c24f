"""What mistakes in the losses look like."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from nnlib import gradcheck
from nnlib.check import definitions
from nnlib.check.signatures.evidence import (
    C,
    Pairs,
    ask,
    by_example,
    same,
    slack,
    times,
)


def losses(c: C) -> Pairs:
    """What all losses may have wrong."""
    x, n = c.case["x"], len(c.case["x"])
    yield "log-base-2", times(c, 1 / math.log(2))
    yield from (binary if x.ndim == 1 else softmax)(c)
    yield "n-minus-one", times(c, n / (n - 1))
    if c.output == "loss":
        each = by_example(c)
        yield "one-example", any(same(c, part * factor) for part in each[[0, -1]] for factor in (1, 1 / n))
        yield "largest-example", same(c, each.max())
        yield "wrong-loss", any(same(c, other(x, c.case["y"])) for other in others(x))
    elif np.abs(x).max() < LARGE and c.got.any():
        yield "wrong-loss", any(same(c, of_other(c, other)) for other in others(x))


def binary(c: C) -> Pairs:
    """Losses of two classes."""
    x, y = c.case["x"], c.case["y"]
    factor = 1.0 if c.output == "loss" else y
    yield "one-label-convention", 0 in y and same(c, ask(c, x=x * y, y=np.ones_like(y)) * factor)
    yield "one-label-convention", -1 in y and c.output == "loss"
    signs = np.where(y > 0, 1.0, -1.0)
    if c.output == "loss":
        yield "sign", same(c, ask(c, x=-x))
        yield "every-pair", same(c, np.mean([ask(c, y=np.full_like(y, label)) for label in y]))
        yield "one-class", any(same(c, by_example(c)[y == label].sum() / len(x)) for label in set(y))
        return
    yield "label-sign-missing", same(c, c.expected * signs)
    yield "sigmoid-side", same(c, c.expected * np.exp(signs * x))
    yield "sign", same(c, -ask(c, x=-x))
    yield "one-class", any(same(c, np.where(y == label, c.expected, 0)) for label in set(y))
    yield "sigmoid-derivative", same(c, c.expected * gradcheck.numerical_gradient(sigmoid, x, np.ones_like(x)))


def softmax(c: C) -> Pairs:
    """The softmax loss."""
    x, y = c.case["x"], c.case["y"]
    right, rows, n = np.eye(x.shape[1])[y] > 0, np.arange(len(x)), len(x)
    yield "over-k", times(c, 1 / x.shape[1])
    yield "labels-off-by-one", any(same(c, ask(c, y=(y + step) % x.shape[1])) for step in (-1, 1))
    if c.output == "loss":
        over_batch = np.log(np.exp(x).sum(0))[y] - x[rows, y]
        yield "wrong-axis", same(c, over_batch.mean())
        yield "wrong-axis", same(c, ask(c, x=x - x.max(0)))
        yield "sum-over-all", same(c, np.log(np.exp(x).sum()) - x[rows, y].mean())
        return
    yield "missing-probabilities", not c.got[~right].any() and np.ptp(c.got[right]) < c.tolerance
    off = c.got - c.expected
    yield "every-row", same(c, np.where(np.isin(np.arange(x.shape[1]), y) & ~right, off.min(), 0.0), off)
    elsewhere = [factor for factor in (1, n) if same(c, factor * c.expected[~right], c.got[~right])]
    yield "missing-one-hot", elsewhere and not times(c, *elsewhere)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Return the logistic function of x."""
    return 1 / (1 + np.exp(-x))


def others(x: np.ndarray) -> list[Callable[[np.ndarray, np.ndarray], float]]:
    """Return losses that may be taken for another one, of scores like x."""
    return OF_TWO if x.ndim == 1 else OF_MANY


def of_other(c: C, loss: Callable[[np.ndarray, np.ndarray], float]) -> np.ndarray:
    """Return the gradient of another loss."""
    x = np.where(np.abs(c.case["x"]) == 1, 1.05 * c.case["x"], c.case["x"])  # off the hinge's kink
    return gradcheck.numerical_gradient(lambda x: loss(x, c.case["y"]), x)


def _wrong(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return sigmoid(np.where(y > 0, -x, x))  # the probability of the other class


def _lacking(x: np.ndarray, y: np.ndarray, width: float = 1.0) -> np.ndarray:
    return np.maximum(width - np.array(definitions.margins(x, y)), 0)


def _probabilities(x: np.ndarray) -> np.ndarray:
    exponentials = np.exp(x - x.max())
    return exponentials / exponentials.sum(1, keepdims=True)


def _gaps(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    own = np.arange(x.shape[1]) == y[:, None]
    return np.maximum(x - x[own][:, None] + 1, 0) * ~own


def _chances(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return _probabilities(x)[np.arange(len(x)), y]


def _squares(x: np.ndarray, y: np.ndarray) -> float:
    return np.sum(_probabilities(x) ** 2) + np.sum(1 - 2 * _chances(x, y))  # of probabilities less one-hot rows


OF_TWO = [
    definitions.logistic,
    definitions.hinge,
    lambda x, y: np.mean(_lacking(x, y, 0.0)),
    lambda x, y: np.mean(_lacking(x, y) ** 2),
    lambda x, y: np.mean(_lacking(x, y) > 0),
    lambda x, y: np.mean(_lacking(x, y) > 1),
    lambda x, y: np.mean(_wrong(x, y)),
    lambda x, y: np.mean(_wrong(x, y) ** 2),
]
OF_MANY = [
    lambda x, y: -np.log(_probabilities(x)).sum() / len(x),
    lambda x, y: -np.log(_probabilities(x)).mean(),
    lambda x, y: _gaps(x, y).sum() / len(x),
    lambda x, y: _gaps(x, y).max(1).mean(),
    lambda x, y: _squares(x, y) / len(x),
    lambda x, y: _squares(x, y) / (2 * len(x)),
    lambda x, y: _squares(x, y) / x.size,
    lambda x, y: -np.mean(_chances(x, y)),
    lambda x, y: 1 - np.mean(_chances(x, y)),
    lambda x, y: -np.mean(x[np.arange(len(x)), y]),
]
LARGE = 100.0  # scores beyond which differences of a loss say nothing


def hinge(c: C) -> Pairs:
    """The hinge loss."""
    x, y = c.case["x"], c.case["y"]
    signs, missing = np.where(y > 0, 1.0, -1.0), slack(c)
    active = np.count_nonzero(missing)
    yield "averaged-over-active", times(c, len(x) / active)
    yield "margin-zero", same(c, ask(c, x=x + signs))
    if c.output == "dx":
        everywhere = ask(c, x=x - 1e3 * signs)
        yield "mask-inverted", any(same(c, each) for each in (everywhere - c.expected, everywhere * (signs * x > 1)))
    yield "squared-hinge", same(c, np.mean(missing**2) if c.output == "loss" else 2 * missing * c.expected)
    if c.output == "loss":
        yield "not-clipped", same(c, np.mean(1 - signs * x))
    else:
        yield "gradient-at-zero", same(c, c.expected[np.abs(x) != 1], c.got[np.abs(x) != 1])
        yield "times-input", same(c, c.expected * x)
        yield "missing-mask", any(same(c, factor * ask(c, x=x - 1e3 * signs)) for factor in (1, len(x)))
    yield "margin-width", any(same(c, ask(c, x=x + (1 - width) * signs)) for width in (0.5, 2, 10))
