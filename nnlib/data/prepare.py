"""Data sets made from a loaded one: standardised features, or fewer training examples. `open_test` follows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from nnlib import checks
from nnlib.data.dataset import Dataset, Examples


def standardise(dataset: Dataset) -> Dataset:
    """Return the set with each feature shifted and scaled to mean 0 and standard deviation 1 in the training set.

    The training set's statistics serve all three sets, the test examples that `open_test` returns included. A feature
    that never varies is only shifted.
    """
    mean, deviation = dataset["X_train"].mean(axis=0), dataset["X_train"].std(axis=0)
    scale = np.where(deviation > 0, deviation, 1).astype(deviation.dtype)
    arrays = {**dataset, **{key: _scaled(dataset[key], mean, scale) for key in ("X_train", "X_val")}}
    return _derive(dataset, arrays, "standardised", partial(_scaled_test, dataset._read_test, mean, scale))


def subset(dataset: Dataset, num_train: int, num_val: int | None = None) -> Dataset:
    """Return the set with its first `num_train` training and first `num_val` validation examples (None: all) alone.

    The test examples are all there.

    Raises:
        ValueError: more than there are.
    """
    arrays, kept = dict(dataset), []
    for argument, part, title, count in (
        ("num_train", "train", "training", num_train),
        ("num_val", "val", "validation", num_val),
    ):
        if count is None:
            continue
        count, there = checks.positive_int(argument, count), len(dataset[f"y_{part}"])
        checks.require(count <= there, argument, f"at most {there}, the {title} examples there are", count)
        arrays |= {key: dataset[key][:count] for key in (f"X_{part}", f"y_{part}")}
        kept.append(f"first {count:,} {title} examples")
    return _derive(dataset, arrays, " and ".join(kept), dataset._read_test)


def _derive(dataset: Dataset, arrays: dict[str, np.ndarray], how: str, read_test: Callable[[], Examples]) -> Dataset:
    return Dataset(arrays, f"{dataset.name}, {how}", dataset.source, dataset.checksum, read_test)


def _scaled(X: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return (X - mean) / scale


def _scaled_test(read_test: Callable[[], Examples], mean: np.ndarray, scale: np.ndarray) -> Examples:
    X, y = read_test()
    return _scaled(X, mean, scale), y
