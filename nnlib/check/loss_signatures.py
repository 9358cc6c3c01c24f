"""What mistakes in the losses look like, in the models and in Q6's functions."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from nnlib.check import definitions, networks
from nnlib.check.evidence import C, Pairs, ask, same, slack, times


def losses(c: C) -> Pairs:
    """What all losses may have wrong."""
    x, y = c.case["x"], c.case["y"]
    yield "log-base-2", times(c, 1 / math.log(2))
    if x.ndim == 1:
        factor = 1.0 if c.output == "loss" else y
        yield "one-label-convention", 0 in y and same(c, ask(c, x=x * y, y=np.ones_like(y)) * factor)
        yield "one-label-convention", -1 in y and c.output == "loss"
        signs = np.where(y > 0, 1.0, -1.0)
        if c.output == "loss":
            yield "sign", same(c, ask(c, x=-x))
        else:
            yield "label-sign-missing", same(c, c.expected * signs)
            yield "sigmoid-side", same(c, c.expected * np.exp(signs * x))
            yield "sign", same(c, -ask(c, x=-x))
    else:
        one_hot = np.eye(x.shape[1])[y]
        over_batch = np.log(np.exp(x).sum(0))[y] - x[np.arange(len(x)), y]
        yield "wrong-axis", c.output == "loss" and same(c, over_batch.mean())
        yield "over-k", times(c, 1 / x.shape[1])
        if c.output == "dx":
            off = one_hot == 0
            only_labels = any(same(c, factor * c.expected[off], c.got[off]) for factor in (1, len(x)))
            yield "missing-one-hot", only_labels and (c.got > 0).all()


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
        yield "gradient-at-zero", same(c, c.expected[np.abs(x) != 1], c.got[np.abs(x) != 1])
        yield "times-input", same(c, c.expected * x)
        yield "missing-mask", any(same(c, factor * ask(c, x=x - 1e3 * signs)) for factor in (1, len(x)))


def model(c: C) -> Pairs:
    """A classifier: its L2 term, its layers, its loss."""
    reg, case = c.case["reg"], c.case
    if c.output[0] == "d":
        own = case.get(c.output[1:])
        if own is not None and reg:
            yield (
                "reg-gradient-missing" if c.output[1] == "W" else "biases-regularised",
                same(c, c.expected - reg * own * (1 if c.output[1] == "W" else -1)),
            )
            yield "reg-without-half", c.output[1] == "W" and same(c, c.expected + reg * own)
        return
    if c.output == "loss":
        squares = {
            kind: sum(np.sum(case[name] ** 2) for name in case if name[0] == kind and name[1:].isdigit())
            for kind in "Wb"
        }
        yield "reg-missing", reg and same(c, c.expected - reg / 2 * squares["W"])
        yield "reg-without-half", reg and same(c, c.expected + reg / 2 * squares["W"])
        yield "biases-regularised", reg and same(c, c.expected + reg / 2 * squares["b"])
        if "conv" not in case["layers"]:
            scores = definitions.network(case["X"], {name: case[name] for name in case}, case["layers"], {})
            term = reg / 2 * squares["W"]
            others = (definitions.logistic, definitions.hinge) if scores.ndim == 1 else ()
            yield "wrong-loss", any(same(c, other(scores, case["y"]) + term) for other in others)
    else:
        yield "extra-activation", same(c, np.maximum(c.expected, 0))
        yield "p-drops", case["keep"] < 1 and same(c, ask(c, keep=1 - case["keep"]))
        yield "p-drops", case["keep"] < 1 and same(c, ask(c, keep=1 - case["keep"]))
    words = case["layers"].split()
    without = [" ".join(words[:i] + words[i + 1 :]) for i, word in enumerate(words) if word == "relu"]
    yield "missing-activation", any(_fits(c, each) for each in without)
    yield "order-of-layers", any(_fits(c, each) for each in _moved(words))


def _moved(words: list[str]) -> Iterator[str]:
    """Return the layers with one of the batch norms, ReLUs, pools or dropouts left out, or at another place."""
    for i, word in enumerate(words):
        if word in ("bn", "relu", "pool", "drop"):
            rest = words[:i] + words[i + 1 :]
            yield " ".join(rest)
            yield " ".join(each for each in words if each != word)
            yield from (" ".join([*rest[:j], word, *rest[j:]]) for j in range(1, len(words)) if j != i)


def _fits(c: C, layers: str) -> bool:
    try:
        return same(c, ask(c, layers=layers))
    except (ValueError, IndexError, KeyError):  # a network that cannot be
        return False


def vgg11(c: C) -> Pairs:
    """VGG11."""
    yield "extra-activation", any(same(c, networks.vgg(**c.case, activations=each)) for each in ("all", "report"))
    yield "missing-activation", same(c, networks.vgg(**c.case, activations="none"))
    yield "missing-pool", same(c, networks.vgg(**c.case, last_pool=False))


def epoch(c: C) -> Pairs:
    """`train_epoch`."""
    yield "wrong-mode", c.case["drop"]
    outputs = ("losses", "accuracy", "parameters")
    index = outputs.index(c.output)
    for id, change in (
        ("gradients-accumulate", {"accumulate": True}),
        ("no-step", {"steps": False}),
        ("loss-after-step", {"late": True}),
        ("mean-of-batches", {"share": "mean"}),
        ("last-batch-only", {"share": "last"}),
    ):
        yield id, same(c, networks.descend(**c.case, **change)[index])
    yield "percent", times(c, 100)


def testing(c: C) -> Pairs:
    """`test`."""
    yield "wrong-mode", c.case["drop"]
    yield "percent", times(c, 100)
    yield "mean-of-batches", same(c, ask(c, batches=slice(None)))
    yield "last-batch-only", same(c, ask(c, batches=slice(-1, None)))
