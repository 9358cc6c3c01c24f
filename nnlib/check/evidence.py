"""What a wrong result is compared with: the right one scaled or flipped, and the right answer to another question."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from nnlib.check import definitions
from nnlib.check.subjects import Comparison

C = Comparison
Pairs = Iterator[tuple[str, object]]  # the id of a mistake, and whether a result looks like it


def same(c: C, other: object, got: object = None) -> bool:
    """Return whether the result, or `got` in its place, is `other`, within the comparison's accuracy."""
    got, other = np.asarray(c.got if got is None else got), np.asarray(other)
    if got.shape != other.shape or not np.isfinite(got).all():
        return False
    off = np.abs(got - other)[~np.isnan(other)]
    return bool((off <= max(c.tolerance, 1e-7) * np.nanmax(np.abs(other), initial=0.0) + c.noise).all())


def ask(c: C, **changes: object) -> np.ndarray:
    """Return what is right for other inputs."""
    return np.asarray(c.expect({**c.case, **changes}))


def with_option(c: C, **changes: object) -> np.ndarray:
    """Return what is right for other entries of `bn_param`."""
    return ask(c, bn_param={**c.case["bn_param"], **changes})


def times(c: C, *factors: float) -> bool:
    """Return whether the result is the right one times one of `factors`."""
    return any(same(c, factor * c.expected) for factor in factors)


def proportional(c: C, other: np.ndarray) -> bool:
    """Return whether the result is `other` times a constant."""
    factor = np.vdot(c.got, other) / np.vdot(other, other)
    return bool(factor) and same(c, factor * other)


def only(array: np.ndarray, index: object) -> np.ndarray:
    """Return the array with all but an index set to 0."""
    out = np.zeros_like(array)
    out[index] = array[index]
    return out


def batch(c: C) -> int:
    """Return the number of examples, or 1 where there is no batch."""
    first = next(iter(c.case.values()))
    return len(first) if getattr(first, "ndim", 0) and ("dout" in c.case or "y" in c.case) else 1


def one_example(c: C) -> bool:
    """Return whether the result is that of the first or last example alone."""
    ends = (0, batch(c) - 1)
    if ends[1] < 1:
        return False
    if c.output[0] == "d" and "dout" in c.case and any(same(c, ask(c, dout=only(c.case["dout"], k))) for k in ends):
        return True
    return c.got.ndim > 0 and len(c.got) == batch(c) and any(same(c, only(c.expected, k)) for k in ends)


def flips(array: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the array flipped along both of its last axes, along the one and along the other."""
    return array[..., ::-1, ::-1], array[..., ::-1, :], array[..., ::-1]


def is_flipped(c: C, which: slice) -> bool:
    """Return whether the result is that of a flipped kernel, or a gradient flipped itself."""
    kernel = "w" if "w" in c.case else "b"
    own = [same(c, each) for each in flips(c.expected)[which]] if c.output[0] == "d" else []
    return any(own) or any(same(c, ask(c, **{kernel: each})) for each in flips(c.case[kernel])[which])


def by_feature(c: C, vector: object) -> np.ndarray:
    """Return a vector (D,) in a shape that multiplies the features of x, on axis 1."""
    return np.asarray(vector).reshape(-1, *(1,) * (c.case["x"].ndim - 2))


def eps(c: C) -> float:
    """Return batch norm's eps."""
    return c.case["bn_param"].get("eps", 1e-5)


def used_statistics(c: C) -> list[np.ndarray]:
    """Return the mean and the variance that the mode asks for, (D,)."""
    if c.case["bn_param"]["mode"] == "test":
        return [c.case["bn_param"][key] for key in definitions.RUNNING]
    return [np.array(each) for each in definitions.statistics(definitions.rows(c.case["x"]))]


def deviation_is(c: C, formula: Callable[[np.ndarray, int], np.ndarray]) -> bool:
    """Return whether batch norm's output is divided by `formula(variance, number of rows)`."""
    _, variance = used_statistics(c)
    beta = by_feature(c, c.case["beta"])
    ratio = np.sqrt(variance + eps(c)) / formula(variance, c.case["x"].size // len(variance))
    return same(c, (c.expected - beta) * by_feature(c, ratio) + beta)


def part_of_path(c: C, *held: str) -> np.ndarray:
    """Return the part of dx that comes along the paths through "mean" and "variance"."""
    statistics = dict(zip(("mean", "variance"), used_statistics(c), strict=True))
    return c.expected - ask(c, **{f"hold_{name}": statistics[name] for name in held})


def features_times(c: C, vector: np.ndarray) -> bool:
    """Return whether each feature of the result is the right one times an element of `vector`."""
    return same(c, c.expected * (by_feature(c, vector) if c.expected.ndim > 1 else vector))


def windows_over(c: C) -> np.ndarray:
    """Return how many windows see each pixel, (H, W)."""
    kh, kw = c.case["kernel"] if "kernel" in c.case else c.case["w"].shape[2:]
    h, w = c.expected.shape[2:]
    return definitions.full(np.ones((h - kh + 1, w - kw + 1)), np.ones((kh, kw)))


def slack(c: C) -> np.ndarray:
    """Return what each margin lacks of 1."""
    return np.maximum(1 - np.array(definitions.margins(c.case["x"], c.case["y"])), 0)


def subset_of(c: C, *wholes: np.ndarray) -> bool:
    """Return whether each entry is 0 or that of one of `wholes`, and both occur."""
    zero = c.got == 0
    return zero.any() and not zero.all() and any(same(c, whole[~zero], c.got[~zero]) for whole in wholes)


def window_means(pool_param: dict, x: np.ndarray) -> np.ndarray:
    """Return the mean of each pooling window."""
    height, width, stride = pool_param.values()
    views = np.lib.stride_tricks.sliding_window_view(x, (height, width), (2, 3))
    return views[:, :, ::stride, ::stride].mean((-2, -1))
