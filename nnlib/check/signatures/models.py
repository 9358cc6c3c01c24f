"""What mistakes in the models look like, and in Q6's functions."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from nnlib.check import definitions, networks
from nnlib.check.models import AFTER_DROPOUT, FIRST_NORM
from nnlib.check.signatures.evidence import C, Pairs, ask, batch, same, times


def model(c: C) -> Pairs:
    """A classifier: its L2 term, its layers, its loss."""
    reg, case = c.case["reg"], c.case
    yield "order-of-layers", c.output == AFTER_DROPOUT
    if c.output in FIRST_NORM:
        old = case["bn_param"][c.output]
        yield "momentum-ignored", np.ptp((c.got - old) / (c.expected - old)) < 1e-6
        return
    if reg:
        yield from regularised(c)
    if c.output[0] == "d":
        return
    if c.output == "loss":
        squares = reg / 2 * sum(np.sum(case[name] ** 2) for name in case if re.fullmatch(r"W\d", name))
        yield "times-n", same(c, batch(c) * (c.expected - squares), c.got - squares)
        if "conv" not in case["layers"]:
            scores = definitions.network(case["X"], {name: case[name] for name in case}, case["layers"], {})
            others = (definitions.logistic, definitions.hinge) if scores.ndim == 1 else ()
            yield "wrong-loss", any(same(c, other(scores, case["y"]), c.got - squares) for other in others)
    else:
        yield "eps-ignored", any(same(c, ask(c, bn_param=case["bn_param"] | {"eps": each})) for each in (1e-3, 1e-2))
        yield "p-drops", case["keep"] < 1 and same(c, ask(c, keep=1 - case["keep"]))
        yield "keep-ignored", case["keep"] < 1 and any(same(c, ask(c, keep=each)) for each in (0.5, 0.8, 0.9))
    words = case["layers"].split()
    without = [" ".join(words[:i] + words[i + 1 :]) for i, word in enumerate(words) if word == "relu"]
    yield "missing-activation", any(_fits(c, each) for each in without)
    splits = [(words[:i], words[i:]) for i in range(len(words) + 1)]
    yield "extra-activation", any(_fits(c, " ".join([*before, "relu", *after])) for before, after in splits)
    dropped = (" ".join([*before, "drop", *after]) for before, after in splits)
    yield "order-of-layers", any(_fits(c, each) for each in (*_moved(words), *dropped))


def regularised(c: C) -> Pairs:
    """What is missing from, or extra in, the L2 term: in the loss, in a gradient or along a direction."""
    names = [name for name in c.case if re.fullmatch(r"[Wb]\d", name)]
    parts = [penalty(c, name) for name in names if name[0] == "W"]
    weights, off = sum(parts), c.got - c.expected

    def holds(*terms: object) -> bool:
        return any(np.any(term) and same(c, term, off) for term in terms)

    yield "reg-missing" if c.output == "loss" else "reg-gradient-missing", holds(-weights)
    yield "reg-without-half", holds(weights)
    yield "biases-regularised", holds(sum(penalty(c, name) for name in names if name[0] == "b"))
    yield "reg-partly", holds(*(-part for part in parts))
    yield "reg-factor", holds(*((factor - 1) * weights for factor in (0.5, 4, c.case["reg"], 1 / max(batch(c), 1))))
    sizes = sum(penalty(c, name, 1) for name in names if name[0] == "W")
    yield "reg-form", holds(*(factor * sizes - weights for factor in (0.5, 1, 2)))


def penalty(c: C, name: str, power: int = 2) -> np.ndarray:
    """Return what a parameter adds to the result where the sum of |w|^power / power is the term that reg multiplies."""
    w = c.case[name]
    slope = np.sign(w) * np.abs(w) ** (power - 1)
    if c.output == "loss":
        return c.case["reg"] * np.sum(np.abs(w) ** power) / power
    if c.output == f"d{name}":
        return c.case["reg"] * slope
    return c.case["reg"] * np.vdot(slope, c.case["direction"][name]) + 0 * c.got if "along" in c.output else 0 * c.got


def _moved(words: list[str]) -> Iterator[str]:
    """Return the layers with one of the batch norms, ReLUs, pools or dropouts left out, or moved."""
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
    yield "missing-activation", any(same(c, networks.vgg(**c.case, activations=each)) for each in ("none", "conv"))
    yield "order-of-layers", same(c, networks.vgg(**c.case, norm_last=True))
    yield "missing-pool", any(same(c, networks.vgg(**c.case, pools=each)) for each in ("mean", "mean at last"))


def epoch(c: C) -> Pairs:
    """`train_epoch`."""
    index = networks.EPOCH.index(c.output)
    yield "wrong-mode", c.case["drop"] and same(c, networks.descend(**{**c.case, "drop": not c.case["drop"]})[index])
    for id, change in (
        ("gradients-accumulate", {"accumulate": True}),
        ("no-step", {"steps": 0}),
        ("measured-after-step", {"late": True}),
        ("mean-of-batches", {"share": "mean"}),
        ("last-batch-only", {"share": "last"}),
        ("step-before-backward", {"stale": True}),
        ("steps-twice", {"steps": 2}),
        ("extra-activation", {"softmax": True}),
    ):
        yield id, same(c, networks.descend(**c.case, **change)[index])
    sizes = [len(y) for _, y in c.case["batches"]]
    if c.output == "losses":
        yield "losses-added", any(same(c, np.cumsum(c.expected) / each) for each in (1, np.arange(len(sizes)) + 1))
        yield "times-n", same(c, c.expected * sizes)
    if c.output == "accuracy":
        yield from shares(c, sizes)


def testing(c: C) -> Pairs:
    """`test`."""
    yield "wrong-mode", c.case["drop"] and same(c, np.mean(c.case["y"] == c.case["b"].argmax()))
    yield "mean-of-batches", same(c, ask(c, batches=slice(None)))
    yield "last-batch-only", any(same(c, ask(c, batches=part)) for part in (slice(-1, None), slice(0, 1)))
    yield "batch-left-out", same(c, ask(c, batches=slice(-1)))
    count, size = len(c.case["y"]), c.case["size"]
    yield from shares(c, [min(size, count - start) for start in range(0, count, size)])


def augmentation(c: C) -> Pairs:
    """`predict`."""
    yield "augmentation-ignored", same(c, ask(c, options={}))
    yield "upside-down", same(c, ask(c, mirror=2))
    yield "mirror-alone", same(c, ask(c, own=0))
    yield "share-of-shifted", any(same(c, ask(c, whole=each)) for each in (0, 1 / 3))
    yield "gap-filled-otherwise", any(same(c, ask(c, fill=each)) for each in ("constant", "edge", "symmetric", "wrap"))


def shares(c: C, batches: list[int]) -> Pairs:
    """Mistakes in the fraction of right answers; `batches` are the sizes of the minibatches."""
    yield "percent", times(c, 100)
    yield "share-wrong", same(c, 1 - c.expected)
    yield "number-for-share", times(c, sum(batches))
    yield "over-batches", times(c, *(sum(batches) / len(batches) / size for size in (1, batches[0], batches[-1])))
