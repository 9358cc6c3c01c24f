"""What mistakes in the models look like, and in Q6's functions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nnlib.check import definitions, networks
from nnlib.check.models import AFTER_DROPOUT
from nnlib.check.signatures.evidence import (
    C,
    Pairs,
    ask,
    batch,
    same,
    times,
)


def model(c: C) -> Pairs:
    """A classifier: its L2 term, its layers, its loss."""
    reg, case = c.case["reg"], c.case
    yield "order-of-layers", c.output == AFTER_DROPOUT
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
        own = {name: np.sum(case[name] ** 2) for name in case if name[0] in "Wb" and name[1:].isdigit()}
        squares = {kind: sum(own[name] for name in own if name[0] == kind) for kind in "Wb"}
        yield "reg-missing", reg and same(c, c.expected - reg / 2 * squares["W"])
        yield "reg-without-half", reg and same(c, c.expected + reg / 2 * squares["W"])
        yield "biases-regularised", reg and same(c, c.expected + reg / 2 * squares["b"])
        weights = [size for name, size in own.items() if name[0] == "W"]
        yield "reg-partly", reg and any(same(c, c.expected - reg / 2 * size) for size in weights)
        factors = (0.5, 4, reg, 1 / max(batch(c), 1))
        yield "reg-factor", reg and any(same(c, c.expected + (each - 1) * reg / 2 * squares["W"]) for each in factors)
        if "conv" not in case["layers"]:
            scores = definitions.network(case["X"], {name: case[name] for name in case}, case["layers"], {})
            term = reg / 2 * squares["W"]
            others = (definitions.logistic, definitions.hinge) if scores.ndim == 1 else ()
            yield "wrong-loss", any(same(c, other(scores, case["y"]) + term) for other in others)
    else:
        yield "extra-activation", same(c, np.maximum(c.expected, 0))
        yield "p-drops", case["keep"] < 1 and same(c, ask(c, keep=1 - case["keep"]))
        yield "keep-ignored", case["keep"] < 1 and any(same(c, ask(c, keep=each)) for each in (0.5, 0.8, 0.9))
    words = case["layers"].split()
    without = [" ".join(words[:i] + words[i + 1 :]) for i, word in enumerate(words) if word == "relu"]
    yield "missing-activation", any(_fits(c, each) for each in without)
    more = {
        kind: [" ".join([*words[:i], kind, *words[i:]]) for i in range(len(words) + 1)] for kind in ("relu", "drop")
    }
    yield "extra-activation", any(_fits(c, each) for each in more["relu"])
    yield "order-of-layers", any(_fits(c, each) for each in (*_moved(words), *more["drop"]))


def _moved(words: list[str]) -> Iterator[str]:
    """Return the layers with one of the batch norms, ReLUs, pools or dropouts left out, or at another place."""
    for i, word in enumerate(words):
        if word in ("bn", "relu", "pool", "drop"):
            rest = words[:i] + words[i + 1 :]
            yield " ".join(rest)
            yield " ".join(each for each in words if each != word)
            yield from (" ".join([*rest[:j], word, *rest[j:]]) for j in range(len(words)) if j != i)


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
        ("no-step", {"steps": 0}),
        ("loss-after-step", {"late": True}),
        ("mean-of-batches", {"share": "mean"}),
        ("last-batch-only", {"share": "last"}),
        ("step-before-backward", {"behind": True}),
        ("steps-twice", {"steps": 2}),
    ):
        yield id, same(c, networks.descend(**c.case, **change)[index])
    yield "losses-added", c.output == "losses" and same(c, np.cumsum(c.expected))
    if c.output == "accuracy":
        yield from shares(c, [len(y) for _, y in c.case["batches"]])


def testing(c: C) -> Pairs:
    """`test`."""
    yield "wrong-mode", c.case["drop"]
    yield "mean-of-batches", same(c, ask(c, batches=slice(None)))
    yield "last-batch-only", any(same(c, ask(c, batches=part)) for part in (slice(-1, None), slice(0, 1)))
    count, size = len(c.case["y"]), c.case["size"]
    yield from shares(c, [min(size, count - start) for start in range(0, count, size)])


def shares(c: C, batches: list[int]) -> Pairs:
    """What a share of right answers may be taken of; `batches` are the sizes of the minibatches."""
    yield "percent", times(c, 100)
    yield "share-wrong", same(c, 1 - c.expected)
    yield "number-for-share", times(c, sum(batches))
    yield "over-batches", times(c, sum(batches) / len(batches), sum(batches) / len(batches) / batches[0])
