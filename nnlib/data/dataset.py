"""`Dataset`, what a loader returns; `open_test`, the only way to the test examples; sets derived from a loaded one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import NoReturn

import numpy as np

from nnlib import checks, held_out

Examples = tuple[np.ndarray, np.ndarray]
ReadTest = Callable[[], Examples]


def freeze(array: np.ndarray) -> np.ndarray:
    """Make `array` read-only and return it.

    Code that overwrites its arguments (labels mapped to -1 and +1 in place, a batch normalised in place) would
    otherwise silently corrupt the data for every later cell. NumPy raises at the line that writes.
    """
    array.flags.writeable = False
    return array


class Dataset(dict):
    """The course's dict of arrays, exactly X_train, y_train, X_val, y_val, and where they come from.

    It is read-only, and so are its arrays: `open_test` always returns the test examples that belong to it.
    `data.copy()` or `{**data, "X_train": ...}` makes a plain dict that can be changed; models are trained on either.

    Attributes:
        name: what to call the set in a result, such as "MNIST" or "generated binary set".
        source: the file or folder that it was read from.
        checksum: "md5:..." or "sha256:..." of what was read (for MNIST, of the training images).
    """

    KEYS = ("X_train", "y_train", "X_val", "y_val")

    def __init__(self, arrays: Mapping[str, np.ndarray], name: str, source: Path, checksum: str, read_test: ReadTest):
        found = checks.mapping("arrays", arrays, "{'X_train': X, 'y_train': y, 'X_val': X_val, 'y_val': y_val}")
        checks.require({*self.KEYS} <= {*found}, "arrays", f"the keys {', '.join(self.KEYS)}", [*found])
        for title, value, kind in (("name", name, str), ("source", source, (str, Path)), ("checksum", checksum, str)):
            checks.instance(title, value, kind, "a text" if kind is str else "a path")
        checks.require(callable(read_test), "read_test", "a function () -> (X_test, y_test)", repr(read_test))
        super().__init__((key, freeze(checks.instance(key, found[key], np.ndarray, "an array"))) for key in self.KEYS)
        held_out.loaded(self["X_val"])
        self.name, self.source, self.checksum = name, source, checksum
        # A partial of a module's function, not a closure: it is pickled when a sweep sends the set to its workers.
        self._read_test = read_test

    def __reduce__(self):
        # The default would refill the dict item by item, which `_refuse` forbids.
        return type(self), (dict(self), self.name, self.source, self.checksum, self._read_test)

    def __repr__(self):
        arrays = ", ".join(f"{key} {value.shape} {value.dtype}" for key, value in self.items())
        return f"<Dataset {self.name}: {arrays}>"

    def _refuse(self, *args: object, **kwargs: object) -> NoReturn:
        todo = "Change a copy: data.copy() or {**data, 'X_train': ...}. Keep the Dataset for open_test."
        raise TypeError(f"Dataset is read-only. {todo}")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse


def open_test(dataset: Dataset) -> Examples:
    """Return the test examples (X_test, y_test) of a loaded set, in the form of its training examples.

    They are read now. Call this once, after every choice is made on the validation set: a test set that was used for a
    choice no longer estimates the error on new data. Both arrays are read-only.

    Raises:
        TypeError: anything but the Dataset that a loader returned, such as a plain dict made from it.
        DataError: the file is missing, or is no longer the one that the Dataset was read from.
    """
    X_test, y_test = _loaded(dataset)._read_test()
    return freeze(X_test), freeze(y_test)


def standardise(dataset: Dataset) -> Dataset:
    """Return the set with each feature shifted and scaled to mean 0 and standard deviation 1 on the training set.

    Validation and test examples are transformed by the training set's statistics. A constant feature is only shifted.
    """
    mean, deviation = _loaded(dataset)["X_train"].mean(axis=0), dataset["X_train"].std(axis=0)
    scale = np.where(deviation > 0, deviation, 1).astype(deviation.dtype)
    arrays = dataset | {key: (dataset[key] - mean) / scale for key in ("X_train", "X_val")}
    return _derive(dataset, arrays, "standardised", partial(_scaled_test, dataset._read_test, mean, scale))


def subset(dataset: Dataset, num_train: int, num_val: int | None = None) -> Dataset:
    """Return the set with only its first `num_train` training and first `num_val` validation examples (None: all).

    The test examples stay complete.

    Raises:
        ValueError: more than there are.
    """
    arrays, kept = dict(_loaded(dataset)), []
    for part, title, count in (("train", "training", num_train), ("val", "validation", num_val)):
        if count is not None:
            count, total = checks.positive_int(f"num_{part}", count), len(dataset[f"y_{part}"])
            checks.require(count <= total, f"num_{part}", f"at most {total}, the number of {title} examples", count)
            arrays |= {key: dataset[key][:count] for key in (f"X_{part}", f"y_{part}")}
            kept.append(f"first {count:,} {title} examples")
    return _derive(dataset, arrays, " and ".join(kept), dataset._read_test)


def _loaded(dataset: Dataset) -> Dataset:
    todo = "Pass the loader's own result: a copy of it does not know its test examples."
    return checks.instance("dataset", dataset, Dataset, "the Dataset that a loader such as load_mnist returned", todo)


def _derive(dataset: Dataset, arrays: dict[str, np.ndarray], how: str, read_test: ReadTest) -> Dataset:
    return Dataset(arrays, f"{dataset.name}, {how}", dataset.source, dataset.checksum, read_test)


def _scaled_test(read_test: ReadTest, mean: np.ndarray, scale: np.ndarray) -> Examples:
    X, y = read_test()
    return (X - mean) / scale, y
