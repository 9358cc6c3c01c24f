"""What mistakes in the losses look like."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from nnlib.check.signatures.evidence import C, Pairs, ask, run, same, times

LARGE = 100.0  # an exponent beyond which exp() is useless
EXPONENTS = 600.0, 720.0  # exp() of the first is finite, of the second infinite; of both negated it is above 0


def losses(c: C) -> Pairs:
    """Mistakes common to all losses."""
    x, n = c.case["x"], len(c.case["x"])
    yield "log-base-2", times(c, 1 / math.log(2))
    yield from (binary if x.ndim == 1 else softmax)(c)
    yield "n-minus-one", times(c, n / (n - 1))
    yield "times-input", c.output == "dx" and same(c, c.expected * x)
    if c.output == "loss":
        each = by_example(c)
        yield "one-index", any(same(c, part * factor) for part in each[[0, -1]] for factor in (1, 1 / n))
        yield "largest-example", same(c, each.max())


def binary(c: C) -> Pairs:
    """Losses of two classes."""
    x, y = c.case["x"], c.case["y"]
    if y.dtype.kind == "u":
        run_over = same(c, c.expected, run(c, y=y.astype(int)))
        yield from ((id, run_over) for id in ("unsigned-labels", "one-label-convention"))
    factor = 1.0 if c.output == "loss" else y
    yield "one-label-convention", 0 in y and same(c, ask(c, x=x * y, y=np.ones_like(y)) * factor)
    yield "one-label-convention", -1 in y and c.output == "loss"
    signs = np.where(y > 0, 1.0, -1.0)
    one, none = (np.array([ask(c, x=x[[n]], y=label) for n in range(len(x))]) for label in np.array([[1], [0]]))
    target = (y + 1) / 2
    yield "one-label-convention", c.output == "loss" and same(c, np.mean(none + target * (one - none)))
    if c.output == "loss":
        yield "sign", same(c, ask(c, x=-x))
        yield "every-pair", same(c, np.mean([ask(c, y=np.full_like(y, label)) for label in y]))
        yield "one-class", any(same(c, by_example(c)[y == label].sum() / len(x)) for label in set(y))
        return
    yield "label-sign-missing", same(c, c.expected * signs)
    yield "sigmoid-side", same(c, c.expected * np.exp(signs * x))
    yield "sign", same(c, -ask(c, x=-x))
    yield "one-class", any(same(c, np.where(y == label, c.expected, 0)) for label in set(y))
    yield "sigmoid-derivative", same(c, c.expected / (2 + np.exp(x) + np.exp(-x)))


def softmax(c: C) -> Pairs:
    """The softmax loss."""
    x, y = c.case["x"], c.case["y"]
    right, rows, n = np.eye(x.shape[1])[y] > 0, np.arange(len(x)), len(x)
    yield "prediction-for-label", same(c, ask(c, y=x.argmax(1)))
    yield "labels-off-by-one", any(same(c, ask(c, y=(y + step) % x.shape[1])) for step in (-1, 1))
    if c.output == "loss":
        for shifted in (x, x - x.max(1, keepdims=True)):
            yield "wrong-axis", same(c, (np.log(np.exp(shifted).sum(0))[y] - shifted[rows, y]).mean())
        yield "wrong-axis", same(c, ask(c, x=x - x.max(0)))
        yield "sum-over-all", same(c, np.log(np.exp(x).sum()) - x[rows, y].mean())
        return
    yield "missing-probabilities", not c.got[~right].any() and np.ptp(c.got[right]) < c.tolerance
    off = c.got - c.expected
    classes = np.isin(np.arange(x.shape[1]), y), np.ones(x.shape[1], bool)
    yield "every-row", any(same(c, np.where(each & ~right, off.min(), 0.0), off) for each in classes)
    elsewhere = [factor for factor in (1, n) if same(c, factor * c.expected[~right], c.got[~right])]
    yield "missing-one-hot", elsewhere and not times(c, *elsewhere)


def hinge(c: C) -> Pairs:
    """The hinge loss."""
    x, y = c.case["x"], c.case["y"]
    signs = np.where(y > 0, 1.0, -1.0)
    missing = np.maximum(1 - signs * x, 0)
    yield "averaged-over-active", times(c, len(x) / np.count_nonzero(missing))
    yield "margin-zero", same(c, ask(c, x=x + signs))
    if c.output == "dx":
        everywhere = ask(c, x=x - 1e3 * signs)
        yield "mask-inverted", any(same(c, each) for each in (everywhere - c.expected, everywhere * (signs * x > 1)))
    square = np.mean(missing**2) if c.output == "loss" else 2 * missing * c.expected
    yield "squared-hinge", any(same(c, square * factor) for factor in (1, 0.5))
    if c.output == "loss":
        yield "not-clipped", same(c, np.mean(1 - signs * x))
        yield "minimum-with-0", same(c, np.mean(1 - signs * x) - c.expected)
    else:
        yield "gradient-at-zero", same(c, c.expected[np.abs(x) != 1], c.got[np.abs(x) != 1])
        yield "missing-mask", any(same(c, factor * ask(c, x=x - 1e3 * signs)) for factor in (1, len(x)))
    yield "margin-width", any(same(c, ask(c, x=x + (1 - width) * signs)) for width in (0.5, 2, 10))


def by_example(c: C) -> np.ndarray:
    """Return the loss of each example by itself."""
    x, y = c.case["x"], c.case["y"]
    return np.array([ask(c, x=x[n : n + 1], y=y[n : n + 1]) for n in range(len(x))])


def unstable(wrong: Sequence[C], function: str) -> str:
    """Return the id of what loses digits or overflows, or an empty string where it is neither."""
    if "batchnorm" in function:
        return "cancellation"
    if all(isinstance(each.got, np.ndarray) and np.isfinite(each.got).all() for each in wrong):
        return "clipped-log" if wrong[0].output == "loss" else ""
    exceeded = "overflow" if any(_overflows(each) for each in wrong) else "log-of-zero"
    if function != "softmax_loss":
        return exceeded
    small = [np.ptp(each.case["x"], axis=1).max() < LARGE for each in wrong]  # scores of one example are near another
    near = [np.ptp(each.case["x"]) < LARGE for each in wrong]  # those of all are
    return "unshifted-softmax" if any(near) else "global-shift" if any(small) else exceeded


def _overflows(c: C) -> bool:
    """Return whether a loss becomes infinite where exp() does, at scores that differ, or are wrong, by so much."""
    x, y = c.case["x"], c.case["y"]
    x = np.where(y > 0, -1.0, 1.0) if x.ndim == 1 else (x - x.min()) / np.ptp(x)
    got = [c.again({**c.case, "x": largest * x}) for largest in EXPONENTS]
    return [isinstance(each, np.ndarray) and bool(np.isfinite(each).all()) for each in got] == [True, False]
