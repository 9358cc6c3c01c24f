"""The binary set of Q2 and Q3, 1000 examples of 20 features: the course's data.pkl or the generated set."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from nnlib import held_out
from nnlib.data.dataset import Dataset, Examples
from nnlib.data.files import loaded_dtype, locate, locate_bundled, read_bytes, require
from nnlib.data.safe_pickle import load_pickled_arrays

NUM_EXAMPLES, NUM_FEATURES = 1000, 20
SPLITS = {"train": slice(0, 500), "val": slice(500, 750), "test": slice(750, 1000)}

PICKLE = "data.pkl"
GENERATED = "binary/generated.csv"  # written by nnlib.data.synthetic
COURSES, USERS = "course data.pkl", "user's data.pkl"
COURSE_SHA256 = "06c4d243c94f145105cf8e6d5959c4848f7935957401e6f6c6dc50aa39cb7061"
GENERATED_SHA256 = "97a701d31be52aa21879ac6dff9210f765bc9d9db527a0578e5f75a2f44e7bd6"

# The course's file has 475,537 bytes; if every byte of its values were written as \x.., it would have 672,000.
_MAX_BYTES = 2**20
_TODO_PICKLE = f"Copy the course's {PICKLE} here again, or move this file away to use the generated set."
_TODO_GENERATED = "Restore the file from the repository, or regenerate it: python -m nnlib.data.synthetic."


def load_binary(dtype: np.dtype | type = np.float64) -> Dataset:
    """Return the binary set: the first 500 examples to train on, the next 250 to validate on (the last 250 test).

    The first of these that exists is read: `$NNLIB_DATA/data.pkl`, the repository's datasets/data.pkl, the generated
    set. The Dataset's name says which: "course data.pkl", recognised by its checksum; "user's data.pkl", any other
    file of that form; "generated binary set".

    Returns:
        A Dataset: features (N, 20) in `dtype`, float32 or float64; labels (N,) int64, 0 or 1. The arrays are read-only.

    Raises:
        DataError: the file is not a pickle of two NumPy arrays of the right form, or the generated set is damaged.
        ValueError: another dtype.
    """
    dtype = loaded_dtype(dtype)
    path = locate(PICKLE) or locate_bundled(GENERATED)
    X, y, name, checksum = read_file(path, ("train", "val"))
    parts = [array[SPLITS[part]].copy() for part in ("train", "val") for array in (X.astype(dtype), y)]
    arrays = dict(zip(Dataset.KEYS, parts, strict=True))
    return Dataset(arrays, name, path, f"sha256:{checksum}", partial(_read_test, path, checksum, dtype))


def read_file(path: Path, parts: Sequence[str] = tuple(SPLITS)) -> tuple[np.ndarray, np.ndarray, str, str]:
    """Return the examples of `parts`, keys of SPLITS, as X (N, 20) and y (N,) int64; the set's name; its SHA-256.

    Raises the errors of `load_binary`. The arrays are not views of the other examples.
    """
    content = read_bytes(path, _MAX_BYTES, _TODO_PICKLE if path.name == PICKLE else _TODO_GENERATED)
    checksum = hashlib.sha256(content).hexdigest()
    if path.name == PICKLE:
        X, y = _check_form(path, *load_pickled_arrays(path, content, 2, _TODO_PICKLE))
        name = COURSES if checksum == COURSE_SHA256 else USERS
    else:
        require(checksum == GENERATED_SHA256, path, f"SHA-256 {GENERATED_SHA256}", checksum, _TODO_GENERATED)
        table = np.loadtxt(content.decode("ascii").splitlines(), delimiter=",", skiprows=1)
        X, y, name = table[:, :-1], table[:, -1].astype(np.int64), "generated binary set"
    if "test" in parts:
        held_out.opened()
    return *(np.concatenate([array[SPLITS[part]] for part in parts]) for array in (X, y)), name, checksum


def _check_form(path: Path, X: np.ndarray, y: np.ndarray) -> Examples:
    """Return X, and y as int64 of 0 and 1 (-1 and +1 mean the same), if they have the course's form."""
    expected = f"a pair X ({NUM_EXAMPLES}, {NUM_FEATURES}) of floats and y ({NUM_EXAMPLES},) of labels 0/1 or -1/+1"
    got = ""
    if X.shape != (NUM_EXAMPLES, NUM_FEATURES) or y.shape != (NUM_EXAMPLES,):
        got = f"shapes {X.shape} and {y.shape}"
    elif not np.issubdtype(X.dtype, np.floating):
        got = f"X of dtype {X.dtype}"
    elif not np.isfinite(X).all():
        row, column = np.argwhere(~np.isfinite(X))[0]
        got = f"{X[row, column]} at X[{row}, {column}]"
    elif not set(labels := np.unique(y).tolist()) <= {0, 1} and not set(labels) <= {-1, 1}:
        got = f"the labels {', '.join(map(str, labels[:5]))}{', ...' if len(labels) > 5 else ''}"
    require(not got, path, expected, got, _TODO_PICKLE)
    return X, (y > 0).astype(np.int64)


def _read_test(path: Path, checksum: str, dtype: np.dtype) -> Examples:
    X, y, _, now = read_file(path, ("test",))
    expected = f"the file that was loaded, SHA-256 {checksum}"
    require(now == checksum, path, expected, now, "Load the set again and retrain.")
    return X.astype(dtype), y
