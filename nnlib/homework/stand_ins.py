"""Which layers Q5 trains with: a student's own, or PyTorch's where an item is open, not right yet, or too slow for Q5.

Any question can be done without an item it depends on: `nnlib.backend.stand_in("fc")` has PyTorch compute the fully
connected layers of the networks that are made after it. `choose_layers` does so for Q5, whose trainings take hours with
layers that loop over pixels, however right they are.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from nnlib import backend
from nnlib.check.engine import Result, judge
from nnlib.homework.arguments import checked
from nnlib.homework.costs import seconds_by_layer
from nnlib.losses import softmax_loss
from nnlib.models import Classifier
from nnlib.network import Sequential
from nnlib.specs import BatchNorm, Conv, Dropout, Flatten, FullyConnected, MaxPool, ReLU

# The items that write what Q5's networks compute with, by the kind of function that stands in for them.
ITEMS = {
    "fc": ("1.1",),
    "relu": ("1.2",),
    "dropout": ("1.3",),
    "batchnorm": ("1.4a", "1.4c", "1.4d"),
    "conv": ("1.5b", "1.5c"),
    "softmax_loss": ("4.1",),
    "max_pool": ("5.1b", "5.1c"),
}

# Q5's notebook trains on 1.3 million images; for its accuracies 0.4 million more go forward.
IMAGES = 1_500_000
SECONDS = 900.0  # that the student's own layers may take for them, all together
HOPELESS = 0.02  # seconds for a single image that no larger batch makes up for

_NETWORK = [Conv(32, 7), BatchNorm(), ReLU(), MaxPool(2), Dropout(0.8), Flatten(), FullyConnected(100)]
_KINDS = {"Conv": "conv", "BatchNorm": "batchnorm", "ReLU": "relu", "MaxPool": "max_pool", "Dropout": "dropout"}
_KINDS |= {"FullyConnected": "fc"}


@checked
def choose_layers(judge_item: Callable[[str], Sequence[Result]] = judge) -> None:
    """Have PyTorch stand in for what Q5's networks need and a student has not, or has too slow; print why.

    Where there are fast layers, or others than plain ones were asked for, they stay. Where PyTorch is not installed,
    the student's own stay, and what to do is printed.

    Args:
        judge_item: item -> the results of its checks.
    """
    if backend.current() != "plain":
        print(f"Networks made from now on: {backend.current()} layers.")
        return
    reasons = _not_right(judge_item)
    with contextlib.suppress(ModuleNotFoundError):  # PyTorch is missing, and with it what the others are timed with
        reasons |= _slow(reasons)
    for kind, reason in reasons.items():
        print(f"{kind}: {reason}")
    try:
        backend.stand_in(*reasons)
    except ModuleNotFoundError as error:
        print(f"Q5 waits for these, or for PyTorch. {error} Then run this cell again.")


def _not_right(judge_item: Callable[[str], Sequence[Result]]) -> dict[str, str]:
    """Return by kind why it cannot be used: the first check of its items that has not passed."""
    items = [item for group in ITEMS.values() for item in group]
    with ThreadPoolExecutor(2) as pool:  # each is judged in a process of its own
        results = dict(zip(items, pool.map(judge_item, items), strict=True))
    reasons = {}
    for kind, group in ITEMS.items():
        bad = [result for item in group for result in results[item] if result.status != "passed"]
        if bad:
            waits = bad[0].status == "waits"
            reasons[kind] = f"{bad[0].item} is open" if waits else f"{bad[0].item} has not passed, see its check"
    return reasons


def _slow(others: Iterable[str]) -> dict[str, str]:
    """Return by kind why it is too slow: the slowest, until the rest takes no longer than Q5 may; not `others`."""
    reasons = {}
    for number, most in ((1, HOPELESS), (50, 0.0)):  # fifty images would take loops over pixels many seconds
        standing_in = {*others, *reasons}
        timed = _seconds_per_image(standing_in, number)
        seconds = {kind: value for kind, value in timed.items() if kind not in standing_in}
        while sum(seconds.values()) * IMAGES > SECONDS:
            slowest = max(seconds, key=seconds.get)
            if seconds[slowest] < most:  # of one image a layer may take as long as of fifty
                break
            minutes = seconds.pop(slowest) * IMAGES / 60
            reasons[slowest] = f"yours is right, and would take {minutes:,.0f} of Q5's minutes"
    return reasons


def _seconds_per_image(others: Iterable[str], number: int) -> dict[str, float]:
    """Return how long each kind takes per image of a train step on `number`; PyTorch stands in for `others`."""
    layers = f"plain+torch:{','.join(others)}" if others else "plain"
    model = Classifier(Sequential(_NETWORK, (1, 28, 28), rng=0, layers=layers), softmax_loss)
    images = np.random.default_rng(0).random((number, 1, 28, 28), dtype=np.float32)
    timed = seconds_by_layer(model, images, repeats=3 if number > 1 else 2)
    return {_KINDS[name]: seconds / number for name, seconds in timed if name in _KINDS}
