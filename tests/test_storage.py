"""nnlib.storage: files that are whole or not there, one writer at a time, arrays that are what was expected."""

import errno
import os
import struct
import subprocess
import sys
import threading
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search_toy import trial_row

from course.ledger import Cache, Check
from nnlib import ConvNet, SoftmaxClassifier, storage
from nnlib.data import files
from nnlib.search import TrialLog

ARRAYS = {"W1": np.arange(6.0).reshape(2, 3), "b1": np.array([1, 2], np.float32)}


def test_a_file_appears_when_it_is_whole(tmp_path):
    path = tmp_path / "new folder" / "file"
    with storage.atomic_write(path) as file:
        file.write(b"whole")
        assert not path.exists()
    assert path.read_bytes() == b"whole"


def test_what_was_there_stays_if_writing_fails(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def write():
        with storage.atomic_write(path) as file:
            file.write(b"half of it")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        write()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def write_check(path):
    Cache(path).put("key", Check("value", "value", 1.0, 1.0, "public", "passed", "", "", "", 0.0))


WRITERS = {
    "a file": lambda path: storage.write_text(path, "text"),
    "a trial log": lambda path: TrialLog(path).append(trial_row()),
    "a grader's rows": write_check,
}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_all_that_is_written_is_on_the_disk(write, tmp_path, monkeypatch):
    sizes = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: sizes.append(os.fstat(descriptor).st_size))
    write(tmp_path / "file")
    assert sizes == [(tmp_path / "file").stat().st_size]


def test_a_file_gets_its_name_when_it_is_on_the_disk(tmp_path, monkeypatch):
    order, replace = [], os.replace
    monkeypatch.setattr(os, "fsync", lambda descriptor: order.append("fsync"))
    monkeypatch.setattr(os, "replace", lambda *paths: order.append("replace") or replace(*paths))
    storage.write_text(tmp_path / "file", "text")
    assert order == ["fsync", "replace"]


def test_two_that_write_one_file_at_once_both_write_it_whole(tmp_path, monkeypatch):
    with storage.atomic_write(tmp_path / "file") as first:
        first.write(b"one ")
        monkeypatch.setattr(os, "getpid", lambda: 0)  # the other is another process
        storage.write_text(tmp_path / "file", "two")
        assert (tmp_path / "file").read_bytes() == b"two"
        first.write(b"whole")
    assert (tmp_path / "file").read_bytes() == b"one whole"
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_a_folder_or_no_path_is_refused(tmp_path):
    with pytest.raises(IsADirectoryError, match=f"^path: expected the path of a file, got the folder {tmp_path}. Name"):
        storage.write_text(tmp_path, "")
    for path in (None, 3, b"file"):
        with pytest.raises(TypeError, match=f"^path: expected a string or a Path, got {path}. Name a file"):
            storage.write_text(path, "")
    assert not list(tmp_path.parent.glob("*.new"))


def test_one_holder_at_a_time(tmp_path):
    path, order = tmp_path / "folder" / "file", []
    by_another_thread = storage.file_lock(path)
    other = threading.Thread(target=by_another_thread.__exit__, args=(None, None, None))
    other.start()
    other.join()
    with storage.file_lock(path, wait=False):
        with pytest.raises(TimeoutError, match="file: locked by another"), storage.file_lock(path, wait=False):
            pass
        code = f"from nnlib import storage\nwith storage.file_lock({str(path)!r}, wait=False): pass"
        other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert "TimeoutError" in other.stderr

        def wait():
            with storage.file_lock(path):
                order.append("second")

        waiting = threading.Thread(target=wait)
        waiting.start()
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]


def test_whoever_shares_the_folder_may_take_the_lock(tmp_path):
    before = os.umask(0)
    try:
        with storage.file_lock(tmp_path / "file"):
            pass
    finally:
        os.umask(before)
    assert (tmp_path / "file.lock").stat().st_mode & 0o777 == 0o666


def test_a_folder_in_which_nothing_can_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"), storage.file_lock(tmp_path / "file" / "log"):
        pass


@pytest.mark.parametrize("value", ["", None])
def test_output_goes_below_build_unless_a_folder_is_named(value, monkeypatch, tmp_path):
    monkeypatch.setenv("NNLIB_TEST_FOLDER", str(tmp_path))
    assert storage.output_folder("NNLIB_TEST_FOLDER", "things") == tmp_path
    if value is None:
        monkeypatch.delenv("NNLIB_TEST_FOLDER")
    else:
        monkeypatch.setenv("NNLIB_TEST_FOLDER", value)
    assert storage.output_folder("NNLIB_TEST_FOLDER", "things") == storage.REPOSITORY / "build" / "things"
    monkeypatch.setattr(storage, "REPOSITORY", tmp_path)  # an installed copy
    monkeypatch.chdir(tmp_path)
    assert storage.output_folder("NNLIB_TEST_FOLDER", "things") == tmp_path / "build" / "things"


@pytest.mark.parametrize("named", ["~/out", "out", "./in/../out"])
def test_a_folder_may_be_named_from_home_or_from_here(named, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "in").mkdir()
    monkeypatch.setenv("NNLIB_TEST_FOLDER", named)
    monkeypatch.setenv("NNLIB_DATA", named)
    for found in (storage.output_folder("NNLIB_TEST_FOLDER", "things"), files.folders()[0]):
        assert found.is_absolute()
        assert found.samefile(tmp_path / "out")


def test_arrays_come_back_and_numpy_reads_them_too(tmp_path):
    path = tmp_path / "arrays.npz"
    storage.save_arrays(path, ARRAYS)
    loaded = storage.load_arrays(path, {name: np.zeros_like(array) for name, array in ARRAYS.items()})
    with np.load(path) as again:
        for name, array in ARRAYS.items():
            np.testing.assert_array_equal(loaded[name], array)
            assert loaded[name].dtype == array.dtype
            np.testing.assert_array_equal(again[name], array)


@pytest.mark.parametrize("arrays", [None, 3, [], "x", {"W1": [1.0]}, {"W1": 3}, {"W1": None}], ids=repr)
def test_what_holds_no_arrays_by_name_is_refused_and_the_file_stays(tmp_path, arrays):
    path = tmp_path / "arrays.npz"
    storage.save_arrays(path, ARRAYS)
    before = path.read_bytes()
    with pytest.raises(TypeError, match=r"^arrays(\['W1'\])?: expected a"):
        storage.save_arrays(path, arrays)
    with pytest.raises(TypeError, match=r"^expected(\['W1'\])?: expected a"):
        storage.load_arrays(path, arrays)
    assert path.read_bytes() == before


def test_no_object_is_pickled_and_any_name_is_a_name(tmp_path):
    path = tmp_path / "arrays.npz"
    with pytest.raises(ValueError, match="Object arrays"):
        storage.save_arrays(path, {"W1": np.array([{}], dtype=object)})
    assert not list(tmp_path.iterdir())
    arrays = {"file": np.ones(2), "allow_pickle": np.zeros((0, 3)), "args": np.float64(3)}
    storage.save_arrays(path, arrays)
    assert {name: array.tolist() for name, array in storage.load_arrays(path, arrays).items()} == {
        "file": [1, 1],
        "allow_pickle": [],
        "args": 3,
    }


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"W1": ARRAYS["W1"]}, r"expected the arrays W1, b1, got W1\."),
        (ARRAYS | {"W2": np.ones(1)}, r"expected the arrays W1, b1, got W1, W2, b1\."),
        (ARRAYS | {"W1": np.ones((3, 2))}, r"W1: expected float64 \(2, 3\), got float64 \(3, 2\)\."),
        (ARRAYS | {"b1": np.ones(2)}, r"b1: expected float32 \(2,\), got float64 \(2,\)\."),
    ],
)
def test_other_arrays_are_named(other, message, tmp_path):
    path = tmp_path / "arrays.npz"
    storage.save_arrays(path, other)
    with pytest.raises(ValueError, match=rf"arrays\.npz.*{message}"):
        storage.load_arrays(path, ARRAYS)


def test_no_object_is_unpickled_and_no_forged_size_is_allocated(tmp_path):
    path = tmp_path / "arrays.npz"
    header = b"\x93NUMPY\x01\x00\x76\x00{'descr': '<f8', 'fortran_order': False, 'shape': (1099511627776,), }".ljust(
        127
    )
    for content in (header + b"\n", b"no array", b""):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("W1.npy", content)
            archive.writestr("b1.npy", content)
        with pytest.raises(ValueError, match=r"arrays\.npz, W1: expected"):
            storage.load_arrays(path, ARRAYS)
    np.savez(path, W1=np.array([[{}, 1, 2]], dtype=object), b1=ARRAYS["b1"])
    with pytest.raises(ValueError, match="W1: expected float64"):
        storage.load_arrays(path, ARRAYS)


HEADER = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }"
HEADERS = {
    "not closed": HEADER[:-1],
    "a string not closed": HEADER[:-4] + '"""',
    "deep": "(" * 9000,
    "minus signs": "-" * 9000 + "1",
    "no text": "\0" * 90,
    "indented": "\n  a\n b",
}


def npy(header, values=b""):
    """Return an array in NumPy's format under a header of one's own."""
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode("latin-1") + values


def assert_archive_refused(path, members, match, **options):
    with zipfile.ZipFile(path, "w", **options) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(ValueError, match=match) as caught:
        storage.load_arrays(path, ARRAYS)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_a_header_that_numpy_cannot_parse_is_a_worded_error(header, tmp_path):
    members = {"W1.npy": npy(header, b"\0" * 48), "b1.npy": b""}
    assert_archive_refused(tmp_path / "arrays.npz", members, "W1: expected an array in NumPy's format")


def test_members_of_other_names_and_lengths_are_refused(tmp_path):
    path, values = tmp_path / "arrays.npz", b"\0" * 48
    assert_archive_refused(path, {"W1": npy(HEADER, values), "b1.npy": b""}, "the arrays W1, b1, got W1, b1")
    bomb = {"W1.npy": npy(HEADER, values + b"\0" * (64 << 20)), "b1.npy": b""}
    assert_archive_refused(path, bomb, "W1: expected 48 bytes of values, got more", compression=zipfile.ZIP_DEFLATED)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="got more"):
            storage.load_arrays(path, ARRAYS)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_stream_of_any_method_names_the_file(tmp_path, method):
    path = tmp_path / "arrays.npz"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("W1.npy", npy(HEADER, b"\0" * 48))
        archive.writestr("b1.npy", b"")
    content = path.read_bytes()
    for at in range(len(content)):
        path.write_bytes(content[:at] + b"\xff" + content[at + 1 :])
        with pytest.raises(ValueError, match=r"arrays\.npz"):  # b1 is no array in any case
            storage.load_arrays(path, ARRAYS)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "arrays.npz"
    storage.save_arrays(path, ARRAYS)
    return path


@given(data=st.data())
@settings(max_examples=500)
def test_a_damaged_file_is_refused_or_holds_the_same_arrays(saved, data):
    """Flipped bits and cut ends: the archive's own bookkeeping may survive some, the arrays never differ."""
    content = bytearray(saved.read_bytes())
    if data.draw(st.booleans()):
        index = data.draw(st.integers(0, len(content) - 1))
        content[index] ^= 1 << data.draw(st.integers(0, 7))
    else:
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    damaged = saved.with_name("damaged.npz")
    damaged.write_bytes(content)
    loaded, message = ARRAYS, str(damaged)
    try:
        loaded = storage.load_arrays(damaged, ARRAYS)
    except ValueError as error:
        message = str(error)
    assert message.startswith(str(damaged))
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(loaded[name], array)


def test_a_model_is_saved_with_its_state_and_loaded_whole_or_not_at_all(tmp_path):
    path = tmp_path / "model.npz"
    model, other = (ConvNet((1, 6, 6), 2, 3, 4, 2, weight_scale=None, batchnorm=True, rng=rng) for rng in (1, 2))
    model.loss(np.ones((2, 1, 6, 6)), np.zeros(2, int))  # moves the state
    model.save(path)
    assert other.load(path) is other
    for name, array in [*model.params.items(), *model.state.items()]:
        np.testing.assert_array_equal({**other.params, **other.state}[name], array)
    model = SoftmaxClassifier(4, hidden_dim=3, num_classes=2)
    model.save(path)
    wider = SoftmaxClassifier(4, hidden_dim=5, num_classes=2)
    before = {name: array.copy() for name, array in wider.params.items()}
    with pytest.raises(ValueError, match=r"W1: expected float32 \(4, 5\), got float32 \(4, 3\)"):
        wider.load(path)
    for name, array in before.items():
        np.testing.assert_array_equal(wider.params[name], array)
    with pytest.raises(FileNotFoundError):
        wider.load(tmp_path / "none.npz")
    if os.geteuid() != 0:  # root writes anywhere
        tmp_path.chmod(0o500)
        with pytest.raises(OSError, match="denied"):
            model.save(tmp_path / "other.npz")
        tmp_path.chmod(0o700)
