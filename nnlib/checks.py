"""Argument checks with uniform error messages."""

from __future__ import annotations

import numpy as np


def require(condition: bool, argument: str, expected: str, got: object, todo: str = "") -> None:
    """Raise a ValueError in the standard format unless `condition` holds: argument, expected, got, what to do."""
    if not condition:
        message = f"{argument}: expected {expected}, got {got}."
        raise ValueError(f"{message} {todo}" if todo else message)


def floating(name: str, array: object, *, ndim: int | None = None) -> np.ndarray:
    """Return `array` unchanged if it is a floating-point ndarray with `ndim` axes.

    Integers are refused rather than converted: an integer image times an integer weight overflows or truncates
    silently.

    Raises:
        TypeError: not an ndarray, or not of a floating dtype.
        ValueError: another number of axes.
    """
    if not isinstance(array, np.ndarray):
        raise TypeError(
            f"{name}: expected a NumPy array, got {type(array).__name__}. Wrap it: np.asarray({name}, dtype=float)."
        )
    if not np.issubdtype(array.dtype, np.floating):
        raise TypeError(
            f"{name}: expected a floating-point array, got dtype {array.dtype}. Convert it: {name}.astype(np.float32)."
        )
    if ndim is not None:
        require(array.ndim == ndim, name, f"{ndim} axes", f"shape {array.shape}", "Reshape it first.")
    return array


def shape(name: str, array: np.ndarray, expected: tuple[int, ...], because: str = "") -> None:
    """Raise a ValueError unless `array.shape == expected`; `because` says what fixes the expectation."""
    require(array.shape == expected, name, f"shape {expected}", f"shape {array.shape}", because)


def class_labels(y: object, num_examples: int, num_classes: int) -> np.ndarray:
    """Return `y` as an integer vector (N,) of class indices in [0, num_classes); the argument is not changed.

    Raises:
        TypeError: labels that are not whole numbers.
        ValueError: another shape, a negative label (it would index from the end) or one that is too large.
    """
    labels = _label_vector(y, num_examples)
    if not np.issubdtype(labels.dtype, np.integer):
        raise TypeError(
            f"y: expected integer class indices, got dtype {labels.dtype}. Convert them: y.astype(np.int64)."
        )
    if labels.size:
        low, high = int(labels.min()), int(labels.max())
        require(
            low >= 0 and high < num_classes,
            "y",
            f"class indices from 0 to {num_classes - 1}, one for each column of the scores",
            f"labels from {low} to {high}",
        )
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
    require(
        values <= {0, 1} or values <= {-1, 1},
        "y",
        "binary labels, all in {0, 1} or all in {-1, +1}",
        f"the values {sorted(values)[:5]}{' and more' if len(values) > 5 else ''}",
    )
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


def _label_vector(y: object, num_examples: int) -> np.ndarray:
    labels = np.asarray(y)
    require(
        labels.shape == (num_examples,),
        "y",
        f"shape ({num_examples},), one label per example",
        f"shape {labels.shape}",
        "Labels are a vector, not a column or one-hot rows." if labels.ndim == 2 else "",
    )
    return labels


def choice(name: str, value: object, allowed: tuple[object, ...]) -> None:
    """Raise a ValueError unless `value` is one of `allowed`."""
    require(value in allowed, name, "one of " + ", ".join(map(repr, allowed)), repr(value))


def positive_int(name: str, value: object) -> int:
    """Return `value` as an int if it is a whole number of at least 1."""
    is_int = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    require(is_int and value >= 1, name, "a whole number of at least 1", repr(value))
    return int(value)


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
