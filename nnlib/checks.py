"""Argument checks with uniform error messages."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from numbers import Real

import numpy as np


class NotFiniteError(ValueError):
    """An array holds NaN or infinity where every value has to be a finite number."""


def require(condition: bool, argument: str, expected: str, got: object, todo: str = "") -> None:
    """Raise a ValueError in the standard format unless `condition` holds: argument, expected, got, what to do."""
    if not condition:
        message = f"{argument}: expected {expected}, got {got}."
        raise ValueError(f"{message} {todo}" if todo else message)


def instance(name: str, value: object, kinds: type | tuple[type, ...], expected: str, todo: str = "") -> object:
    """Return `value` if it is an instance of `kinds`, which `expected` puts into words, else raise a TypeError."""
    if not isinstance(value, kinds):
        got = repr(value) if len(repr(value)) < 60 else type(value).__name__
        raise TypeError(f"{name}: expected {expected}, got {got}. {todo}".rstrip())
    return value


def floating(name: str, array: object, *, ndim: int | None = None) -> np.ndarray:
    """Return `array` unchanged if it is a floating-point ndarray with `ndim` axes.

    Integers are refused rather than converted: an integer image times an integer weight overflows or truncates
    silently.

    Raises:
        TypeError: not an ndarray, or not of a floating dtype.
        ValueError: another number of axes.
    """
    if not isinstance(array, np.ndarray):
        todo = f"Wrap it: np.asarray({name}, dtype=float)."
        raise TypeError(f"{name}: expected a NumPy array, got {type(array).__name__}. {todo}")
    if array.dtype.kind != "f":
        todo = f"Convert it: {name}.astype(np.float32)."
        raise TypeError(f"{name}: expected a floating-point array, got dtype {array.dtype}. {todo}")
    if ndim is not None and array.ndim != ndim:
        require(False, name, f"{ndim} axes", f"shape {array.shape}", "Reshape it first.")
    return array


def floating_dtype(name: str, dtype: object, allowed: tuple[str, ...], todo: str = "") -> np.dtype:
    """Return `dtype` as NumPy's if its name is one of `allowed`, else raise a ValueError."""
    try:
        found = np.dtype(dtype)
    except (TypeError, ValueError, SyntaxError):  # NumPy parses a string, and reads the fields of an object
        choice(name, dtype, allowed, todo)
    choice(name, found.name, allowed, todo)
    return found


def as_array(name: str, value: object, *, real: bool = False) -> np.ndarray:
    """Return `value` as an array; a ValueError for lists of different lengths, or if `real` for other than numbers."""
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{name}: expected an array, got lists of different lengths.") from None
    if real and array.dtype.kind not in "biuf":
        require(False, name, "an array of real numbers", f"dtype {array.dtype}")
    return array


def first_not_finite(array: np.ndarray) -> tuple[int, tuple[int, ...]] | None:
    """Return how many values are NaN or infinite, and the index of the first; None if all are finite."""
    if array.dtype.kind != "f":
        return None
    with np.errstate(all="ignore"):
        if np.isfinite(array.sum()):  # half the time of np.isfinite(array): one pass, and no array of bools
            return None
    wrong = ~np.isfinite(array)
    if not wrong.any():  # the sum was too large for its dtype
        return None
    return int(wrong.sum()), tuple(int(i) for i in np.unravel_index(wrong.argmax(), wrong.shape))


def finite(name: str, array: np.ndarray, todo: str) -> None:
    """Raise a NotFiniteError if a value of `array` is NaN or infinite; it says how many, and the first's index."""
    if wrong := first_not_finite(array):
        got = f"{wrong[0]} NaN or infinite, the first at index {wrong[1]}"
        raise NotFiniteError(f"{name}: expected finite numbers, got {got}. {todo}")


def shape(name: str, array: np.ndarray, expected: tuple[int, ...], because: str = "") -> None:
    """Raise a ValueError unless `array.shape == expected`; `because` says what fixes the expectation."""
    if array.shape != expected:  # the words take longer than the comparison: at every step they are not put together
        require(False, name, f"shape {expected}", f"shape {array.shape}", because)


def class_labels(y: object, num_examples: int, num_classes: int, name: str = "y") -> np.ndarray:
    """Return `y` as an integer vector (N,) of class indices in [0, num_classes); the argument is not changed.

    Raises:
        TypeError: labels that are not whole numbers.
        ValueError: another shape, a negative label (it would index from the end) or one that is too large.
    """
    labels = _label_vector(y, num_examples, name)
    if labels.dtype.kind not in "iu":
        todo = f"Convert them: {name}.astype(np.int64)."
        raise TypeError(f"{name}: expected integer class indices, got dtype {labels.dtype}. {todo}")
    if labels.size:
        low, high = int(labels.min()), int(labels.max())
        expected = f"class indices from 0 to {num_classes - 1}, one for each column of the scores"
        require(low >= 0 and high < num_classes, name, expected, f"labels from {low} to {high}")
    return labels


def binary_signs(y: object, num_examples: int, dtype: np.dtype) -> np.ndarray:
    """Return binary labels as a new vector (N,) of -1 and +1 in `dtype`.

    {0, 1} and {-1, +1} mean the same: values above 0 are the positive class. A set that mixes 0 with -1 is refused,
    because no reading of it is safe.

    Raises:
        ValueError: another shape, or labels outside both conventions.
    """
    labels = _label_vector(y, num_examples)
    values = set(np.unique(labels).tolist())
    got = f"the values {sorted(values)[:5]}{' and more' if len(values) > 5 else ''}"
    require(values <= {0, 1} or values <= {-1, 1}, "y", "binary labels, all in {0, 1} or all in {-1, +1}", got)
    return np.where(labels > 0, 1, -1).astype(dtype)


def binary_batch(x: np.ndarray, y: object) -> np.ndarray:
    """Return the labels of a binary loss as signs, in the dtype of its scores x (N,); N is at least 1.

    Raises:
        TypeError: x is not a floating-point array.
        ValueError: another number of axes, an empty batch, or as for `binary_signs`.
    """
    _scores(x, ndim=1)
    return binary_signs(y, len(x), x.dtype)


def class_batch(x: np.ndarray, y: object) -> np.ndarray:
    """Return the labels of a loss over classes as indices of the columns of its scores x (N, K); N is at least 1.

    Raises:
        TypeError: x is not a floating-point array, or as for `class_labels`.
        ValueError: another number of axes, an empty batch, or as for `class_labels`.
    """
    _scores(x, ndim=2)
    return class_labels(y, *x.shape)


def _scores(x: np.ndarray, ndim: int) -> None:
    floating("x", x, ndim=ndim)
    require(len(x) > 0, "x", "at least one example", f"shape {x.shape}")


def _label_vector(y: object, num_examples: int, name: str = "y") -> np.ndarray:
    labels = as_array(name, y)
    todo = "Labels are a vector, not a column or one-hot rows." if labels.ndim == 2 else ""
    expected = f"shape ({num_examples},), one label per example"
    require(labels.shape == (num_examples,), name, expected, f"shape {labels.shape}", todo)
    return labels


def choice(name: str, value: object, allowed: tuple[object, ...], todo: str = "") -> None:
    """Raise a ValueError unless `value` is one of `allowed`."""
    for item in allowed:
        if isinstance(value, type(item)) and value == item:  # an array, compared with a string, is no bool
            return
    require(False, name, "one of " + ", ".join(map(repr, allowed)), repr(value), todo)


def number(name: str, value: object, expected: str, fits: Callable[[float], bool], todo: str = "") -> float:
    """Return `value` if it is a finite number for which `fits` holds; `expected` says which numbers these are.

    A TypeError for anything that is no real number, a bool too; a ValueError for NaN, infinity, another number.
    """
    if not isinstance(value, (float, int, Real)) or isinstance(value, bool):  # float first: that is quick
        raise TypeError(f"{name}: expected {expected}, got {value!r}. {todo}".rstrip())
    require(math.isfinite(value) and fits(value), name, expected, value, todo)
    return value


def positive(name: str, value: object, expected: str = "a number above 0", todo: str = "") -> float:
    """Return `value` if it is a finite number above zero; errors as for `number`."""
    return number(name, value, expected, lambda number: number > 0, todo)


def not_negative(name: str, value: object, todo: str = "") -> float:
    """Return `value` if it is a finite number of at least zero; errors as for `number`."""
    return number(name, value, "a number of at least 0", lambda number: number >= 0, todo)


def fraction(name: str, value: object) -> float:
    """Return `value` if it is a number in [0, 1): the weight of the past in a running average."""
    return number(name, value, "a number in [0, 1)", lambda number: 0 <= number < 1)


def whole(name: str, value: object, expected: str, fits: Callable[[int], bool]) -> int:
    """Return `value` as an int if it is a whole number for which `fits` holds, else raise a ValueError."""
    is_int = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    require(is_int and fits(value), name, expected, repr(value))
    return int(value)


def positive_int(name: str, value: object) -> int:
    """Return `value` as an int if it is a whole number of at least 1."""
    return whole(name, value, "a whole number of at least 1", lambda number: number >= 1)


def boolean(name: str, value: object) -> bool:
    """Return `value` if it is True or False, else raise a TypeError: any text would count as true."""
    return bool(instance(name, value, (bool, np.bool_), "True or False"))


def mapping(name: str, value: object, example: str) -> Mapping:
    """Return `value` if it is a dict or another mapping, else raise a TypeError; `example` is one that would do."""
    return value if isinstance(value, dict) else instance(name, value, Mapping, f"a dict such as {example}")


def listed(name: str, value: object, expected: str) -> list:
    """Return the items of a list or of another iterable, at least one; a ValueError for a single item, or a text."""
    single = not isinstance(value, Iterable) or isinstance(value, (str, bytes))
    items = [] if single else list(value)
    require(len(items) > 0, name, expected, repr(value), f"For a single one write [{value!r}]." if single else "")
    return items


def function(name: str, value: object, expected: str) -> Callable:
    """Return `value` if it can be called and is no class, else raise a TypeError."""
    if not callable(value) or isinstance(value, type):
        raise TypeError(f"{name}: expected a function {expected}, got {value!r}.")
    return value


def generator(rng: object) -> np.random.Generator:
    """Return a Generator: `rng` itself, or one seeded by the int `rng`.

    None is refused: a missing source of randomness is an error, not a default.
    """
    if isinstance(rng, np.random.Generator):
        return rng
    if isinstance(rng, (int, np.integer)) and not isinstance(rng, bool):
        require(rng >= 0, "rng", "a seed of at least 0", rng)
        return np.random.default_rng(int(rng))
    raise TypeError(f"rng: expected an int seed or a numpy.random.Generator, got {rng!r}. Pass rng=0, for example.")
