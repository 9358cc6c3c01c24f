"""CIFAR-10's JPEG copy: the arrays that a right archive gives, and the split that every source shares."""

import io
import os
import pickle
import tarfile
import warnings
from functools import partial

import numpy as np
import pytest
from cifar10_archive import FIRST, archive_writer, colour_of, member, picture, right_members
from PIL import Image

from nnlib.data import DataError, cifar10, files, load_jpeg_archive, open_test


@pytest.fixture
def write(tmp_path, monkeypatch):
    return archive_writer(tmp_path, monkeypatch)


def test_a_right_archive(write, tmp_path):
    path = write(more=[member("cifar10-images/train", type=tarfile.DIRTYPE)])
    data = load_jpeg_archive(path)
    assert data.name == "CIFAR-10, JPEG copy of unknown origin"
    assert (data.source, data.checksum) == (path, f"sha256:{files.sha256(path.read_bytes())}")
    assert [len(data[key]) for key in data.KEYS] == [18, 18, 2, 2]
    order = np.random.default_rng(598).permutation(20)  # sorted by class, then by name
    X = np.concatenate([data["X_train"], data["X_val"]])
    np.testing.assert_array_equal(np.concatenate([data["y_train"], data["y_val"]]), order // 2)
    for image, place in zip(X, order, strict=True):
        expected = colour_of("train", place // 2, place % 2)
        assert np.abs(image - np.array(expected, float)[:, None, None]).max() <= 3
    for key, array in data.items():
        assert array.dtype == (np.uint8 if key[0] == "X" else np.int64)
        assert array.flags.c_contiguous
    assert [file.name for file in tmp_path.iterdir()] == [cifar10.ARCHIVE]  # nothing was unpacked to disk


def test_the_known_checksum_gives_the_name(write, monkeypatch):
    path = write()
    monkeypatch.setattr(cifar10, "ARCHIVE_SHA256", files.sha256(path.read_bytes()))
    data = load_jpeg_archive(str(path))
    assert (data.name, data.source) == ("CIFAR-10, JPEG copy", path)


def test_channels_and_axes(write):
    pixels = np.zeros((32, 32, 3), np.uint8)
    pixels[:16, :, 0] = 200  # the upper half is red
    pixels[:, :16, 2] = 200  # the left half is blue
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=100, subsampling=0)
    X, _, _ = cifar10.read_part(write(dict.fromkeys(right_members(), file.getvalue())), "train")
    assert X.shape == (20, 3, 32, 32)
    assert np.abs(X - pixels.transpose(2, 0, 1).astype(float)).max() <= 4


def test_open_test_after_a_trip_to_a_worker(write):
    data = pickle.loads(pickle.dumps(load_jpeg_archive(write())))
    X, y = open_test(data)
    assert (X.shape, X.dtype, y.dtype) == ((10, 3, 32, 32), np.uint8, np.int64)
    np.testing.assert_array_equal(y, np.arange(10))
    assert (X[:, 1] > 90).all()  # the colour of the test images


def test_only_the_part_that_is_asked_for_is_decoded(write):
    broken = {name: b"no picture" if "/test/" in name else content for name, content in right_members().items()}
    data = load_jpeg_archive(write(broken))
    with pytest.raises(DataError, match=r"cifar10-images/test/airplane/0000\.jpg: expected a JPEG image"):
        open_test(data)


def test_an_archive_that_changed_since_it_was_loaded(write):
    path = write()
    data = load_jpeg_archive(path)
    write({**right_members(), FIRST: picture(colour=(1, 2, 3))})
    with pytest.raises(DataError, match=r"expected the file that was loaded, SHA-256 .*Load the set again and retrain"):
        open_test(data)


def test_the_counts_of_cifar10():
    assert cifar10.PER_CLASS == {"train": 5_000, "test": 1_000}
    assert cifar10.NUM_TRAIN == 45_000


def test_the_callers_warnings_are_as_before(write):
    before = list(warnings.filters)
    load_jpeg_archive(write())
    assert warnings.filters == before


def arrays(count=20, **changed):
    return {"X": np.zeros((count, 3, 32, 32), np.uint8), "y": np.arange(count), **changed}


def test_split_is_the_same_for_every_source(monkeypatch, tmp_path):
    monkeypatch.setattr(cifar10, "NUM_TRAIN", 18)
    read_test = partial(int, "7")
    data = cifar10.split(**arrays(), name="a name", source=tmp_path, checksum="md5:0", read_test=read_test)
    assert (data.name, data.source, data.checksum) == ("a name", tmp_path, "md5:0")
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
        cifar10.split(**arrays(**changed), name="", source=tmp_path, checksum="", read_test=int)


def test_split_of_too_few(tmp_path):
    with pytest.raises(ValueError, match=r"^y: expected more than 45000 labels, got 20"):
        cifar10.split(**arrays(), name="", source=tmp_path, checksum="", read_test=int)


def test_the_real_archive():
    folder = os.environ.get(files.VARIABLE)
    path = files.locate(cifar10.ARCHIVE)
    if path is None:
        pytest.skip(f"no {cifar10.ARCHIVE} in {files.VARIABLE}={folder} or the repository's datasets/")
    data = load_jpeg_archive(path)
    assert data.name == "CIFAR-10, JPEG copy"
    assert data["X_train"].shape == (45_000, 3, 32, 32)
    assert data["X_val"].shape == (5_000, 3, 32, 32)
    np.testing.assert_array_equal(sum(np.bincount(data[key]) for key in ("y_train", "y_val")), [5_000] * 10)
    # the means of CIFAR-10's channels, which every tutorial on it prints
    np.testing.assert_allclose(data["X_train"].mean(axis=(0, 2, 3)) / 255, [0.4914, 0.4822, 0.4465], atol=2e-3)
    X, y = open_test(data)
    assert X.shape == (10_000, 3, 32, 32)
    np.testing.assert_array_equal(np.bincount(y), [1_000] * 10)
