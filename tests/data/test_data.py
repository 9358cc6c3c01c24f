"""`Dataset`, `open_test` and `load_mnist`."""

import copy
import gzip
import hashlib
import pickle
import re
import time
import tracemalloc
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import nnlib.data
from nnlib.data import DataError, Dataset, load_binary, load_mnist, mnist, open_test

DATASETS = Path(__file__).resolve().parents[2] / "datasets"


@pytest.fixture(autouse=True)
def no_variable(monkeypatch):
    monkeypatch.delenv("NNLIB_DATA", raising=False)


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
    with pytest.raises(TypeError, match=r"^Dataset is read-only\. Change a copy: data\.copy\(\)"):
        change(data)
    assert list(data) == ["X_train", "y_train", "X_val", "y_val"]
    assert data["X_train"].shape == (4, 3)


@pytest.mark.parametrize("value", [3, None, [], {"X_train": 3}, np.nan, np.ones(3), int], ids=repr)
@pytest.mark.parametrize("argument", ["arrays", "name", "source", "checksum", "read_test"])
def test_what_a_dataset_cannot_be_made_of_is_named(argument, value):
    made = small_dataset()
    arguments = {"arrays": dict(made), "name": "small", "source": "here", "checksum": "", "read_test": int}
    if argument != "read_test" or value is not int:
        with pytest.raises((TypeError, ValueError), match=rf"^{argument}: expected "):
            Dataset(**arguments | {argument: value})
    with pytest.raises(TypeError, match=r"^X_val: expected an array, got"):
        Dataset(**arguments | {"arrays": made | {"X_val": 3}})


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
    """Compare with the bytes of the files, read here in the simplest way."""
    with gzip.open(DATASETS / "mnist/train-images-idx3-ubyte.gz") as file:
        pixels = np.frombuffer(file.read(), np.uint8, offset=16).reshape(60_000, 784)
    with gzip.open(DATASETS / "mnist/train-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    for name, part in (("train", slice(0, 54_000)), ("val", slice(54_000, 60_000))):
        assert np.array_equal(digits[f"X_{name}"], pixels[part] / np.float32(255))
        assert np.array_equal(digits[f"y_{name}"], labels[part])
    assert labels[:5].tolist() == [5, 0, 4, 1, 9]


def test_mnist_as_images_in_float64(small_mnist):
    images = load_mnist(flat=False, dtype=np.float64)
    pixels = small_mnist["train-images-idx3-ubyte.gz"]
    np.testing.assert_array_equal(images["X_train"], pixels[:54, None] / 255)
    np.testing.assert_array_equal(images["X_val"], pixels[54:, None] / 255)
    X_test, y_test = open_test(images)
    np.testing.assert_array_equal(X_test, small_mnist["t10k-images-idx3-ubyte.gz"][:, None] / 255)
    np.testing.assert_array_equal(y_test, small_mnist["t10k-labels-idx1-ubyte.gz"])
    assert (images["X_val"].dtype, X_test.dtype, y_test.dtype) == (np.float64, np.float64, np.int64)


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
    """Reading a file may take three times as long as inflating, hashing and converting it."""
    name = "t10k-images-idx3-ubyte.gz"

    def parts():
        with gzip.open(DATASETS / "mnist" / name) as file:
            content = file.read()
        hashlib.md5(content, usedforsecurity=False).hexdigest()
        return np.frombuffer(content, np.uint8).astype(np.float32) / 255

    def seconds(function):
        start = time.perf_counter()
        function()
        return time.perf_counter() - start

    read = partial(mnist.read_file, DATASETS / "mnist", name, np.float32, divisor=255)
    assert min(seconds(read) for _ in range(5)) < 3 * min(seconds(parts) for _ in range(5))


@pytest.mark.parametrize("load", [load_mnist, load_binary])
@pytest.mark.parametrize("dtype", [np.float16, np.uint8, "complex128", "/nope", Path("/nope"), 3, [1]])
def test_other_dtypes_are_refused(load, dtype):
    todo = r".*NNLIB_DATA\.$" if str(dtype) == "/nope" else ""  # a folder was meant
    with pytest.raises(ValueError, match=rf"^dtype: expected one of 'float32', 'float64', got .*\.{todo}"):
        load(dtype=dtype)


@pytest.mark.parametrize("flat", ["no", None, 0])
def test_flat_is_true_or_false(flat):
    with pytest.raises(TypeError, match=f"^flat: expected True or False, got {flat!r}"):
        load_mnist(flat)


def test_another_mnist_is_refused(small_mnist, repository):
    """Fashion-MNIST has the same names, shapes and sizes."""
    labels = repository / "mnist/train-labels-idx1-ubyte.gz"
    content = bytearray(gzip.decompress(labels.read_bytes()))
    content[20] = (content[20] + 1) % 10
    labels.write_bytes(gzip.compress(content))
    with pytest.raises(DataError, match=rf"^{re.escape(str(labels))}: expected content of MD5 .*, got MD5 .*Restore"):
        load_mnist()
    labels.unlink()
    with pytest.raises(
        DataError, match=rf"^{re.escape(str(labels))}: expected a readable file, got No such file.*Restore"
    ):
        load_mnist()


def rename(folder, name, other, unpack):
    path = folder / "mnist" / name
    content = path.read_bytes()
    path.unlink()
    path.with_name(other).write_bytes(gzip.decompress(content) if unpack else content)


@pytest.mark.parametrize(
    ("other", "unpack"),
    [
        ("train-images-idx3-ubyte", True),
        ("train-images.idx3-ubyte", True),
        ("train-images.idx3-ubyte.gz", False),
        ("train-images-idx3-ubyte.gz", True),  # a browser that inflates what it downloads may keep the name
        ("train-images-idx3-ubyte", False),
    ],
)
def test_unpacked_files_are_read_and_verified(small_mnist, repository, other, unpack):
    name = "train-images-idx3-ubyte.gz"
    rename(repository, name, other, unpack)
    data = load_mnist()
    np.testing.assert_array_equal(data["X_train"], small_mnist[name][:54].reshape(54, 784) / np.float32(255))
    path = repository / "mnist" / other
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match=rf"^{re.escape(str(path))}: expected .*Restore"):
        load_mnist()


def test_all_files_unpacked_as_torchvision_leaves_them(small_mnist, repository):
    for name in small_mnist:
        rename(repository, name, name.removesuffix(".gz"), unpack=True)
    np.testing.assert_array_equal(load_mnist()["y_train"], small_mnist["train-labels-idx1-ubyte.gz"][:54])


@pytest.mark.parametrize(
    "content", [b"<!DOCTYPE html><html>403 Forbidden</html>", b"version https://git-lfs.github.com/spec/v1\noid 0"]
)
def test_another_file_under_mnists_name(small_mnist, repository, content):
    path = repository / "mnist/train-images-idx3-ubyte.gz"
    path.write_bytes(content)
    begins = re.escape(repr(content[:16]))
    with pytest.raises(
        DataError, match=f"^{path}: expected an IDX file.*got no gzip file.* it begins {begins}.*Restore"
    ):
        load_mnist()


def test_the_gzip_headers_name_no_file_and_no_time():
    for name in mnist.FILES:
        header = (DATASETS / "mnist" / name).read_bytes()[:10]
        assert header == bytes.fromhex("1f8b 08 00 00000000 02 03")  # no flags, time 0, best compression, Unix


def test_every_name_that_is_exported_exists():
    assert {"load_binary", "load_mnist", "open_test"} < set(nnlib.data.__all__)
    assert all(hasattr(nnlib.data, name) for name in nnlib.data.__all__)
