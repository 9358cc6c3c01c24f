"""What a wrong result is compared with: the right one scaled or flipped, and the right answer to another question."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np

from nnlib import gradcheck
from nnlib.check import definitions
from nnlib.check.subjects import Case, Comparison

C = Comparison
Pairs = Iterator[tuple[str, object]]  # the id of a mistake, and whether a result looks like it


def same(c: C, other: object, got: object = None) -> bool:
    """Return whether the result, or `got` in its place, is `other`, within the comparison's accuracy."""
    got, other = np.asarray(c.got if got is None else got), np.asarray(other)
    if got.shape != other.shape or not np.isfinite(got).all():
        return False
    if np.isnan(other).any() and not np.isnan(c.expected).any():  # what cannot be computed is like nothing
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


def sizes(c: C) -> set[int]:
    """Return the lengths of the axes of all arguments."""
    return {length for value in c.case.values() if isinstance(value, np.ndarray) for length in value.shape}


def exchanged(c: C) -> Iterator[Case]:
    """Yield two arguments of one shape, each with the other's value."""
    arrays = [name for name, value in c.case.items() if isinstance(value, np.ndarray) and name not in ("dout", "y")]
    for one, other in itertools.combinations(arrays, 2):
        if c.case[one].shape == c.case[other].shape:
            yield {one: c.case[other], other: c.case[one]}


def one_example(c: C) -> bool:
    """Return whether the result is that of the first or last example alone."""
    ends = (0, batch(c) - 1)
    if ends[1] < 1 or c.got.dtype.kind != "f":
        return False
    if c.output[0] == "d" and "dout" in c.case and any(same(c, of_part(c, k)) for k in ends):
        return True
    return c.got.ndim > 0 and len(c.got) == batch(c) and any(same(c, only(c.expected, k)) for k in ends)


def of_part(c: C, *index: object) -> np.ndarray:
    """Return the gradient for a part of `dout` alone."""
    return ask(c, dout=only(c.case["dout"], index))


def last_term(c: C) -> bool:
    """Return whether the result is what comes last in a sum over an image's places, or over those of all images."""
    return c.case["dout"].ndim == 4 and any(same(c, of_part(c, *index, -1, -1)) for index in ((...,), (-1, ...)))


def unfilled(c: C) -> bool:
    """Return whether what is not 0 is right, and some of the rest should not be 0 either."""
    filled = c.got != 0
    return filled.any() and (c.expected[~filled] != 0).any() and same(c, c.expected[filled], c.got[filled])


def flips(array: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the array flipped along both of its last axes, along the one and along the other."""
    return array[..., ::-1, ::-1], array[..., ::-1, :], array[..., ::-1]


def is_flipped(c: C, which: slice) -> bool:
    """Return whether the result is that of a flipped kernel, or a gradient flipped itself."""
    kernel = "w" if "w" in c.case else "b"
    own = [same(c, each) for each in flips(c.expected)[which]] if c.output[0] == "d" else []
    own += [same(c, ask(c, dout=each)) for each in flips(c.case["dout"])[which]] if c.output == "dw" else []
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


def path_factors(c: C) -> np.ndarray:
    """Return by what each path of batch norm's dx is multiplied: the direct one, by mean and by variance, (3, D).

    Raises:
        ValueError: dx is no combination of them.
    """
    held = dict(zip(("hold_mean", "hold_variance"), used_statistics(c), strict=True))
    paths = [ask(c, **held), *(c.expected - ask(c, **{name: value}) for name, value in held.items())]
    rows = np.stack([definitions.rows(path) for path in paths])  # (3, N, D)
    got = definitions.rows(c.got)
    factors = np.array([np.linalg.lstsq(rows[..., d].T, got[:, d], rcond=None)[0] for d in range(rows.shape[2])]).T
    if not same(c, (factors[:, None] * rows).sum(0), got):
        raise ValueError("dx is no combination of the paths")
    return factors


def features_times(c: C, vector: np.ndarray) -> bool:
    """Return whether each feature of the result is the right one times an element of `vector`."""
    return same(c, c.expected * (by_feature(c, vector) if c.expected.ndim > 1 else vector))


def lines(c: C) -> tuple[np.ndarray, np.ndarray] | None:
    """Return slope and value at the mean, (D,) each, of batch norm's outputs as functions of the inputs, if affine."""
    mean, _ = used_statistics(c)
    x, got = definitions.rows(c.case["x"]) - mean, definitions.rows(c.got)
    slope, value = np.array([np.polyfit(x[:, d], got[:, d], 1) for d in range(len(mean))]).T
    return (slope, value) if same(c, x * slope + value, got) else None


def alike(factor: np.ndarray, *others: object) -> bool:
    """Return whether factors, one for each feature, are `others`."""
    return any(np.allclose(factor, other, rtol=1e-4, atol=1e-4) for other in others)


def windows_over(c: C) -> np.ndarray:
    """Return how many windows see each pixel, (H, W)."""
    kh, kw = c.case["kernel"] if "kernel" in c.case else c.case["w"].shape[2:]
    h, w = c.expected.shape[2:]
    return definitions.full(np.ones((h - kh + 1, w - kw + 1)), np.ones((kh, kw)))


def by_example(c: C) -> np.ndarray:
    """Return the loss of each example by itself."""
    x, y = c.case["x"], c.case["y"]
    return np.array([ask(c, x=x[n : n + 1], y=y[n : n + 1]) for n in range(len(x))])


def slack(c: C) -> np.ndarray:
    """Return what each margin lacks of 1."""
    return np.maximum(1 - np.array(definitions.margins(c.case["x"], c.case["y"])), 0)


def subset_of(c: C, *wholes: np.ndarray) -> bool:
    """Return whether each entry is 0 or that of one of `wholes`, and both occur."""
    zero = c.got == 0
    return zero.any() and not zero.all() and any(same(c, whole[~zero], c.got[~zero]) for whole in wholes)


def pooled(c: C, size: tuple[int, int], step: tuple[int, int], x: np.ndarray | None = None) -> np.ndarray:
    """Return the maxima of windows of another size or at another step; those outside the image are 0."""
    x, out = c.case["x"] if x is None else x, np.zeros(c.case["dout"].shape)
    for n, k, p, q in np.ndindex(out.shape):
        window = x[n, k, p * step[0] : p * step[0] + size[0], q * step[1] : q * step[1] + size[1]]
        out[n, k, p, q] = max(window.flat, default=0.0)
    return out


def pooled_gradient(c: C, size: tuple[int, int], step: tuple[int, int]) -> np.ndarray:
    """Return the gradient with respect to x of such maxima."""
    return gradcheck.numerical_gradient(lambda x: pooled(c, size, step, x), c.case["x"], c.case["dout"])


def window_means(pool_param: dict, x: np.ndarray) -> np.ndarray:
    """Return the mean of each pooling window."""
    height, width, stride = pool_param.values()
    views = np.lib.stride_tricks.sliding_window_view(x, (height, width), (2, 3))
    return views[:, :, ::stride, ::stride].mean((-2, -1))
