"""Small archives in the form of CIFAR-10's JPEG copy, right and wrong, for the tests of its loader."""

import io
import lzma
import tarfile

import pytest
from PIL import Image

from nnlib.data import DataError, cifar10, load_jpeg_archive

COUNTS = {"train": 2, "test": 1}
FIRST = "cifar10-images/train/airplane/0000.jpg"


def picture(form="JPEG", size=(32, 32), mode="RGB", colour=0):
    """Return an image file of one colour."""
    file = io.BytesIO()
    Image.new(mode, size, colour).save(file, form)
    return file.getvalue()


def colour_of(part, label, number):
    return 20 * label, 100 * (part == "test"), 100 * number


def right_members():
    """Return {name: content} of a whole archive; each image's colour says which one it is."""
    return {
        f"cifar10-images/{part}/{name}/{number:04}.jpg": picture(colour=colour_of(part, label, number))
        for part, count in COUNTS.items()
        for label, name in enumerate(cifar10.CLASSES)
        for number in range(count)
    }


def member(name, content=b"", **fields):
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, content


def packed(members, more=()):
    """Return a tar's bytes: {name: content}, last name first, then (TarInfo, content) pairs."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for info, content in [*(member(name, members[name]) for name in reversed(members)), *more]:
            archive.addfile(info, io.BytesIO(content))
    return file.getvalue()


def archive_writer(tmp_path, monkeypatch):
    """Return a function that writes an archive of a few images, which is now a whole one, and returns its path."""
    monkeypatch.setattr(cifar10, "PER_CLASS", COUNTS)
    monkeypatch.setattr(cifar10, "NUM_TRAIN", 18)

    def write(members=None, more=(), path=tmp_path / cifar10.ARCHIVE):
        path.write_bytes(lzma.compress(packed(right_members() if members is None else members, more)))
        return path

    return write


def refused(path, *parts):
    """Assert that the archive is refused, with these parts in the message."""
    with pytest.raises(DataError) as caught:
        load_jpeg_archive(path)
    text = str(caught.value)
    assert text.startswith(f"{path}: ")
    assert text.endswith(cifar10.TODO)
    for part in parts:
        assert part in text
    assert len(text) < 1500
