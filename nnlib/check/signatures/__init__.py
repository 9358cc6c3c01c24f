"""Which mistake a wrong result looks like: by ratios, residuals, symmetries and right answers to other questions.

Each function below gives pairs for one comparison: the id of a diagnosis, and whether the result looks like it. A
mistake is named where that holds for all that went wrong; the first one wins. The sentences are in diagnoses.toml.
Where no mistake is recognised, what is seen of it may still be said (`probes`).
"""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from nnlib.check.frames import Other
from nnlib.check.signatures import layers, losses, models, norm, probes, windows
from nnlib.check.signatures.evidence import C, Pairs, ask, batch, exchanged, one_index, rearranged, same, sizes, times

MOST = 3  # at most so many wrong results are examined: those at unusual sizes come last


def name(wrong: Sequence[C], function: str) -> str:
    """Return the id of the mistake that wrong results of one output look like, or an empty string."""
    own = (tests for names, tests in OF if re.fullmatch(names, function))
    return _common(wrong, (*own, anything) if shapes_fit(wrong) else (shapes,))


def appearance(wrong: Sequence[C]) -> str:
    """Return the id of what is seen of a mistake that is not recognised, or an empty string."""
    if not shapes_fit(wrong):
        return ""
    numbers = len(wrong) > 1 and all(c.got.size == 1 for c in wrong)
    with np.errstate(all="ignore"):
        common = next(_names([probes.across], wrong), "") if numbers else ""
    return common or _common(wrong, (probes.seen, norm.affine))


def shapes_fit(wrong: Sequence[C]) -> bool:
    """Return whether all results are arrays of the expected shapes."""
    return all(isinstance(c.got, np.ndarray) and c.got.shape == c.expected.shape for c in wrong)


def _common(wrong: Sequence[C], sources: Sequence[Callable[[C], Pairs]]) -> str:
    first, *others = sorted(wrong[:MOST], key=lambda c: c.expected.size)
    with np.errstate(all="ignore"):
        for id in _names(sources, first):
            if all(id in _names(sources, c) for c in others):
                return id
    return ""


def _names(sources: Sequence[Callable[..., Pairs]], c: C | Sequence[C]) -> Iterator[str]:
    """Yield the ids of what is found; a function ends at a test that does not fit the inputs."""
    for tests in sources:
        with contextlib.suppress(ValueError, IndexError, KeyError, TypeError, ZeroDivisionError):
            yield from (id for id, held in tests(c) if held)


def shapes(c: C) -> Pairs:
    """Results that are not arrays, or have an unexpected shape."""
    yield "returns-nothing", c.got is None
    if not isinstance(c.got, np.ndarray):
        yield "not-an-array", isinstance(c.got, (Other, tuple))
        return
    got, expected = c.got.shape, c.expected.shape
    yield "last-batch-only", c.output == "losses" and got == (1,)
    yield "swapped-results", any(same(other, other.expected, c.got) for other in c.beside)
    yield "transpose", got == expected[::-1] and same(c, c.expected.T)
    yield "extra-axis", c.got.size == c.expected.size and same(c, c.expected.squeeze(), c.got.squeeze())
    yield "wrong-axis", len(got) == len(expected) == 1 and "dout" in c.case and got == (batch(c),)
    fewer = itertools.combinations(expected, len(got)) if len(got) < len(expected) else ()
    yield "wrong-axis", got in fewer
    yield "transpose", len(got) == 4 and got == (*expected[:2], expected[3], expected[2])
    if "b" in c.case and "a" in c.case:
        longer = c.case["b"].shape[0] - c.case["b"].shape[1]
        yield "transpose", longer and got == (expected[0] + longer, expected[1] - longer)
    yield "sum-missing", expected == () and len(got) == 1
    image = c.case.get("x", c.case.get("a"))
    kernel = c.case.get("w", c.case.get("b"))
    if c.output == "out" and kernel is not None and image is not None:
        pairs = list(zip(image.shape[-2:], kernel.shape[-2:], strict=True))
        padded = tuple(side - (k - 1) + 2 * ((k - 1) // 2) for side, k in pairs)
        yield "same-size", got[-2:] in (image.shape[-2:], padded) and got[-2:] != expected[-2:]
    yield "sum-missing", len(got) == len(expected) + 1 and same(c, c.expected, c.got.sum(0))
    rest = [tuple(other for other in range(len(got)) if other != axis) for axis in range(len(got))]
    yield "sum-missing", 1 == len(expected) < len(got) and any(same(c, c.expected, c.got.sum(axes)) for axes in rest)
    if "pool_param" in c.case and c.output == "out":
        param = c.case["pool_param"]
        strides = (1, param["pool_height"], param["pool_width"])
        shapes = [expected, *(ask(c, pool_param={**param, "stride": each}).shape for each in strides)]
        yield "stride-ignored", all(map(set.__contains__, map(set, zip(*shapes, strict=True)), got))
    yield "rearranged", sorted(got) == sorted(expected)
    near = len(got) == len(expected) and all(abs(a - b) <= 2 for a, b in zip(got, expected, strict=True))
    yield "size-off-by-one", near
    yield "other-size", True


def anything(c: C) -> Pairs:
    """Mistakes that any function may have."""
    yield "nan", not np.isfinite(c.got).all()
    yield "zeros", c.got.size > 1 and not c.got.any() and c.got.dtype.kind == "f"
    yield "sign", times(c, -1)
    if "dout" in c.case and c.output[0] == "d":
        yield "ignores-dout", same(c, ask(c, dout=np.ones_like(c.case["dout"])))
    yield "one-index", c.got.ndim and c.got.dtype.kind == "f" and any(same(c, each) for each in one_index(c))
    yield "whole-numbers", c.got.dtype.kind in "iub"
    n = batch(c)
    if n > 1:
        yield "times-n", times(c, n)
        yield "over-n", times(c, 1 / n)
    yield "factor-2", times(c, 2, 0.5)
    yield "over-size", any(times(c, 1 / size) for size in sizes(c) if size > 1)
    if c.output in ("out", "scores"):
        exponentials = np.exp(c.expected)
        shares = exponentials / exponentials.sum(-1, keepdims=True), exponentials / (1 + exponentials)
        yield "extra-activation", any(same(c, each) for each in (*shares, np.maximum(c.expected, 0)))
    yield "swapped-arguments", any(same(c, ask(c, **pair)) for pair in exchanged(c))
    yield "swapped-results", any(same(other, other.expected, c.got) for other in c.beside)
    yield "transpose", c.got.ndim == 2 and same(c, c.expected.T)
    for name in {"w", "x"} & c.case.keys():
        array = c.case[name]
        yield "transpose", array.shape == array.T.shape and same(c, ask(c, **{name: array.T}))
    yield "transpose", c.got.ndim == 4 and c.got.shape[2] == c.got.shape[3] and same(c, c.expected.swapaxes(2, 3))
    if c.output == "accuracy":  # a share of few examples, which two different mistakes may well have in common
        return
    yield "rearranged", c.got.size > 1 and same(c, np.sort(c.expected, None), np.sort(c.got, None))
    for name in sorted({"w", "x"} & c.case.keys()):
        array = c.case[name]
        yield "rearranged", same(c, ask(c, **{name: array.reshape(-1, len(array)).T.reshape(array.shape)}))
    yield "rearranged", any(same(c, each) for each in rearranged(c))


OF = (  # by the names of functions
    (r"\w+", lambda c: [("nearly-right", same(c, c.expected))]),
    (r"fc_\w+|moments", layers.affine),
    (r"relu_\w+", layers.relu),
    (r"dropout_\w+", layers.dropout),
    (r"\w*batchnorm_\w+", norm.norm),
    (r"conv_\w+|im2col|col2im", windows.convolution),
    (r"max_pool_forward", windows.maxima),
    (r"max_pool_backward", windows.handed_back),
    (r"svm_loss", losses.hinge),
    (r"\w+_loss", losses.losses),
    (r"\w+Classifier|SVM|ConvNet|regularised_conv_net", models.model),
    (r"VGG11", models.vgg11),
    (r"train_epoch", models.epoch),
    (r"test", models.testing),
    (r"predict", models.augmentation),
)
