"""What mistakes in convolution and in max pooling look like."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np

from nnlib import gradcheck
from nnlib.check import definitions
from nnlib.check.signatures.evidence import C, Pairs, ask, proportional, same


def convolution(c: C) -> Pairs:
    """The three convolutions of planes, the layer, im2col and col2im."""
    if "b" in c.case:
        b = c.case["b"]
        yield "transpose", any(same(c, ask(c, b=each)) for each in (b.T, b.T[::-1], b.T[:, ::-1], b.T[::-1, ::-1]))
    if "w" in c.case or "a" in c.case:
        yield "flipped", is_flipped(c, slice(0, 1))
        yield "flipped-one-axis", is_flipped(c, slice(1, 3))
    if c.output == "out" and "a" in c.case:
        yield from planes(c)
    if c.output in ("dx", "images"):
        kernel = c.case["kernel"] if "kernel" in c.case else c.case["w"].shape[2:]
        positions = [side - length + 1 for side, length in zip(c.expected.shape[2:], kernel, strict=True)]
        windows = definitions.full(np.ones(positions), np.ones(kernel))  # so many see each pixel
        alone = windows == 1
        yield "averages-overlaps", same(c, c.expected / windows)
        yield "overwrites-overlaps", same(c, c.expected[..., alone], c.got[..., alone])


def planes(c: C) -> Pairs:
    """Mistakes in the positions at which a kernel is put onto a plane."""
    a, b = c.case["a"], c.case["b"]
    rows, columns = c.expected.shape
    wider = ask(c, a=np.pad(a, [(rows, rows), (columns, columns)]))
    around = np.lib.stride_tricks.sliding_window_view(wider, c.expected.shape)
    yield "shifted", any(same(c, around[index]) for index in np.ndindex(around.shape[:2]))
    kh, kw = b.shape
    inside = (slice(kh - 1, rows - kh + 1), slice(kw - 1, columns - kw + 1))
    right = c.expected.size > a.size and same(c, c.expected[inside], c.got[inside])
    yield "border", right and c.expected[inside].size


def maxima(c: C) -> Pairs:
    """Max pooling's outputs."""
    x, (height, width, stride) = c.case["x"], c.case["pool_param"].values()
    steps = set(itertools.product((stride, 1, height), (stride, 1, width))) - {(stride, stride)}
    windows = {(stride, stride), (height, 1), (1, width), (1, 1)} - {(height, width)}
    yield "starts-at-zero", same(c, np.maximum(c.expected, 0))
    yield "mean-for-max", proportional(c, pooled(c, (height, width), (stride, stride), np.mean))
    yield "min-for-max", same(c, -ask(c, x=-x))
    yield "stride-ignored", any(same(c, pooled(c, (height, width), each)) for each in steps)
    yield "window-size", any(same(c, pooled(c, each, (stride, stride))) for each in windows)
    yield "absolute", same(c, ask(c, x=np.abs(x)), np.abs(c.got))
    wide = [c.expected.max(axis, keepdims=True) for axis in (0, 1, (0, 1))]
    yield "more-than-window", any(same(c, np.broadcast_to(each, c.got.shape)) for each in wide)
    yield "index-for-value", c.got.max() < height * width and np.array_equal(c.got, np.abs(np.round(c.got)))


def handed_back(c: C) -> Pairs:
    """Max pooling's gradients."""
    x, (height, width, stride) = c.case["x"], c.case["pool_param"].values()
    yield "min-for-max", same(c, ask(c, x=-x))
    step = (stride, stride)
    apart = {(1, 1), (2, 2), (height, width)} - {step}
    yield "stride-ignored", any(same(c, pooled_gradient(c, (height, width), each)) for each in apart)
    yield "window-size", step != (height, width) and same(c, pooled_gradient(c, step, step))
    order = np.arange(x.size).reshape(x.shape) / x.size
    tied = np.array_equal(x, np.round(x))
    total = same(c, c.case["dout"].sum((2, 3)), c.got.sum((2, 3)))
    more = np.count_nonzero(c.got) > np.count_nonzero(c.expected)
    winners = c.expected != 0
    yield "mean-for-max", proportional(c, pooled_gradient(c, (height, width), step, np.mean))
    down = np.arange(x.size).reshape(*x.shape[:2], x.shape[3], x.shape[2]).swapaxes(2, 3) / x.size
    yield "last-tie", tied and any(same(c, ask(c, x=x + 0.1 * each)) for each in (order, down, -down))
    yield "ties-to-all", tied and more and not total and same(c, c.expected[winners], c.got[winners])
    yield "ties-to-all", tied and more and not total and stride < max(height, width)
    yield "ties-shared", tied and more and total
    yield "times-input", same(c, c.expected * x)
    counts = np.round(ask(c, dout=np.ones_like(c.case["dout"])))
    single = (counts == 1) & (c.got != 0)
    alone = not c.got[counts == 0].any() and same(c, c.expected[single], c.got[single])
    yield "overwrites-overlaps", stride < max(height, width) and not more and alone
    yield "misplaced", total


def flips(array: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the array flipped along both of its last axes, along the one and along the other."""
    return array[..., ::-1, ::-1], array[..., ::-1, :], array[..., ::-1]


def is_flipped(c: C, which: slice) -> bool:
    """Return whether the result is that of a flipped kernel, or a gradient flipped itself."""
    kernel = "w" if "w" in c.case else "b"
    own = [same(c, each) for each in flips(c.expected)[which]] if c.output[0] == "d" else []
    own += [same(c, ask(c, dout=each)) for each in flips(c.case["dout"])[which]] if c.output == "dw" else []
    return any(own) or any(same(c, ask(c, **{kernel: each})) for each in flips(c.case[kernel])[which])


def pooled(c: C, size: tuple, step: tuple, of: Callable = np.max, x: np.ndarray | None = None) -> np.ndarray:
    """Return the maxima, or the means, of windows of a size and at a step; those outside the image give 0."""
    x, out = c.case["x"] if x is None else x, np.zeros(c.case["dout"].shape)
    for p, q in np.ndindex(out.shape[2:]):
        window = x[:, :, p * step[0] : p * step[0] + size[0], q * step[1] : q * step[1] + size[1]]
        out[:, :, p, q] = of(window, (2, 3)) if window.size else 0.0
    return out


def pooled_gradient(c: C, size: tuple, step: tuple, of: Callable = np.max) -> np.ndarray:
    """Return the gradient of those with respect to x."""
    return gradcheck.numerical_gradient(lambda x: pooled(c, size, step, of, x), c.case["x"], c.case["dout"])
