"""`Dataset`, what a loader returns, and `open_test`, the only door to the test examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

import numpy as np

Examples = tuple[np.ndarray, np.ndarray]


def freeze(array: np.ndarray) -> np.ndarray:
    """Make `array` read-only and return it.

    Student code that overwrites its arguments (labels mapped to -1 and +1 in place, a batch normalised in place) would
    otherwise spoil the data for every later cell without a word. NumPy now raises at the very line.
    """
    array.flags.writeable = False
    return array


class Dataset(dict):
    """The course's dict of arrays, exactly X_train, y_train, X_val, y_val, with a record of where they came from.

    It cannot be changed, nor can its arrays, so that `open_test` always belongs to what it is given. `data.copy()` or
    `{**data, "X_train": ...}` makes a plain dict that can; models are trained on either.

    Attributes:
        name: What to call the set in a result, such as "MNIST" or "generated binary set".
        source: The file or folder that it was read from.
        checksum: "md5:..." or "sha256:..." of what was read (for MNIST, of the training images).
    """

    KEYS = ("X_train", "y_train", "X_val", "y_val")

    def __init__(
        self,
        arrays: Mapping[str, np.ndarray],
        name: str,
        source: Path,
        checksum: str,
        read_test: Callable[[], Examples],
    ):
        super().__init__((key, freeze(arrays[key])) for key in self.KEYS)
        self.name = name
        self.source = source
        self.checksum = checksum
        # Pickled with the rest when a sweep sends the set to its workers: a partial of a module's function, no closure.
        self._read_test = read_test

    def __reduce__(self):
        # The default would refill the dict item by item, which `_refuse` forbids.
        return type(self), (dict(self), self.name, self.source, self.checksum, self._read_test)

    def __repr__(self):
        arrays = ", ".join(f"{key} {value.shape} {value.dtype}" for key, value in self.items())
        return f"<Dataset {self.name}: {arrays}>"

    def _refuse(self, *args: object, **kwargs: object) -> NoReturn:
        raise TypeError(
            "Dataset: expected to stay as it was loaded, got a change. "
            "Change a plain dict instead: data.copy(), or {**data, 'X_train': ...}; open_test still takes the Dataset."
        )

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse


def open_test(dataset: Dataset) -> Examples:
    """Return the test examples (X_test, y_test) of a loaded set, read now, in the form of its training examples.

    Call it once, after every choice has been made on the validation set: a test set that was looked at while choosing
    measures nothing. Both arrays are read-only.

    Raises:
        TypeError: anything but the Dataset that a loader returned, such as a plain dict made from it.
        DataError: the file is no longer there, or no longer the one that the Dataset was read from.
    """
    if not isinstance(dataset, Dataset):
        raise TypeError(
            f"dataset: expected the Dataset that a loader such as load_mnist returned, got {type(dataset).__name__}. "
            "Keep the loader's return value and pass that: a copy does not know which test examples belong to it."
        )
    X_test, y_test = dataset._read_test()
    return freeze(X_test), freeze(y_test)
