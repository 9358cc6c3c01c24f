"""What was done with held-out examples: test sets opened, training after that, training on validation examples.

A name can be imported under another, a private function called, an array made from two others. So openings are counted
where the files are read, and the examples that a model is trained on are compared, row by row, with the validation
examples of every loaded set.
"""

from __future__ import annotations

import weakref

import numpy as np

_SHARE = 0.01  # of a validation set's examples: chance duplicates in photographs are fewer


class _Seen:
    """The record. A sweep's fingerprint of its code counts an object by its class, so what it holds does not matter."""

    def __init__(self) -> None:
        self.arrays: dict[int, frozenset[int]] = {}  # the rows of a read-only array, by its id
        self.validation: dict[int, frozenset[int]] = {}  # the rows of a validation set, by the hash of them all
        self.opened = self.trained_after = 0
        self.mixed: set[int] = set()  # hashes of the training sets that hold validation examples


_seen = _Seen()


def opened() -> None:
    """Record that test examples are read."""
    _seen.opened += 1


def loaded(X_val: np.ndarray) -> None:
    """Record the validation examples of a set, on which nothing should be trained."""
    rows = _rows(X_val)
    _seen.validation[hash(rows)] = rows


def trained(X_train: np.ndarray, X_val: np.ndarray | None = None) -> None:
    """Record that a training starts, on the examples X_train; X_val are those that it is validated with."""
    _seen.trained_after += _seen.opened > 0
    rows = _rows(X_train)
    held_out = [*_seen.validation.values(), frozenset() if X_val is None else _rows(X_val)]
    if any(len(rows & each) > _SHARE * len(each) for each in held_out):
        _seen.mixed.add(hash(rows))


def summary() -> str:
    """Return what was recorded, as one line: "test set opened once, nothing trained after it"."""
    times = _seen.opened
    after = "something trained" if _seen.trained_after else "nothing trained"
    said = f"test set opened {'once' if times == 1 else f'{times} times'}, {after} after it"
    mixed = f"; training sets that hold validation examples: {len(_seen.mixed)}" if _seen.mixed else ""
    return (said if times else "no test set opened") + mixed


def _rows(X: np.ndarray) -> frozenset[int]:
    """Return a hash of each example as float32; of a read-only array they are computed once."""
    array, frozen = np.asarray(X), isinstance(X, np.ndarray) and not X.flags.writeable
    if frozen and id(X) in _seen.arrays:
        return _seen.arrays[id(X)]
    if array.ndim == 0 or not array.size or array.dtype.kind not in "biuf":
        return frozenset()
    with np.errstate(over="ignore"):
        rows = frozenset(hash(np.asarray(example, np.float32).tobytes()) for example in array)
    if frozen:
        _seen.arrays[id(X)] = rows
        weakref.finalize(X, _seen.arrays.pop, id(X), None)  # another array may get its id
    return rows
