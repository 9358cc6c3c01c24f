"""`load_binary`: which file it takes, and what it refuses."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from nnlib.data import DataError, binary, load_binary, open_test

DATASETS = Path(__file__).resolve().parents[2] / "datasets"


def example_set(dtype=np.float64):
    rng = np.random.default_rng(0)
    X = rng.random((1000, 20)).astype(dtype)
    return X, (X.sum(axis=1) > 10).astype(np.int64)


def drop_in(folder, content):
    folder.mkdir(exist_ok=True)
    (folder / "data.pkl").write_bytes(content if isinstance(content, bytes) else pickle.dumps(content))


# ---- Which file is taken


def test_the_generated_set(repository):
    data = load_binary()
    assert (data.name, data.source) == ("generated binary set", repository / "binary/generated.csv")
    assert data.checksum == f"sha256:{binary.GENERATED_SHA256}"
    X_test, y_test = open_test(data)
    for X, y, count in (
        (data["X_train"], data["y_train"], 500),
        (data["X_val"], data["y_val"], 250),
        (X_test, y_test, 250),
    ):
        assert (X.shape, X.dtype) == ((count, 20), np.float64)
        assert (y.shape, y.dtype) == ((count,), np.int64)
        assert set(y) == {0, 1}
        assert X.flags.owndata  # no view, whose base would hold the test examples


def test_float32(repository):
    data = load_binary(dtype=np.float32)
    assert data["X_train"].dtype == open_test(data)[0].dtype == np.float32


def test_a_loaded_set_survives_pickle_with_its_test_set(repository):
    data = load_binary()
    for first, second in zip(open_test(pickle.loads(pickle.dumps(data))), open_test(data), strict=True):
        np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_users_file_is_preferred_and_split_in_order(repository, tmp_path, monkeypatch, protocol):
    X, y = example_set()
    drop_in(repository, pickle.dumps((X, y), protocol))
    data = load_binary()
    assert (data.name, data.source) == ("user's data.pkl", repository / "data.pkl")
    X_test, y_test = open_test(data)
    np.testing.assert_array_equal(np.concatenate([data["X_train"], data["X_val"], X_test]), X)
    np.testing.assert_array_equal(np.concatenate([data["y_train"], data["y_val"], y_test]), y)

    drop_in(tmp_path / "mine", (X, y))
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path / "mine"))
    assert load_binary().source == tmp_path / "mine/data.pkl"


@pytest.mark.parametrize("label_dtype", ["bool", "u1", ">i4", "<f8"])
@pytest.mark.parametrize("dtype", ["<f4", ">f8", "<f2"])
def test_other_dtypes_of_the_same_form_are_converted(repository, dtype, label_dtype):
    X, y = example_set(dtype)
    drop_in(repository, (X, y.astype(label_dtype)))
    data = load_binary()
    assert data["X_train"].dtype == np.float64
    assert data["y_train"].dtype == np.int64
    np.testing.assert_array_equal(data["X_train"], X[:500])
    np.testing.assert_array_equal(data["y_train"], y[:500])


@pytest.mark.parametrize("dtype", ["i1", "<i8", "<f8"])
def test_labels_of_both_conventions_mean_the_same(repository, dtype):
    X, y = example_set()
    drop_in(repository, (X, (2 * y - 1).astype(dtype)))
    data = load_binary()
    np.testing.assert_array_equal(data["y_train"], y[:500])
    np.testing.assert_array_equal(open_test(data)[1], y[750:])
    assert data["y_train"].dtype == np.int64


# ---- What is refused


def with_value(array, index, value):
    array = array.copy()
    array[index] = value
    return array


X, Y = example_set()


@pytest.mark.parametrize(
    ("content", "got"),
    [
        ((X[:999], Y[:999]), r"shapes \(999, 20\) and \(999,\)"),
        ((X, Y[:, None]), r"shapes \(1000, 20\) and \(1000, 1\)"),
        ((Y, X), "shapes"),
        ((X.T, Y), "shapes"),
        ((X.astype(np.int64), Y), "X of dtype int64"),
        ((with_value(X, (999, 19), np.nan), Y), r"nan at X\[999, 19\]"),
        ((with_value(X, (0, 0), -np.inf), Y), r"-inf at X\[0, 0\]"),
        ((X, with_value(Y, 999, 2)), "the labels 0, 1, 2"),
        ((X, with_value(Y, 999, -1)), "the labels -1, 0, 1"),
        ((X, with_value(Y.astype(float), 999, np.nan)), r"the labels 0\.0, 1\.0, nan"),
        ((X, np.arange(1000)), r"the labels 0, 1, 2, 3, 4, \.\.\."),
        ((X, Y, Y), "a tuple of another form"),
        ({"X": X, "y": Y}, "which no array needs"),
        (b"", "damaged content.*it is empty"),
        (b"<html>not found</html>", "it begins b'<html>not found<'"),
        (pickle.dumps((X, Y))[:-9], "damaged content"),
        (b"N" * 2**20 + b".", "at most 1048576 bytes, got a longer file"),
    ],
)
def test_a_file_of_another_form(repository, content, got):
    drop_in(repository, content)
    with pytest.raises(
        DataError, match=rf"data\.pkl: expected .*{got}.* Copy the course's data\.pkl here again, or move"
    ):
        load_binary()


def test_a_dangling_link_is_not_passed_over(repository):
    (repository / "data.pkl").symlink_to(repository / "gone.pkl")
    with pytest.raises(DataError, match=r"data\.pkl: expected a readable file, got No such file"):
        load_binary()


def test_a_damaged_generated_set(repository):
    content = (DATASETS / binary.GENERATED).read_bytes()
    (repository / "binary").unlink()
    (repository / "binary").mkdir()
    (repository / binary.GENERATED).write_bytes(content.replace(b"\n", b"\r\n"))
    with pytest.raises(DataError, match=r"generated\.csv: expected SHA-256 .*, got .*nnlib\.data\.synthetic"):
        load_binary()


def test_the_test_set_comes_from_the_file_that_was_loaded(repository):
    drop_in(repository, (X, Y))
    data = load_binary()
    drop_in(repository, (X[::-1], Y[::-1]))
    with pytest.raises(DataError, match=r"expected the file that was loaded, SHA-256 .*Load the set again"):
        open_test(data)
