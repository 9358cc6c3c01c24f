"""Where data files are searched for, and the checksums that datasets/README.md states."""

import re
from pathlib import Path

import pytest

from nnlib import storage
from nnlib.data import DataError, binary, cifar10, files, load_binary, load_mnist, mnist

DATASETS = Path(__file__).resolve().parents[2] / "datasets"


@pytest.fixture(autouse=True)
def no_variable(monkeypatch):
    monkeypatch.delenv("NNLIB_DATA", raising=False)


def test_the_variables_folder_comes_first(monkeypatch, tmp_path, repository):
    mine = tmp_path / "mine"
    mine.mkdir()
    for folder in (mine, repository):
        (folder / "a").touch()
    monkeypatch.setenv("NNLIB_DATA", str(mine))
    assert files.locate("a") == mine / "a"
    (mine / "a").unlink()
    assert files.locate("a") == repository / "a"
    assert files.locate("b") is None


def test_mnist_is_taken_from_the_variables_folder(small_mnist, repository, monkeypatch, tmp_path):
    (tmp_path / "mine").mkdir()
    (repository / "mnist").rename(tmp_path / "mine/mnist")
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path / "mine"))
    assert load_mnist().source == tmp_path / "mine/mnist"


def test_an_empty_variable_counts_as_unset(monkeypatch):
    monkeypatch.setenv("NNLIB_DATA", "")
    assert files.folders() == [DATASETS]


def test_a_variable_that_names_no_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("NNLIB_DATA", str(tmp_path / "none"))
    for load in (load_mnist, load_binary):
        with pytest.raises(DataError, match=r"^NNLIB_DATA=.*none: expected a folder that exists, .*unset it"):
            load()


def test_without_the_repository(monkeypatch, tmp_path):
    (tmp_path / "datasets/mnist").mkdir(parents=True)  # another package's folder: it has no README.md
    monkeypatch.setattr(storage, "REPOSITORY", tmp_path)
    monkeypatch.setattr(files, "REPOSITORY_DATASETS", tmp_path / "datasets")
    for load, name in ((load_mnist, "mnist"), (load_binary, "binary/generated.csv")):
        with pytest.raises(
            DataError, match=f"^{name}: expected bundled data, .*without its repo.*Set NNLIB_DATA to the"
        ):
            load()


def test_the_readme_states_the_checksums_of_the_code():
    stated = dict(re.findall(r"^\| `(\S+)` \|.*\b([0-9a-f]{32,64}) \|$", (DATASETS / "README.md").read_text(), re.M))
    assert stated == {
        **{name: md5 for name, (_, md5) in mnist.FILES.items()},
        binary.GENERATED: binary.GENERATED_SHA256,
        binary.PICKLE: binary.COURSE_SHA256,
        cifar10.PACKAGE: cifar10.PACKAGE_SHA256,
    }
