"""What a wrong result is compared with: the right one scaled or flipped, and the right answer to another question."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np

from nnlib.check.subjects import Case, Comparison

C = Comparison
ORDERS = ((1, 0, 2, 3), (0, 1, 3, 2), (0, 2, 3, 1), (0, 3, 1, 2), (1, 2, 3, 0))
Pairs = Iterator[tuple[str, object]]  # the id of a mistake, and whether a result looks like it


def same(c: C, other: object, got: object = None) -> bool:
    """Return whether the result, or `got` in its place, is `other`, within the comparison's accuracy."""
    got, other = np.asarray(c.got if got is None else got), np.asarray(other)
    if got.shape != other.shape or not np.isfinite(got).all():
        return False
    if np.isnan(other).any() and not np.isnan(c.expected).any():  # what cannot be computed matches nothing
        return False
    off = np.abs(got - other)[~np.isnan(other)]
    return bool((off <= max(c.tolerance, 1e-7) * np.nanmax(np.abs(other), initial=0.0) + c.noise).all())


def ask(c: C, **changes: object) -> np.ndarray:
    """Return what is right for other inputs."""
    return np.asarray(c.expect({**c.case, **changes}))


def run(c: C, **changes: object) -> np.ndarray:
    """Return what the student's function gives for other inputs.

    Raises:
        ValueError: not an array of numbers.
    """
    got = c.again({**c.case, **changes}) if c.again else None
    if not isinstance(got, np.ndarray) or not np.isfinite(got).all():
        raise ValueError("no array of numbers")
    return got


def times(c: C, *factors: float) -> bool:
    """Return whether the result is the right one times one of `factors`."""
    return any(same(c, factor * c.expected) for factor in factors)


def proportional(c: C, other: np.ndarray) -> bool:
    """Return whether the result is `other` times a constant."""
    factor = np.vdot(c.got, other) / np.vdot(other, other)
    return bool(factor) and same(c, factor * other)


def batch(c: C) -> int:
    """Return the number of examples, or 1 where there is no batch."""
    first = next(iter(c.case.values()))
    return len(first) if getattr(first, "ndim", 0) and ("dout" in c.case or "y" in c.case) else 1


def sizes(c: C) -> set[int]:
    """Return the lengths of the axes of all arguments, and the products of those of one argument."""
    shapes = [value.shape for value in c.case.values() if isinstance(value, np.ndarray)]
    return {math.prod(part) for shape in shapes for k in range(4) for part in itertools.combinations(shape, k + 1)}


def exchanged(c: C) -> Iterator[Case]:
    """Yield two arguments of one shape, each with the other's value."""
    arrays = [name for name, value in c.case.items() if isinstance(value, np.ndarray) and name not in ("dout", "y")]
    for one, other in itertools.combinations(arrays, 2):
        if c.case[one].shape == c.case[other].shape:
            yield {one: c.case[other], other: c.case[one]}


def one_index(c: C) -> Iterator[np.ndarray]:
    """Yield the result with all but one index of an axis 0, and what is right for such arguments."""
    yield from _parts(c.expected)
    gradient = c.output[0] == "d"
    for name, value in c.case.items():
        if isinstance(value, np.ndarray) and name != "y" and (name == "dout") == gradient:
            yield from (ask(c, **{name: part}) for part in _parts(value))


def _parts(array: np.ndarray) -> Iterator[np.ndarray]:
    """Yield an array with all but the first or last index of an axis, or the last element of its planes, set to 0."""
    axes = [axis for axis in range(array.ndim) if array.shape[axis] > 1]
    indices = [(*[slice(None)] * axis, end) for axis in axes for end in (0, -1)]
    indices += [(..., -1, -1), (-1, ..., -1, -1)] if array.ndim > 2 else [(-1, -1)] if array.ndim == 2 else []
    for index in indices:
        part = np.zeros_like(array)
        part[index] = array[index]
        yield part


def rearranged(c: C) -> Iterator[np.ndarray]:
    """Yield the gradients for `dout` with its axes in another order, reshaped without a transpose, and put back so."""
    dout = c.case["dout"]
    for order in ORDERS if dout.ndim == 4 else ():
        back, shape = np.argsort(order), [dout.shape[axis] for axis in order]
        yield ask(c, dout=dout.reshape(shape).transpose(back))
        gradient = ask(c, dout=dout.transpose(order).reshape(dout.shape))
        yield gradient
        if gradient.ndim == 4:
            yield gradient.reshape([gradient.shape[axis] for axis in order]).transpose(back)
