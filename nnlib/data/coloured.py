"""Coloured MNIST, the stand-in where there is no CIFAR-10: arrays of the same shapes and dtypes, but a different task.

Each digit is padded from 28 x 28 to 32 x 32 and drawn in a random ink on a random paper. The colours are independent
of the class, so a network has to recognise the shape in three channels.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from nnlib.data import mnist
from nnlib.data.dataset import Dataset, Examples, freeze
from nnlib.data.files import locate_bundled

NAME = "coloured MNIST (stand-in for CIFAR-10)"
SEEDS = {"train": 59801, "t10k": 59802}  # of the colours
MIN_DISTANCE = 128  # between ink and paper, in the RGB cube of side 255
_SLICE = 500  # images; the temporary arrays of a slice stay in the processor's cache


def load_coloured_mnist() -> Dataset:
    """Return MNIST's digits as colour images: the first 54,000 to train on, the last 6,000 to validate on.

    The images are the same on every call. `$NNLIB_DATA/mnist/` is read if it exists, else the repository's.

    Returns:
        A Dataset: pixels (N, 3, 32, 32) uint8, channels red, green, blue; labels (N,) int64, the digit. Source and
        checksum are MNIST's. The arrays are read-only.

    Raises:
        DataError: a file is missing, or is not MNIST's byte for byte.
    """
    folder = locate_bundled(mnist.FOLDER)
    return mnist.split(NAME, folder, partial(_read, folder))


def _read(folder: Path, part: str) -> Examples:
    """Return images and labels of a part, "train" or "t10k", frozen: so are the slices that a Dataset holds."""
    digits = mnist.read_file(folder, f"{part}-images-idx3-ubyte.gz")
    labels = mnist.read_file(folder, f"{part}-labels-idx1-ubyte.gz", np.int64)
    return freeze(colour(digits, np.random.default_rng(SEEDS[part]))), freeze(labels)


def colour(digits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return digits (N, 28, 28), 0 the paper and 255 the ink, as colour images (N, 3, 32, 32); both uint8."""
    paper, ink = draw_colours(len(digits), rng)[..., None, None]  # each (N, 3, 1, 1)
    images = np.empty((len(digits), 3, 32, 32), np.uint8)
    for start in range(0, len(digits), _SLICE):
        these = slice(start, start + _SLICE)
        share = np.pad(digits[these], ((0, 0), (2, 2), (2, 2))).astype(np.uint16)[:, None]  # (n, 1, 32, 32)
        # 16 bits suffice: the sum is at most 255 * 255 + 127 = 65152. Adding 127 rounds to the nearest.
        images[these] = (paper[these] * (255 - share) + ink[these] * share + 127) // 255
    return images


def draw_colours(count: int, rng: np.random.Generator) -> np.ndarray:
    """Return random colours of paper and ink, (2, count, 3) uint8, each pair at least MIN_DISTANCE apart."""
    colours = rng.integers(0, 256, (2, count, 3), dtype=np.uint8)
    while (close := np.linalg.norm(np.diff(colours.astype(float), axis=0)[0], axis=1) < MIN_DISTANCE).any():
        colours[:, close] = rng.integers(0, 256, (2, close.sum(), 3), dtype=np.uint8)
    return colours
