"""What mistakes in the fully connected layer, in its moments under dropout, in ReLU and in dropout look like."""

from __future__ import annotations

import numpy as np

from nnlib.check import definitions
from nnlib.check.signatures.evidence import C, Pairs, ask, proportional, run, same, times
from nnlib.check.subjects import SAME_SEED


def affine(c: C) -> Pairs:
    """A fully connected layer, and the moments of one under dropout."""
    if c.output in ("out", "mean"):
        yield "missing-bias", same(c, c.expected - c.case["b"])
        yield "bias-sign", same(c, c.expected - 2 * c.case["b"])
    if "keep" not in c.case:
        return
    keep, weighted = c.case["keep"], c.case["x"] @ c.case["w"]
    if c.output == "mean":
        yield "bias-scaled", same(c, c.expected - (1 - keep) * c.case["b"])
        yield "mean-not-scaled", same(c, ask(c, keep=1.0))
        yield "p-drops", same(c, ask(c, keep=1 - keep))
        yield "extra-factor", same(c, ask(c, keep=keep**2))
    else:
        yield "std-for-variance", same(c, c.expected, c.got**2)
        yield "square-of-sum", proportional(c, weighted**2)
        x, w = c.case["x"], c.case["w"]
        yield "missing-square", any(proportional(c, each) for each in (weighted, x @ w**2, x**2 @ w))
        mean = c.beside[0].expected
        yield "second-moment", any(same(c, c.expected + each**2) for each in (mean, mean - c.case["b"]))
        yield "over-size", times(c, 1 / len(x))
        yield "variance-factor", proportional(c, c.expected)


def relu(c: C) -> Pairs:
    """ReLU."""
    positive = c.case["x"] > 0
    if c.output == "out":
        yield "minimum-with-0", same(c, c.case["x"] - c.expected)
    else:
        dout, x = c.case["dout"], c.case["x"]
        yield "mask-from-gradient", any(same(c, np.where(dout > 0, each, 0.0)) for each in (dout, c.expected))
        yield "missing-mask", proportional(c, dout)
        yield "mask-inverted", same(c, dout - c.expected)
        yield "times-input", same(c, c.expected * x)
        yield "gradient-at-zero", same(c, c.expected[x != 0], c.got[x != 0])
    yield "not-clipped", same(c, c.expected[positive], c.got[positive]) and c.got[~positive].any()


def dropout(c: C) -> Pairs:
    """Dropout."""
    param = c.case["dropout_param"]
    p, whole = param["p"], c.case["x" if c.output == "out" else "dout"]
    yield "seed-ignored", c.output == SAME_SEED
    if c.output in ("share kept", "spread of the mask"):
        yield "p-drops", c.output == "share kept" and abs(c.got - 1 + p) < c.noise
        yield "shared-mask", c.output == "spread of the mask"
        return
    yield "inverted-dropout", param["mode"] == "train" and times(c, 1 / p)
    yield "scaled-by-p", param["mode"] == "train" and times(c, p)
    if param["mode"] == "test":
        yield "test-not-scaled", times(c, 1 / p)
        yield "p-drops", times(c, (1 - p) / p)
        yield "test-divided-by-p", times(c, 1 / p**2)
        yield "drops-in-test", subset_of(c, whole, whole * p, whole / p)
        return
    x = c.case["x"]
    yield "mask-from-output", c.output == "dx" and same(c, np.where(x == 0, 0.0, c.expected))
    if proportional(c, whole) and c.output == "dx":
        yield "missing-mask", True
    elif proportional(c, whole):  # one number for the whole array may keep all of it at p, hardly at 0.01
        yield "nothing-dropped", run(c, dropout_param={**param, "p": 0.01}).any()
    yield "p-drops", "rng" in param and times(c, 1 / (1 - p))
    if "rng" not in param and c.output == "out":
        drawn = np.random.RandomState(param.get("seed", definitions.STATE)).rand(*whole.shape)
        dropped = [np.where(mask, whole, 0.0) for mask in (drawn >= p, drawn < 1 - p)]
        yield "p-drops", any(same(c, each * factor) for each in dropped for factor in (1, 1 / p, 1 / (1 - p)))
        mask = c.got != 0
        yield "shared-mask", not mask.all() and any((mask == mask.take([0], axis)).all() for axis in range(mask.ndim))
        yield "seed-ignored", subset_of(c, whole, whole / p)
    yield "another-mask", c.output == "dx" and subset_of(c, whole, whole / p)


def subset_of(c: C, *wholes: np.ndarray) -> bool:
    """Return whether each entry is 0 or that of one of `wholes`, and both occur."""
    zero = c.got == 0
    return zero.any() and not zero.all() and any(same(c, whole[~zero], c.got[~zero]) for whole in wholes)
