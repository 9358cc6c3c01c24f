"""Which mistake a wrong result looks like: by ratios, residuals, symmetries and right answers to other questions.

Each function below gives pairs for one comparison: the id of a diagnosis, and whether the result looks like it. A
mistake is named where that holds for all that went wrong; the first one wins. The sentences are in diagnoses.toml.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np

from nnlib.check.evidence import (
    C,
    ask,
    batch,
    by_feature,
    deviation_is,
    eps,
    features_times,
    is_flipped,
    one_example,
    only,
    part_of_path,
    same,
    slack,
    subset_of,
    times,
    used_statistics,
    window_means,
    windows_over,
    with_option,
)
from nnlib.check.frames import Other

Pairs = Iterator[tuple[str, object]]


def name(wrong: Sequence[C], function: str) -> str:
    """Return the id of the mistake that wrong results of one output look like, or an empty string.

    Args:
        wrong: the comparisons.
        function: the name of what is judged.
    """
    fits = all(isinstance(c.got, np.ndarray) and c.got.shape == c.expected.shape for c in wrong)
    sources = (*(tests for part, tests in OF if part in function), anything) if fits else (shapes,)
    with np.errstate(all="ignore"):
        found = [list(itertools.chain.from_iterable(tests(c) for tests in sources)) for c in wrong]
    ids = dict.fromkeys(pair[0] for pair in found[0])
    shared = [id for id in ids if all(any(held for other, held in pairs if other == id) for pairs in found)]
    return shared[0] if shared else ""


def shapes(c: C) -> Pairs:
    """What is no array, or has another shape than expected."""
    yield "returns-nothing", c.got is None
    if not isinstance(c.got, np.ndarray):
        yield "not-an-array", isinstance(c.got, (Other, tuple))
        return
    got, expected = c.got.shape, c.expected.shape
    yield "swapped-results", any(same(other, other.expected, c.got) for other in c.beside)
    yield "transpose", got == expected[::-1] and same(c, c.expected.T)
    yield "extra-axis", c.got.size == c.expected.size and same(c, c.expected.squeeze(), c.got.squeeze())
    yield "wrong-axis", len(got) == len(expected) == 1 and got == (batch(c),)
    yield "wrong-axis", len(got) < len(expected)
    yield "same-size", len(got) == 4 and c.output == "out" and got[2:] == c.case["x"].shape[2:]
    yield "sum-missing", len(got) == len(expected) + 1 and same(c, c.expected, c.got.sum(0))
    if "pool_param" in c.case and c.output == "out":
        param = c.case["pool_param"]
        strides = (1, param["pool_height"], param["pool_width"])
        yield "stride-ignored", any(ask(c, pool_param={**param, "stride": each}).shape == got for each in strides)
    near = len(got) == len(expected) and all(abs(a - b) <= 1 for a, b in zip(got, expected, strict=True))
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
    yield "rearranged", c.got.size > 1 and same(c, np.sort(c.expected, None), np.sort(c.got, None))
    yield (
        "rearranged",
        c.got.size > 1 and same(c, np.sort(c.expected.T.reshape(c.got.shape), None), np.sort(c.got, None)),
    )


def affine(c: C) -> Pairs:
    """A fully connected layer, and the moments of one under dropout."""
    if c.output in ("out", "mean"):
        yield "missing-bias", same(c, c.expected - c.case["b"])
    if "keep" not in c.case:
        return
    keep, weighted = c.case["keep"], c.case["x"] @ c.case["w"]
    if c.output == "mean":
        yield "bias-scaled", same(c, c.expected - (1 - keep) * c.case["b"])
        yield "mean-not-scaled", same(c, ask(c, keep=1.0)[0])
        yield "p-drops", same(c, ask(c, keep=1 - keep)[0])
    else:
        yield "std-for-variance", same(c, c.expected, c.got**2)
        factors = 1, keep, 1 - keep, keep**2, keep * (1 - keep)
        yield "square-of-sum", any(same(c, f * weighted**2) for f in factors)
        yield "missing-square", any(same(c, f * weighted) for f in factors)
        yield "variance-factor", any(times(c, f / (keep * (1 - keep))) for f in factors[:4])


def relu(c: C) -> Pairs:
    """ReLU."""
    positive = c.case["x"] > 0
    if c.output == "out":
        yield "not-clipped", same(c, c.expected[positive], c.got[positive]) and c.got[~positive].any()
    else:
        yield "mask-from-gradient", same(c, np.where(c.case["dout"] > 0, c.case["dout"], 0.0))
        dout, x = c.case["dout"], c.case["x"]
        yield "missing-mask", same(c, dout)
        yield "mask-inverted", same(c, np.where(positive, 0.0, dout))
        yield "times-input", same(c, c.expected * x)
        yield "gradient-at-zero", same(c, c.expected[x != 0], c.got[x != 0])


def dropout(c: C) -> Pairs:
    """Dropout."""
    param = c.case["dropout_param"]
    p, whole = param["p"], c.case["x" if c.output == "out" else "dout"]
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
    yield "missing-mask", c.output == "dx" and same(c, whole)
    if "seed" in param and c.output == "out":
        drawn = np.random.RandomState(param["seed"]).rand(*whole.shape)
        dropped = [np.where(mask, whole, 0.0) for mask in (drawn >= p, drawn < 1 - p)]
        yield "p-drops", any(same(c, each * factor) for each in dropped for factor in (1, 1 / p, 1 / (1 - p)))
        yield "seed-ignored", subset_of(c, whole, whole / p)
    yield "another-mask", c.output == "dx" and subset_of(c, whole, whole / p)


def norm(c: C) -> Pairs:
    """Batch norm, of rows and of images."""
    yield from (norm_forward if c.output == "out" else norm_backward if c.output[0] == "d" else norm_running)(c)


def norm_forward(c: C) -> Pairs:
    """Batch norm's outputs."""
    param, gamma, beta = (c.case[key] for key in ("bn_param", "gamma", "beta"))
    if "running_mean" in param:
        test = param["mode"] == "test"
        other = with_option(c, mode="train" if test else "test")
        yield "batch-statistics-in-test" if test else "running-in-train", same(c, other)
    yield "eps-ignored", eps(c) != 1e-5 and deviation_is(c, lambda v, n: np.sqrt(v + 1e-5))
    yield "eps-outside-root", deviation_is(c, lambda v, n: np.sqrt(v) + eps(c))
    yield "missing-eps", deviation_is(c, lambda v, n: np.sqrt(v))
    yield "missing-root", deviation_is(c, lambda v, n: v + eps(c))
    yield "unbiased-variance", deviation_is(c, lambda v, n: np.sqrt(v * n / (n - 1) + eps(c)))
    yield "missing-scale", same(c, ask(c, gamma=np.ones_like(gamma)))
    yield "missing-shift", same(c, ask(c, beta=np.zeros_like(beta)))
    yield "not-centred", same(c, ask(c, hold_mean=np.zeros_like(beta)))
    if c.got.ndim == 2:
        yield "wrong-axis", same(c, np.zeros(len(c.got)), ((c.got - beta) / gamma).mean(1))
    else:
        images, pixels = c.got.mean((2, 3)), c.got.mean(0)
        yield "per-image-statistics", same(c, np.broadcast_to(beta, images.shape), images)
        yield "per-pixel-statistics", same(c, np.broadcast_to(by_feature(c, beta), (1, *pixels.shape))[0], pixels)
        rows = c.got.reshape(-1, len(beta)), c.got.transpose(0, 2, 3, 1).reshape(-1, len(beta))
        yield "channels-mixed", any(same(c, beta, each.mean(0)) for each in rows)


def norm_running(c: C) -> Pairs:
    """Running statistics."""
    param = c.case["bn_param"]
    old = param.get(c.output, np.zeros_like(c.expected))
    yield "test-mode-updates", param["mode"] == "test"
    momentum, rows = param.get("momentum", 0.9), c.case["x"].size // len(old)
    new = c.got - momentum * old  # what was added
    right = c.expected - momentum * old
    yield "momentum-side", same(c, with_option(c, momentum=1 - momentum))
    yield "running-not-updated", same(c, old)
    yield "unbiased-variance", c.output == "running_var" and same(c, right * rows / (rows - 1), new)
    yield "std-for-variance", c.output == "running_var" and same(c, np.sqrt(right * (1 - momentum)), new)
    replaced = "running-last-batch" if c.output in param else "running-starts-at-batch"
    yield replaced, same(c, right / (1 - momentum))


def norm_backward(c: C) -> Pairs:
    """Batch norm's gradients."""
    param, gamma, dout, x = (c.case[key] for key in ("bn_param", "gamma", "dout", "x"))
    mean, variance = used_statistics(c)
    sigma, n = np.sqrt(variance + eps(c)), x.size // len(gamma)
    if c.output == "dgamma":
        axes = (0, *range(2, x.ndim))
        yield "over-pixels", times(c, len(x) / n)
        shifted = c.expected * sigma + mean * dout.sum(axes)
        yield "x-for-xhat", same(c, shifted) or features_times(c, sigma)
    if c.output == "dbeta":
        yield "over-pixels", times(c, len(x) / n)
    if c.output != "dx":
        return
    if param["mode"] == "test":
        yield "train-formula-in-test", same(c, with_option(c, mode="train"))
        statistics = dict(zip(("running_mean", "running_var"), (x.mean(0), x.var(0)), strict=True))
        yield "train-formula-in-test", x.ndim == 2 and same(c, with_option(c, **statistics))
    else:
        parts = {name: part_of_path(c, *name.split("-")) for name in ("mean", "variance", "mean-variance")}
        missing = [same(c, c.expected - part) for part in parts.values()]
        yield "missing-mean-term", missing[0]
        yield "missing-variance-term", missing[1]
        yield "statistics-as-constants", missing[2]
        for term in ("mean", "variance"):
            yield f"{term}-term-sign", same(c, c.expected - 2 * parts[term])
            yield f"{term}-term-without-n", same(c, c.expected - (1 - n) * parts[term])
        yield "terms-without-n", same(c, c.expected - (1 - n) * parts["mean-variance"])
        yield "n-minus-1", same(c, c.expected - (1 - n / (n - 1)) * parts["mean-variance"])
        yield "variance-term-twice", same(c, c.expected + parts["variance"])
        yield (
            "variance-term-scale",
            any(
                same(c, c.expected + parts["variance"] * (by_feature(c, each) - 1))
                for each in (sigma, 1 / sigma, sigma**2)
            ),
        )
        yield "n-for-nhw", x.ndim == 4 and same(c, c.expected - (1 - n / len(x)) * parts["mean-variance"])
    yield "missing-scale", features_times(c, 1 / gamma)
    yield "missing-sigma", features_times(c, sigma) or features_times(c, 1 / sigma)


def convolution(c: C) -> Pairs:
    """The three convolutions of planes, the layer, im2col and col2im."""
    if "w" in c.case or "a" in c.case:
        yield "flipped", is_flipped(c, slice(0, 1))
        yield "flipped-one-axis", is_flipped(c, slice(1, 3))
    if "w" in c.case and c.output == "out":
        x, w = c.case["x"], c.case["w"]
        yield "over-channels", times(c, 1 / w.shape[1])
        yield "one-channel", any(same(c, ask(c, x=x[:, [k]], w=w[:, [k]])) for k in range(w.shape[1]))
    kernel = c.case.get("w", c.case.get("b"))
    if c.output == "out" and kernel is not None:
        area = kernel.shape[-2] * kernel.shape[-1]
        yield "over-window", times(c, 1 / area)
        name, last = "w" if "w" in c.case else "b", only(kernel, (..., slice(-1, None), slice(-1, None)))
        yield "one-tap", area > 1 and same(c, ask(c, **{name: last}))
    if c.output == "dw":
        yield "over-pixels", times(c, 1 / c.case["dout"][0, 0].size)
    if c.output == "dx":
        if "w" in c.case:
            filters = range(len(c.case["w"]))
            yield "one-filter", any(same(c, ask(c, dout=only(c.case["dout"], (slice(None), k)))) for k in filters)
        windows = windows_over(c)
        alone = windows == 1
        yield "averages-overlaps", same(c, c.expected / windows)
        yield "overwrites-overlaps", same(c, c.expected[..., alone], c.got[..., alone])


def pooling(c: C) -> Pairs:
    """Max pooling."""
    param, x = c.case["pool_param"], c.case["x"]
    if c.output == "out":
        yield "starts-at-zero", same(c, np.maximum(c.expected, 0))
        yield "mean-for-max", same(c, window_means(c))
        yield "min-for-max", same(c, -ask(c, x=-x))
        return
    height, width, stride = param.values()
    order = np.arange(x.size).reshape(x.shape) / x.size
    tied = np.array_equal(x, np.round(x))
    total = same(c, c.case["dout"].sum((2, 3)), c.got.sum((2, 3)))
    yield "last-tie", tied and same(c, ask(c, x=x + 0.1 * order))
    yield "ties-shared", tied and total
    yield "ties-to-all", tied and not total
    yield "mean-for-max", total and np.count_nonzero(c.got) > np.count_nonzero(c.expected)
    yield "overwrites-overlaps", stride < max(height, width) and not tied


def losses(c: C) -> Pairs:
    """What all losses may have wrong."""
    x, y = c.case["x"], c.case["y"]
    yield "log-base-2", times(c, 1 / math.log(2))
    if x.ndim == 1:
        factor = 1.0 if c.output == "loss" else y
        yield "one-label-convention", 0 in y and same(c, ask(c, x=x * y, y=np.ones_like(y)) * factor)
        yield "one-label-convention", -1 in y and not times(c, -1, len(x), 1 / len(x))
        signs = np.where(y > 0, 1.0, -1.0)
        if c.output == "loss":
            yield "sign", same(c, ask(c, x=-x))
        else:
            yield "label-sign-missing", same(c, c.expected * signs)
            yield "sigmoid-side", same(c, c.expected * np.exp(signs * x))
            yield "sign", same(c, -ask(c, x=-x))
    else:
        one_hot = np.eye(x.shape[1])[y]
        yield "over-k", times(c, 1 / x.shape[1])
        if c.output == "dx":
            yield "missing-one-hot", same(c, c.expected + one_hot / len(x))
            yield "missing-one-hot", same(c, c.expected * len(x) + one_hot)
            columns = [(c.got * factor + one_hot).sum(0) for factor in (1, len(x))]
            yield "wrong-axis", any(same(c, np.ones(x.shape[1]), each) for each in columns)


def hinge(c: C) -> Pairs:
    """The hinge loss."""
    x, y = c.case["x"], c.case["y"]
    signs, missing = np.where(y > 0, 1.0, -1.0), slack(c)
    active = np.count_nonzero(missing)
    yield "averaged-over-active", times(c, len(x) / active)
    yield "margin-zero", same(c, ask(c, x=x + signs))
    yield "squared-hinge", same(c, np.mean(missing**2) if c.output == "loss" else 2 * missing * c.expected)
    if c.output == "loss":
        yield "not-clipped", same(c, np.mean(1 - signs * x))
    else:
        yield "missing-mask", any(same(c, factor * signs) for factor in (-1, -1 / len(x)))


OF = (
    ("fc_", affine),
    ("moments", affine),
    ("relu_", relu),
    ("dropout_", dropout),
    ("batchnorm_", norm),
    ("conv_", convolution),
    ("im2col", convolution),
    ("col2im", convolution),
    ("max_pool_", pooling),
    ("svm_loss", hinge),
    ("_loss", losses),
)
