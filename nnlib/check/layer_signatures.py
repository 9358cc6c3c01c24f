"""What mistakes in the layers look like, and in the moments of one under dropout."""

from __future__ import annotations

import numpy as np

from nnlib import gradcheck
from nnlib.check import definitions
from nnlib.check.evidence import (
    C,
    Pairs,
    ask,
    by_feature,
    deviation_is,
    eps,
    features_times,
    is_flipped,
    only,
    part_of_path,
    proportional,
    same,
    subset_of,
    times,
    used_statistics,
    window_means,
    windows_over,
    with_option,
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
        yield "mean-not-scaled", same(c, ask(c, keep=1.0))
        yield "p-drops", same(c, ask(c, keep=1 - keep))
    else:
        yield "std-for-variance", same(c, c.expected, c.got**2)
        yield "square-of-sum", proportional(c, weighted**2)
        x, w = c.case["x"], c.case["w"]
        yield "missing-square", any(proportional(c, each) for each in (weighted, x @ w**2, x**2 @ w))
        yield "variance-factor", proportional(c, c.expected)


def relu(c: C) -> Pairs:
    """ReLU."""
    positive = c.case["x"] > 0
    if c.output == "out":
        yield "not-clipped", same(c, c.expected[positive], c.got[positive]) and c.got[~positive].any()
    else:
        yield "mask-from-gradient", same(c, np.where(c.case["dout"] > 0, c.case["dout"], 0.0))
        dout, x = c.case["dout"], c.case["x"]
        yield "missing-mask", same(c, dout)
        yield "mask-inverted", same(c, dout - c.expected)
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
        mask = c.got != 0
        yield "shared-mask", not mask.all() and any((mask == mask.take([0], axis)).all() for axis in range(mask.ndim))
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
        updated = dict(zip(definitions.RUNNING, definitions.running(c.case["x"], param), strict=True))
        yield "running-in-train", not test and same(c, with_option(c, mode="test", **updated))
    yield "eps-ignored", eps(c) != 1e-5 and deviation_is(c, lambda v, n: np.sqrt(v + 1e-5))
    yield "eps-outside-root", deviation_is(c, lambda v, n: np.sqrt(v) + eps(c))
    yield "missing-eps", deviation_is(c, lambda v, n: np.sqrt(v))
    yield "missing-root", deviation_is(c, lambda v, n: v + eps(c))
    yield "unbiased-variance", deviation_is(c, lambda v, n: np.sqrt(v * n / (n - 1) + eps(c)))
    yield "missing-scale", same(c, ask(c, gamma=np.ones_like(gamma)))
    yield "missing-scale", same(c, ask(c, gamma=np.ones_like(gamma), beta=np.zeros_like(beta)))
    yield "missing-shift", same(c, ask(c, beta=np.zeros_like(beta)))
    yield "not-centred", same(c, ask(c, hold_mean=np.zeros_like(beta)))
    if c.got.ndim == 2:
        yield "wrong-axis", same(c, np.zeros(len(c.got)), ((c.got - beta) / gamma).mean(1))
    else:
        images, pixels = c.got.mean((2, 3)), c.got.mean(0)
        yield "per-image-statistics", same(c, np.broadcast_to(beta, images.shape), images)
        yield "per-pixel-statistics", same(c, np.broadcast_to(by_feature(c, beta), (1, *pixels.shape))[0], pixels)
        yield "channels-mixed", same(c, beta, c.got.reshape(-1, len(beta)).mean(0))


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
    deviations = [(1 - momentum) * np.sqrt(right / (1 - momentum) + each) for each in (0, eps(c))]
    yield "std-for-variance", c.output == "running_var" and any(same(c, each, new) for each in deviations)
    replaced = "running-last-batch" if c.output in param else "running-starts-at-batch"
    yield replaced, same(c, right / (1 - momentum))


def norm_backward(c: C) -> Pairs:
    """Batch norm's gradients."""
    param, gamma, x = (c.case[key] for key in ("bn_param", "gamma", "x"))
    mean, variance = used_statistics(c)
    sigma = np.sqrt(variance + eps(c))
    if c.output != "dx":
        yield "over-pixels", times(c, len(x) * len(gamma) / x.size)
        if c.output == "dgamma":
            dbeta = next(other.expected for other in c.beside if other.output == "dbeta")
            yield "x-for-xhat", same(c, c.expected * sigma + mean * dbeta) or features_times(c, sigma)
        return
    if param["mode"] == "test":
        yield "train-formula-in-test", same(c, with_option(c, mode="train"))
        # what is too much is a constant and a multiple of the normalised input, feature by feature
        pairs = [(x[:, d].ravel(), (c.got - c.expected)[:, d].ravel()) for d in range(len(gamma))]
        fits = [np.polyval(np.polyfit(at, off, 1), at) - off for at, off in pairs]
        yield "train-formula-in-test", same(c, np.zeros(x.size), np.concatenate(fits))
    else:
        yield from norm_paths(c, sigma)
    yield "missing-scale", features_times(c, 1 / gamma)
    yield "missing-sigma", features_times(c, sigma) or features_times(c, 1 / sigma)


def norm_paths(c: C, sigma: np.ndarray) -> Pairs:
    """The paths of dx through the mean and the variance: each may be missing, or be there in another size."""
    x = c.case["x"]
    n = x.size // len(sigma)  # rows
    mean, variance, both = (part_of_path(c, *held) for held in (("mean",), ("variance",), ("mean", "variance")))
    yield "missing-mean-term", same(c, c.expected - mean)
    yield "missing-variance-term", same(c, c.expected - variance)
    yield "statistics-as-constants", same(c, c.expected - both)
    for term, part in (("mean", mean), ("variance", variance)):
        yield f"{term}-term-sign", same(c, c.expected - 2 * part)
        yield f"{term}-term-without-n", same(c, c.expected + (n - 1) * part)
    yield "terms-without-n", same(c, c.expected + (n - 1) * both)
    yield "n-minus-1", same(c, c.expected + both / (n - 1))
    yield "variance-term-twice", same(c, c.expected + variance)
    scales = [by_feature(c, each) for each in (sigma, 1 / sigma, sigma**2)]
    yield "variance-term-scale", any(same(c, c.expected + variance * (scale - 1)) for scale in scales)
    yield "n-for-nhw", x.ndim == 4 and same(c, c.expected + (n / len(x) - 1) * both)


def convolution(c: C) -> Pairs:
    """The three convolutions of planes, the layer, im2col and col2im."""
    if "b" in c.case:
        b = c.case["b"]
        yield "transpose", any(same(c, ask(c, b=each)) for each in (b.T, b.T[::-1], b.T[:, ::-1], b.T[::-1, ::-1]))
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
    if c.output in ("dx", "images"):
        if "w" in c.case:
            filters = range(len(c.case["w"]))
            n, f, p, q = c.case["dout"].shape
            yield "rearranged", same(c, ask(c, dout=c.case["dout"].reshape(f, n, p, q).swapaxes(0, 1)))
            yield "one-filter", any(same(c, ask(c, dout=only(c.case["dout"], (slice(None), k)))) for k in filters)
        windows = windows_over(c)
        alone = windows == 1
        yield "averages-overlaps", same(c, c.expected / windows)
        yield "overwrites-overlaps", same(c, c.expected[..., alone], c.got[..., alone])


def pooling(c: C) -> Pairs:
    """Max pooling."""
    param, x = c.case["pool_param"], c.case["x"]
    height, width, stride = param.values()
    if c.output == "out":
        yield "starts-at-zero", same(c, np.maximum(c.expected, 0))
        yield "mean-for-max", same(c, window_means(param, x))
        yield "min-for-max", same(c, -ask(c, x=-x))
        rows, columns = c.expected.shape[2:]
        others = [ask(c, pool_param={**param, "stride": each})[:, :, :rows, :columns] for each in (1, height, width)]
        yield "stride-ignored", any(same(c, each) for each in others)
        return
    order = np.arange(x.size).reshape(x.shape) / x.size
    tied = np.array_equal(x, np.round(x))
    total = same(c, c.case["dout"].sum((2, 3)), c.got.sum((2, 3)))
    more = np.count_nonzero(c.got) > np.count_nonzero(c.expected)
    winners = c.expected != 0
    spread = gradcheck.numerical_gradient(lambda x: window_means(param, x), x, c.case["dout"])
    yield "mean-for-max", same(c, spread)
    yield "last-tie", tied and same(c, ask(c, x=x + 0.1 * order))
    yield "ties-to-all", tied and more and not total and same(c, c.expected[winners], c.got[winners])
    yield "ties-to-all", tied and more and not total and stride < max(height, width)
    yield "ties-shared", tied and more and total
    yield "times-input", same(c, c.expected * x)
    counts = np.round(ask(c, dout=np.ones_like(c.case["dout"])))
    single = (counts == 1) & (c.got != 0)
    alone = not c.got[counts == 0].any() and same(c, c.expected[single], c.got[single])
    yield "overwrites-overlaps", stride < max(height, width) and not more and alone
