"""`Dataset`, `open_test` and `load_mnist`."""

import copy
import gzip
import hashlib
import pickle
import re
import shutil
import time
import tracemalloc
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from nnlib.data import DataError, Dataset, load_binary, load_mnist, mnist, open_test

DATASETS = Path(__file__).resolve().parents[2] / "datasets"


@pytest.fixture(autouse=True)
def no_variable(monkeypatch):
    monkeypatch.delenv("NNLIB_DATA", raising=False)


@pytest.fixture(scope="module")
def digits():
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("NNLIB_DATA", raising=False)
        return load_mnist()


def small_test_set():
    return np.zeros((2, 3)), np.array([0, 1])


def small_dataset():
    arrays = {"X_train": np.ones((4, 3)), "y_train": np.arange(4), "X_val": np.ones((1, 3)), "y_val": np.arange(1)}
    return Dataset(arrays, "small", Path("here"), "sha256:00", partial(small_test_set))


# ---- Dataset and open_test


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.__setitem__("X_train", np.zeros(1)),
        lambda data: data.__delitem__("X_train"),
        lambda data: data.update(X_test=np.zeros(1)),
        lambda data: data.setdefault("X_test", np.zeros(1)),
        lambda data: data.pop("X_train"),
        lambda data: data.popitem(),
        lambda data: data.clear(),
        lambda data: data.__ior__({"X_test": np.zeros(1)}),
    ],
)
def test_a_dataset_cannot_be_changed(change):
    data = small_dataset()
    with pytest.raises(TypeError, match=r"Change a plain dict instead: data\.copy\(\)"):
        change(data)
    assert list(data) == ["X_train", "y_train", "X_val", "y_val"]
    assert data["X_train"].shape == (4, 3)


@pytest.mark.parametrize("duplicate", [dict, dict.copy, lambda data: {**data}, lambda data: data | {"X_val": 0}])
def test_a_plain_dict_can_be_changed_but_has_no_test_set(duplicate):
    plain = duplicate(small_dataset())
    plain["X_train"] = plain["X_train"][:2]
    with pytest.raises(
        TypeError, match=r"dataset: expected the Dataset that a loader such as load_mnist returned, got dict"
    ):
        open_test(plain)


def test_arrays_cannot_be_overwritten_in_place():
    data = small_dataset()
    for array in (*data.values(), *open_test(data)):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda data: pickle.loads(pickle.dumps(data))])
def test_a_dataset_survives_copy_and_pickle(duplicate):
    data = small_dataset()
    other = duplicate(data)
    assert type(other) is Dataset
    assert (other.name, other.source, other.checksum) == (data.name, data.source, data.checksum)
    for key, array in data.items():
        np.testing.assert_array_equal(other[key], array)
        assert not other[key].flags.writeable
    assert open_test(other)[0].shape == (2, 3)


def test_repr_is_short():
    assert repr(small_dataset()).startswith("<Dataset small: X_train (4, 3) float64, y_train (4,) int64,")


# ---- MNIST


def test_mnist_has_the_documented_form(digits):
    assert (digits.name, digits.source) == ("MNIST", DATASETS / "mnist")
    assert digits.checksum == "md5:6bbc9ace898e44ae57da46a324031adb"
    X_test, y_test = open_test(digits)
    for X, y, count in (
        (digits["X_train"], digits["y_train"], 54_000),
        (digits["X_val"], digits["y_val"], 6_000),
        (X_test, y_test, 10_000),
    ):
        assert (X.shape, X.dtype) == ((count, 784), np.float32)
        assert (y.shape, y.dtype) == ((count,), np.int64)
        assert (X.min(), X.max()) == (0, 1)
        assert set(y) == set(range(10))


def test_mnist_is_mnist_in_order(digits):
    """Compare with the bytes of the files, read here in the plainest way."""
    with gzip.open(DATASETS / "mnist/train-images-idx3-ubyte.gz") as file:
        pixels = np.frombuffer(file.read(), np.uint8, offset=16).reshape(60_000, 784)
    with gzip.open(DATASETS / "mnist/train-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    for name, part in (("train", slice(0, 54_000)), ("val", slice(54_000, 60_000))):
        np.testing.assert_array_equal(np.rint(digits[f"X_{name}"] * 255), pixels[part])
        np.testing.assert_array_equal(digits[f"y_{name}"], labels[part])
    assert labels[:5].tolist() == [5, 0, 4, 1, 9]


def test_mnist_as_images_in_float64(digits):
    images = load_mnist(flat=False, dtype=np.float64)
    assert images["X_val"].shape == (6_000, 1, 28, 28)
    assert images["X_val"].dtype == np.float64
    np.testing.assert_array_equal(images["X_val"].reshape(6_000, 784).astype(np.float32), digits["X_val"])
    X_test, _ = open_test(images)
    assert (X_test.shape, X_test.dtype) == ((10_000, 1, 28, 28), np.float64)


def test_mnist_takes_little_more_memory_than_its_arrays():
    tracemalloc.start()
    try:
        data = load_mnist()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    size = sum(array.nbytes for array in data.values())
    assert size <= peak < size + 4 * 2**20  # the first bound shows that NumPy's arrays are counted
    assert peak < 250e6


def test_mnist_is_as_fast_as_its_parts():
    """Inflating, digesting and converting take what they take; a load may take three times as much."""

    def parts():
        with gzip.open(DATASETS / "mnist/train-images-idx3-ubyte.gz") as file:
            content = file.read()
        hashlib.md5(content, usedforsecurity=False).hexdigest()
        return np.frombuffer(content, np.uint8).astype(np.float32) / 255

    def seconds(function):
        start = time.perf_counter()
        function()
        return time.perf_counter() - start

    assert min(seconds(load_mnist) for _ in range(3)) < 3 * min(seconds(parts) for _ in range(3))


@pytest.mark.parametrize("load", [load_mnist, load_binary])
@pytest.mark.parametrize("dtype", [np.float16, np.uint8, "complex128"])
def test_other_dtypes_are_refused(load, dtype):
    with pytest.raises(ValueError, match=r"dtype: expected one of 'float32', 'float64', got"):
        load(dtype=dtype)


def test_another_mnist_is_refused(monkeypatch, tmp_path):
    """Fashion-MNIST has the same names, shapes and sizes."""
    shutil.copytree(DATASETS / "mnist", tmp_path / "mnist")
    labels = tmp_path / "mnist/train-labels-idx1-ubyte.gz"
    content = bytearray(gzip.decompress(labels.read_bytes()))
    content[100] = (content[100] + 1) % 10
    labels.write_bytes(gzip.compress(content))
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path))
    with pytest.raises(DataError, match=rf"^{re.escape(str(labels))}: expected content of MD5 .*, got MD5 .*Restore"):
        load_mnist()
    labels.unlink()
    with pytest.raises(
        DataError, match=rf"^{re.escape(str(labels))}: expected a readable file, got No such file.*Restore"
    ):
        load_mnist()


def test_the_gzip_headers_name_no_file_and_no_time():
    for name in mnist.FILES:
        header = (DATASETS / "mnist" / name).read_bytes()[:10]
        assert header == bytes.fromhex("1f8b 08 00 00000000 02 03")  # no flags, time 0, best compression, Unix
