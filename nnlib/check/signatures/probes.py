"""What can be said of a result without knowing the mistake: by what is off, and by the function at other inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from nnlib.check.signatures.evidence import C, Pairs, ask, batch, proportional, run, same

POWERS = (-2, -1, -0.5, 0.5, 1, 2, 3, 4)
NEAR = 1e-3  # relative to the largest entry
LEAST = 6  # entries whose order says something


def seen(c: C) -> Pairs:
    """What is off, and how it depends on the arguments."""
    got, expected = c.got, c.expected
    filled = got != 0
    yield "unfilled", filled.any() and expected[~filled].any() and same(c, expected[filled], got[filled])
    yield "constant-factor", got.size > 2 and proportional(c, expected)
    yield "some-signs", got.size > 2 and same(c, np.abs(expected), np.abs(got))
    near = np.abs(got - expected).max() < NEAR * np.abs(expected).max()
    yield "nearly-right", c.output[0] != "d" and near
    order = np.argsort(expected, None)
    steps = np.diff(got.flat[order])[np.diff(expected.flat[order]) > c.noise]
    yield "function-of-right", got.size >= LEAST and not near and steps.any() and (steps >= -c.noise).all()
    axes = [axis for axis in range(got.ndim) if got.shape[axis] > 1]
    yield "same-along-axis", any(_flat(c, got, axis) and not _flat(c, expected, axis) for axis in axes)
    slow = {"drop", "weights"} & c.case.keys()  # PyTorch is
    yield "kept-between-calls", not slow and not same(c, got, run(c))
    if "x" in c.case:
        yield from mixed(c)
        yield from alone(c)
    if not slow:
        yield from growth(c)


def alone(c: C) -> Pairs:
    """What is right for one example at a time, for those of one class, or no mean of what comes for each."""
    n = batch(c)
    if n < 2 or "bn_param" in c.case:
        return
    parts = [{name: c.case[name][k : k + 1] for name in ("x", "y", "dout") if name in c.case} for k in range(n)]
    own = [run(c, **part) for part in parts]
    right = np.array([same(c, ask(c, **part), got) for part, got in zip(parts, own, strict=True)])
    yield "right-alone", right.all()
    if "y" in c.case:
        y, binary = c.case["y"], c.case["x"].ndim == 1
        yield "right-for-one-label", binary and {right[y == label].all() for label in set(y)} == {True, False}
        yield "wrong-loss", same(c, np.mean(own) if c.output == "loss" else np.concatenate(own) / n)


def mixed(c: C) -> Pairs:
    """Whether what comes for an example, or in a channel, depends on another one as it should not."""
    x = c.case["x"]
    for axis in range(min(x.ndim, c.got.ndim, 2)):
        if c.got.shape[axis] != x.shape[axis] or x.shape[axis] < 2:
            continue
        for changed, other in ((0, -1), (-1, 0)):
            moved = {name: _moved(c.case[name], changed, axis) for name in ("x", "dout") if name in c.case}
            before, after = c.got.take(other, axis), run(c, **moved).take(other, axis)
            if not same(c, before, after):
                id = "channels-mixed" if axis else "examples-mixed"
                yield id, same(c, c.expected.take(other, axis), ask(c, **moved).take(other, axis))


def growth(c: C) -> Pairs:
    """How the result grows with each argument: with which power, and whether with more than its mean."""
    found = []
    for name, value in c.case.items():
        whole = not isinstance(value, np.ndarray) or value.dtype.kind != "f" or not value.any()
        if whole or (name == "dout" and c.output[0] != "d"):
            continue
        powers = [_power(c, lambda t, f=f, name=name: f(c, **{name: t * c.case[name]})) for f in (run, ask)]
        means = [0 * value + value.mean(axis, keepdims=True) for axis in (None, *range(value.ndim)[:2])]
        others = [value.flat[::-1].reshape(value.shape), *means]
        found.append((name, *powers, [{name: other} for other in others]))
    known = [(*own, *right) for _, own, right, _ in found if (right[0] or 0) >= 0 and right[0] is not None]
    yield "needless-argument", any(power == 0 != own for own, _, power, _ in known)
    for _, own, _, others in found:
        unchanged = [same(c, run(c, **other)) and not same(c, c.expected, ask(c, **other)) for other in others]
        yield "ignores-argument", unchanged[0] and own == (0, True)
        yield "only-the-mean", any(unchanged[1:])
    yield "extra-factor", any(own is not None and own > power for own, _, power, _ in known)
    yield "missing-factor", any(own is not None and own < power for own, _, power, _ in known)
    yield "not-proportional", any(own is None or pure > alone for own, alone, _, pure in known)
    shifts = [{name: 0 * c.case[name]} for name, _, right, _ in found if name in ("b", "beta") and not right[1]]
    yield "term-off", any(same(c, ask(c, **zero), run(c, **zero)) for zero in shifts)


def across(wrong: Sequence[C]) -> Iterator[tuple[str, object]]:
    """What the numbers of several cases have in common."""
    got, expected = (np.array([getattr(c, name) for c in wrong], dtype=float) for name in ("got", "expected"))
    if (np.abs(got / expected - 1) > NEAR).all():
        yield "constant-factor", _constant(got / expected)
        cases = [(c.case["x"], c.case["x"][np.arange(len(c.case["y"])), c.case["y"]]) for c in wrong]
        terms = np.array([[x.max(1).mean(), x.max(), own.mean(), x.mean(), x.sum(1).mean()] for x, own in cases])
        yield "term-off", any(_constant((got - expected) / term) for term in terms.T)  # of a loss over classes


def _constant(numbers: np.ndarray) -> bool:
    return np.ptp(numbers) < 1e-6 * np.abs(numbers).max()


def _power(c: C, at: Callable[[float], np.ndarray]) -> tuple[float | None, bool]:
    """Return with which power of t a result grows, None if with none, and whether nothing constant is added to that."""
    one, two, four = at(1.0), at(2.0), at(4.0)
    if same(c, one, two):
        return 0, True
    power = next((power for power in POWERS if same(c, 2.0**power * (two - one), four - two)), None)
    return power, power is not None and same(c, 2.0**power * one, two)


def _moved(array: np.ndarray, index: int, axis: int) -> np.ndarray:
    moved = array.copy()
    moved[(slice(None),) * axis + (index,)] *= -2
    return moved


def _flat(c: C, array: np.ndarray, axis: int) -> bool:
    return same(c, np.broadcast_to(array.take([0], axis), array.shape), array)
