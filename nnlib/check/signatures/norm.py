"""What mistakes in batch norm look like."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nnlib.check import definitions
from nnlib.check.signatures.evidence import C, Pairs, ask, run, same


def norm(c: C) -> Pairs:
    """Batch norm, of rows and of images."""
    yield from (norm_forward if c.output == "out" else norm_backward if c.output[0] == "d" else norm_running)(c)


def norm_forward(c: C) -> Pairs:
    """Batch norm's outputs."""
    param, gamma, beta, x = (c.case[key] for key in ("bn_param", "gamma", "beta", "x"))
    if "running_mean" in param:
        test = param["mode"] == "test"
        updated = definitions.running(x, {**param, "mode": "train"})
        updated = with_option(c, mode="test", **dict(zip(definitions.RUNNING, updated, strict=True)))
        yield "test-mode-updates" if test else "running-in-train", same(c, updated)
        batch = zip(definitions.RUNNING, map(np.array, definitions.statistics(definitions.rows(x))), strict=True)
        others = [{"mode": "train"}, *({key: own} for key, own in batch)] if test else [{"mode": "test"}]
        wrong = any(same(c, with_option(c, **each)) for each in others)
        yield "batch-statistics-in-test" if test else "running-in-train", wrong
    yield "eps-ignored", eps(c) != 1e-5 and deviation_is(c, lambda v, n: np.sqrt(v + 1e-5))
    yield "eps-outside-root", deviation_is(c, lambda v, n: np.sqrt(v) + eps(c))
    yield "missing-eps", deviation_is(c, lambda v, n: np.sqrt(v))
    yield "missing-root", deviation_is(c, lambda v, n: v + eps(c))
    yield "unbiased-variance", deviation_is(c, lambda v, n: np.sqrt(v * n / (n - 1) + eps(c)))
    yield "variance-is-sum", deviation_is(c, lambda v, n: np.sqrt(v * n + eps(c)))
    yield "missing-scale", any(same(c, ask(c, gamma=gamma**0, beta=each)) for each in (beta, 0 * beta))
    yield "missing-shift", same(c, ask(c, beta=np.zeros_like(beta)))
    yield "not-centred", same(c, ask(c, hold_mean=np.zeros_like(beta)))
    yield "shift-scaled", same(c, ask(c, beta=gamma * beta))
    whole = {"hold_mean": np.full_like(beta, x.mean()), "hold_variance": np.full_like(beta, x.var())}
    yield "shared-statistics", same(c, ask(c, **whole))
    if c.got.ndim == 2:
        yield "wrong-axis", same(c, np.zeros(len(c.got)), ((c.got - beta) / gamma).mean(1))
    else:
        images, pixels = c.got.mean((2, 3)), c.got.mean(0)
        yield "per-image-statistics", same(c, np.broadcast_to(beta, images.shape), images)
        yield "per-pixel-statistics", same(c, np.broadcast_to(by_feature(c, beta), (1, *pixels.shape))[0], pixels)
        yield "channels-mixed", same(c, beta, c.got.reshape(-1, len(beta)).mean(0))
    yield "swapped-arguments", same(c, ask(c, gamma=beta, beta=gamma))


def affine(c: C) -> Pairs:
    """What batch norm's outputs get right, where each feature's are an affine function of its inputs."""
    mean, variance = used_statistics(c)
    x, got = definitions.rows(c.case["x"]) - mean, definitions.rows(c.got)
    slope, value = np.array([np.polyfit(x[:, d], got[:, d], 1) for d in range(len(mean))]).T
    if not same(c, x * slope + value, got):
        return
    yield "deviation-off", alike(value, c.case["beta"])
    yield "missing-sigma", alike(slope, c.case["gamma"])
    yield "mean-off", alike(slope, c.case["gamma"] / np.sqrt(variance + eps(c)))


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
    batch = right / (1 - momentum)
    yield "running-starts-at-batch", c.output not in param and same(c, batch)
    yield "running-starts-at-one", c.output not in param and same(c, c.expected + momentum)
    yield "running-last-batch", same(c, batch)
    first = {key: value for key, value in param.items() if key not in definitions.RUNNING}
    if c.output in param:
        yield "first-batch-only", same(c, with_option(c, **dict.fromkeys(definitions.RUNNING)), run(c, bn_param=first))
    weights, *_ = np.linalg.lstsq(np.stack([old, batch], axis=1), c.got, rcond=None)
    weighted = len(old) > 2 and same(c, old * weights[0] + batch * weights[1])
    yield "momentum-ignored", weighted and (not old.any() or abs(weights.sum() - 1) < 1e-6)
    yield "running-weights", weighted


def norm_backward(c: C) -> Pairs:
    """Batch norm's gradients."""
    param, gamma, x = (c.case[key] for key in ("bn_param", "gamma", "x"))
    mean, variance = used_statistics(c)
    sigma = np.sqrt(variance + eps(c))
    yield "missing-eps", same(c, with_option(c, eps=0.0))
    if c.output != "dx":
        if c.output == "dgamma":
            dbeta = next(other.expected for other in c.beside if other.output == "dbeta")
            yield "x-for-xhat", same(c, c.expected * sigma + mean * dbeta) or features_times(c, sigma)
        yield "extra-scale", features_times(c, gamma)
        return
    if param["mode"] == "test":
        yield "train-formula-in-test", same(c, with_option(c, mode="train"))
        # what is too much is a constant and a multiple of the normalised input, feature by feature
        pairs = [(x[:, d].ravel(), (c.got - c.expected)[:, d].ravel()) for d in range(len(gamma))]
        fits = [np.polyval(np.polyfit(at, off, 1), at) - off for at, off in pairs]
        yield "train-formula-in-test", same(c, np.zeros(x.size), np.concatenate(fits))
    yield "missing-scale", features_times(c, 1 / gamma)
    yield "missing-sigma", features_times(c, sigma) or features_times(c, 1 / sigma)
    if param["mode"] == "train":
        yield from norm_paths(c)


def norm_paths(c: C) -> Pairs:
    """The paths of dx: each may be missing, or have the wrong size."""
    direct, by_mean, by_variance = path_factors(c)
    n = c.case["x"].size // len(direct)  # rows
    both = alike(by_mean, by_variance)
    yield "deviation-off", both and alike(by_mean, direct) and np.ptp(direct) > 0.01
    if not alike(direct, 1):
        return
    yield "statistics-as-constants", both and alike(by_mean, 0)
    yield "mean-term-sign", both and alike(by_mean, -1)
    yield "terms-without-n", both and alike(by_mean, n)
    yield "n-minus-1", both and alike(by_mean, n / (n - 1))
    yield "n-for-nhw", both and alike(by_mean, n / len(c.case["x"]))
    yield "missing-scale", both and alike(by_mean, 1 / c.case["gamma"])
    for term, own, other in (("mean", by_mean, by_variance), ("variance", by_variance, by_mean)):
        yield f"missing-{term}-term", alike(own, 0) and not both
        if alike(other, 1):
            yield f"{term}-term-sign", alike(own, -1)
            yield f"{term}-term-without-n", alike(own, n)
            yield f"{term}-term-twice", alike(own, 2)
            yield f"{term}-term-scale", True


def with_option(c: C, **changes: object) -> np.ndarray:
    """Return what is right for other entries of `bn_param`."""
    return ask(c, bn_param={**c.case["bn_param"], **changes})


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
        ValueError: dx is not a combination of them.
    """
    held = dict(zip(("hold_mean", "hold_variance"), used_statistics(c), strict=True))
    paths = [ask(c, **held), *(c.expected - ask(c, **{name: value}) for name, value in held.items())]
    rows = np.stack([definitions.rows(path) for path in paths])  # (3, N, D)
    got = definitions.rows(c.got)
    factors = np.array([np.linalg.lstsq(rows[..., d].T, got[:, d], rcond=None)[0] for d in range(rows.shape[2])]).T
    if not same(c, (factors[:, None] * rows).sum(0), got):
        raise ValueError("dx is not a combination of the paths")
    return factors


def features_times(c: C, vector: np.ndarray) -> bool:
    """Return whether each feature of the result is the right one times an element of `vector`."""
    return same(c, c.expected * (by_feature(c, vector) if c.expected.ndim > 1 else vector))


def alike(factor: np.ndarray, *others: object) -> bool:
    """Return whether factors, one for each feature, are `others`."""
    return any(np.allclose(factor, other, rtol=1e-4, atol=1e-4) for other in others)
