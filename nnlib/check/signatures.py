"""Which mistake a wrong result looks like: by ratios, residuals, symmetries and right answers to other questions.

Each function below gives pairs for one comparison: the id of a diagnosis, and whether the result looks like it. A
mistake is named where that holds for all that went wrong; the first one wins. The sentences are in diagnoses.toml.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from nnlib.check import layer_signatures as layers
from nnlib.check import loss_signatures as losses
from nnlib.check.evidence import C, Pairs, ask, batch, one_example, same, times
from nnlib.check.frames import Other

MOST = 3  # so many wrong results are looked at


def name(wrong: Sequence[C], function: str) -> str:
    """Return the id of the mistake that wrong results of one output look like, or an empty string.

    Args:
        wrong: the comparisons.
        function: the name of what is judged.
    """
    fits = all(isinstance(c.got, np.ndarray) and c.got.shape == c.expected.shape for c in wrong)
    sources = (*(tests for names, tests in OF if re.fullmatch(names, function)), anything) if fits else (shapes,)
    first, *others = sorted(wrong, key=lambda c: c.expected.size)[:MOST]
    with np.errstate(all="ignore"):
        for id in _names(sources, first):
            if all(id in _names(sources, c) for c in others):
                return id
    return ""


def _names(sources: Sequence[Callable[[C], Pairs]], c: C) -> Iterator[str]:
    """Yield the ids that one result looks like; a function ends at a test that does not fit the inputs."""
    for tests in sources:
        with contextlib.suppress(ValueError, IndexError, KeyError, TypeError):
            yield from (id for id, held in tests(c) if held)


def shapes(c: C) -> Pairs:
    """What is no array, or has another shape than expected."""
    yield "returns-nothing", c.got is None
    if not isinstance(c.got, np.ndarray):
        yield "not-an-array", isinstance(c.got, (Other, tuple))
        return
    got, expected = c.got.shape, c.expected.shape
    yield "last-batch-only", c.output == "losses" and got == (1,)
    yield "swapped-results", any(same(other, other.expected, c.got) for other in c.beside)
    yield "transpose", got == expected[::-1] and same(c, c.expected.T)
    yield "extra-axis", c.got.size == c.expected.size and same(c, c.expected.squeeze(), c.got.squeeze())
    yield "wrong-axis", len(got) == len(expected) == 1 and got == (batch(c),) != (1,)
    yield "wrong-axis", len(got) < len(expected)
    yield "transpose", len(got) == 4 and got == (*expected[:2], expected[3], expected[2])
    yield "transpose", "a" in c.case and ask(c, b=c.case["b"].T).shape == got
    yield "sum-missing", expected == () and len(got) == 1
    image = c.case.get("x", c.case.get("a"))
    yield "same-size", c.output == "out" and got[-2:] == image.shape[-2:] != expected[-2:]
    yield "sum-missing", len(got) == len(expected) + 1 and same(c, c.expected, c.got.sum(0))
    rest = [tuple(other for other in range(len(got)) if other != axis) for axis in range(len(got))]
    yield "sum-missing", 1 == len(expected) < len(got) and any(same(c, c.expected, c.got.sum(axes)) for axes in rest)
    if "pool_param" in c.case and c.output == "out":
        param = c.case["pool_param"]
        strides = (1, param["pool_height"], param["pool_width"])
        yield "stride-ignored", any(ask(c, pool_param={**param, "stride": each}).shape == got for each in strides)
    yield "rearranged", sorted(got) == sorted(expected)
    near = len(got) == len(expected) and all(abs(a - b) <= 2 for a, b in zip(got, expected, strict=True))
    yield "size-off-by-one", near


def anything(c: C) -> Pairs:
    """Mistakes that any function may have."""
    yield "nan", not np.isfinite(c.got).all()
    yield "zeros", not c.got.any()
    yield "sign", times(c, -1)
    yield "ignores-dout", "dout" in c.case and c.output[0] == "d" and same(c, ask(c, dout=np.ones_like(c.case["dout"])))
    yield "one-example", one_example(c)
    n = batch(c)
    if n > 1:
        yield "times-n", times(c, n)
        yield "over-n", times(c, 1 / n)
    yield "factor-2", times(c, 2, 0.5)
    yield "swapped-results", any(same(other, other.expected, c.got) for other in c.beside)
    yield "transpose", c.got.ndim == 2 and same(c, c.expected.T)
    w = c.case.get("w")
    yield "transpose", w is not None and w.shape == w.T.shape and same(c, ask(c, w=w.T))
    yield "transpose", c.got.ndim == 4 and c.got.shape[2] == c.got.shape[3] and same(c, c.expected.swapaxes(2, 3))
    yield "rearranged", c.got.size > 1 and same(c, np.sort(c.expected, None), np.sort(c.got, None))


OF = (  # by the names of functions
    (r"fc_\w+|moments", layers.affine),
    (r"relu_\w+", layers.relu),
    (r"dropout_\w+", layers.dropout),
    (r"\w*batchnorm_\w+", layers.norm),
    (r"conv_\w+|im2col|col2im", layers.convolution),
    (r"max_pool_\w+", layers.pooling),
    (r"svm_loss", losses.hinge),
    (r"\w+_loss", losses.losses),
    (r"\w+Classifier|SVM|ConvNet|regularised_conv_net", losses.model),
    (r"VGG11", losses.vgg11),
    (r"train_epoch", losses.epoch),
    (r"test", losses.testing),
)
