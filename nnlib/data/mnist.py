"""MNIST: 60,000 training and 10,000 test images of handwritten digits, 28 x 28 (LeCun, Cortes and Burges)."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from nnlib import checks
from nnlib.data.dataset import Dataset, Examples, freeze
from nnlib.data.files import locate_bundled
from nnlib.data.idx import read_idx

FOLDER = "mnist"
NUM_TRAIN = 54_000  # of the training file's 60,000; the last tenth validates
_SIDE = 28

# The gzipped files, the shape that each holds, and the MD5 of its inflated content, which does not depend on how the
# file was compressed.
FILES = {
    "train-images-idx3-ubyte.gz": ((60_000, _SIDE, _SIDE), "6bbc9ace898e44ae57da46a324031adb"),
    "train-labels-idx1-ubyte.gz": ((60_000,), "a25bea736e30d166cdddb491f175f624"),
    "t10k-images-idx3-ubyte.gz": ((10_000, _SIDE, _SIDE), "2646ac647ad5339dbf082846283269ea"),
    "t10k-labels-idx1-ubyte.gz": ((10_000,), "27ae3e4e09519cfbb04c329615203637"),
}


def load_mnist(flat: bool = True, dtype: np.dtype | type = np.float32) -> Dataset:
    """Return MNIST: the first 54,000 images of its training file to train on, the last 6,000 to validate on.

    `$NNLIB_DATA/mnist/` is read if it is there, else the repository's datasets/mnist/.

    Args:
        flat: Rows of 784 pixels, (N, 784), if true; images of one channel, (N, 1, 28, 28), if false.
        dtype: float32 or float64. In float64 the images take 376 MB, twice as much.

    Returns:
        A Dataset: pixels in [0, 1], 0 the background; labels (N,) int64, the digit. The arrays are read-only.

    Raises:
        DataError: a file is missing, or is not MNIST's byte for byte.
        ValueError: another dtype.
    """
    dtype = np.dtype(dtype)
    checks.choice("dtype", dtype.name, ("float32", "float64"))
    folder = locate_bundled(FOLDER)
    images, labels = _read(folder, "train", flat, dtype)
    arrays = {
        "X_train": images[:NUM_TRAIN],
        "y_train": labels[:NUM_TRAIN],
        "X_val": images[NUM_TRAIN:],
        "y_val": labels[NUM_TRAIN:],
    }
    _, checksum = FILES["train-images-idx3-ubyte.gz"]
    return Dataset(arrays, "MNIST", folder, f"md5:{checksum}", partial(_read, folder, "t10k", flat, dtype))


def read_file(folder: Path, name: str, dtype: np.dtype | type = np.uint8, divisor: int = 1) -> np.ndarray:
    """Return the verified content of one of `FILES`; arguments and errors as for `read_idx`."""
    shape, md5 = FILES[name]
    todo = "Restore the repository's datasets/mnist/, or take MNIST's own file of this name."
    return read_idx(folder / name, shape, dtype=dtype, divisor=divisor, md5=md5, todo=todo)


def _read(folder: Path, part: str, flat: bool, dtype: np.dtype) -> Examples:
    """Return images and labels of a part, "train" or "t10k", frozen: the arrays that are cut from them are too."""
    images = read_file(folder, f"{part}-images-idx3-ubyte.gz", dtype, divisor=255)
    labels = read_file(folder, f"{part}-labels-idx1-ubyte.gz", np.int64)
    example_shape = (_SIDE * _SIDE,) if flat else (1, _SIDE, _SIDE)
    return freeze(images).reshape(-1, *example_shape), freeze(labels)
