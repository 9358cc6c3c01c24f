"""Coloured MNIST in the form of CIFAR-10, the stand-in where there is no CIFAR-10: the same arrays, another question.

Each digit is padded from 28 x 28 to 32 x 32 and drawn in an ink of its own on a paper of its own. Both colours are
random and say nothing about the class, so a network has to find the shape in three channels.
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
MIN_DISTANCE = 128  # between ink and paper, in the cube of side 255 that red, green and blue span
_PADDING = (0, 0), (2, 2), (2, 2)
_AT_ONCE = 500  # images; what a slice needs stays in the processor's cache


def load_coloured_mnist() -> Dataset:
    """Return MNIST's digits as colour images: the first 54,000 to train on, the last 6,000 to validate on.

    They are the same images on every call. `$NNLIB_DATA/mnist/` is read if it is there, else the repository's.

    Returns:
        A Dataset: pixels (N, 3, 32, 32) uint8, channels red, green, blue; labels (N,) int64, the digit. Source and
        checksum are MNIST's. The arrays are read-only.

    Raises:
        DataError: a file is missing, or is not MNIST's byte for byte.
    """
    folder = locate_bundled(mnist.FOLDER)
    images, labels = _read(folder, "train")
    cut = mnist.NUM_TRAIN
    arrays = {"X_train": images[:cut], "y_train": labels[:cut], "X_val": images[cut:], "y_val": labels[cut:]}
    _, checksum = mnist.FILES["train-images-idx3-ubyte.gz"]
    return Dataset(arrays, NAME, folder, f"md5:{checksum}", partial(_read, folder, "t10k"))


def _read(folder: Path, part: str) -> Examples:
    """Return images and labels of a part, "train" or "t10k", frozen: the arrays that are cut from them are too."""
    digits = mnist.read_file(folder, f"{part}-images-idx3-ubyte.gz")
    labels = mnist.read_file(folder, f"{part}-labels-idx1-ubyte.gz", np.int64)
    return freeze(colour(digits, np.random.default_rng(SEEDS[part]))), freeze(labels)


def colour(digits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return digits (N, 28, 28), 0 the paper and 255 the ink, as colour images (N, 3, 32, 32); both uint8."""
    paper, ink = draw_colours(len(digits), rng)[..., None, None]  # each (N, 3, 1, 1)
    images = np.empty((len(digits), 3, 32, 32), np.uint8)
    for start in range(0, len(digits), _AT_ONCE):
        these = slice(start, start + _AT_ONCE)
        share = np.pad(digits[these], _PADDING).astype(np.uint16)[:, None]  # (n, 1, 32, 32)
        # In 16 bits: at most 255 * 255 + 127 = 65152. The 127 rounds to the nearest.
        images[these] = (paper[these] * (255 - share) + ink[these] * share + 127) // 255
    return images


def draw_colours(count: int, rng: np.random.Generator) -> np.ndarray:
    """Return the colours of paper and ink, (2, count, 3) uint8, each pair at least MIN_DISTANCE apart.

    So they differ clearly, in brightness or in hue; either may be the lighter.
    """
    colours = rng.integers(0, 256, (2, count, 3), dtype=np.uint8)
    while (close := _distance(colours) < MIN_DISTANCE).any():
        colours[:, close] = rng.integers(0, 256, (2, close.sum(), 3), dtype=np.uint8)
    return colours


def _distance(colours: np.ndarray) -> np.ndarray:
    paper, ink = colours.astype(np.float64)
    return np.linalg.norm(paper - ink, axis=1)
