"""MNIST: 60,000 training and 10,000 test images of handwritten digits, 28 x 28 (LeCun, Cortes and Burges)."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from nnlib import checks, held_out
from nnlib.data.dataset import Dataset, Examples, freeze
from nnlib.data.files import loaded_dtype, locate_bundled
from nnlib.data.idx import read_idx

FOLDER = "mnist"
NUM_TRAIN = 54_000  # of the training file's 60,000; the last tenth validates
_SIDE = 28
TEST_IMAGES = "t10k-images-idx3-ubyte.gz"

# The shape that each file holds, and the MD5 of its content before compression.
FILES = {
    "train-images-idx3-ubyte.gz": ((60_000, _SIDE, _SIDE), "6bbc9ace898e44ae57da46a324031adb"),
    "train-labels-idx1-ubyte.gz": ((60_000,), "a25bea736e30d166cdddb491f175f624"),
    TEST_IMAGES: ((10_000, _SIDE, _SIDE), "2646ac647ad5339dbf082846283269ea"),
    "t10k-labels-idx1-ubyte.gz": ((10_000,), "27ae3e4e09519cfbb04c329615203637"),
}


def load_mnist(flat: bool = True, dtype: np.dtype | type = np.float32) -> Dataset:
    """Return MNIST: the first 54,000 images of its training file to train on, the last 6,000 to validate on.

    `$NNLIB_DATA/mnist/` is read if it exists, else the repository's datasets/mnist/.

    Args:
        flat: True for rows of 784 pixels, (N, 784); False for images of one channel, (N, 1, 28, 28).
        dtype: float32 or float64. In float64 the images take 376 MB, twice as much.

    Returns:
        A Dataset: pixels in [0, 1], 0 the background; labels (N,) int64, the digit. The arrays are read-only.

    Raises:
        DataError: a file is missing, or is not MNIST's byte for byte.
        TypeError, ValueError: `flat` is no bool; another dtype.
    """
    checks.boolean("flat", flat)
    folder = locate_bundled(FOLDER)
    return split("MNIST", folder, partial(_read, folder, flat=flat, dtype=loaded_dtype(dtype)))


def split(name: str, folder: Path, read: Callable[[str], Examples]) -> Dataset:
    """Return a Dataset of what `read` returns for "train" and, when the test set is opened, for "t10k"."""
    images, labels = read("train")
    train, val = slice(NUM_TRAIN), slice(NUM_TRAIN, None)
    arrays = {"X_train": images[train], "y_train": labels[train], "X_val": images[val], "y_val": labels[val]}
    _, md5 = FILES["train-images-idx3-ubyte.gz"]
    return Dataset(arrays, name, folder, f"md5:{md5}", partial(read, "t10k"))


def find(folder: Path, name: str) -> Path:
    """Return the path of one of `FILES` in `folder`, under its own name or another that unpackers give it.

    torchvision, browsers and 7-Zip leave it without .gz or as train-images.idx3-ubyte. The default is `name`.
    """
    plain = name.removesuffix(".gz")
    names = [stem + suffix for stem in (plain, plain.replace("-idx", ".idx")) for suffix in (".gz", "")]
    return next((folder / other for other in names if os.path.lexists(folder / other)), folder / name)


def read_file(folder: Path, name: str, dtype: np.dtype | type = np.uint8, divisor: int = 1) -> np.ndarray:
    """Return the verified content of one of `FILES`; arguments and errors as for `read_idx`."""
    if name == TEST_IMAGES:
        held_out.opened()
    todo = "Restore the repository's datasets/mnist/, or copy MNIST's own file of this name there."
    return read_idx(find(folder, name), *FILES[name], todo, dtype=dtype, divisor=divisor)


def _read(folder: Path, part: str, flat: bool, dtype: np.dtype) -> Examples:
    """Return images and labels of a part, "train" or "t10k", frozen: so are the slices that a Dataset holds."""
    images = read_file(folder, f"{part}-images-idx3-ubyte.gz", dtype, divisor=255)
    labels = read_file(folder, f"{part}-labels-idx1-ubyte.gz", np.int64)
    return freeze(images).reshape(-1, *((_SIDE * _SIDE,) if flat else (1, _SIDE, _SIDE))), freeze(labels)
