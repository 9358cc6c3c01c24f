"""A release, made once, and the student copy unpacked from its archive into a folder with a space."""

import io
import os
import pickle
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from course.items import load
from course.release.__main__ import release
from nnlib.storage import file_lock


@pytest.fixture(scope="session")
def course():
    return load()


@pytest.fixture(scope="session")
def released(course, tmp_path_factory):
    """The files of the copy by name, and the archive; the first worker of xdist that asks makes them for all."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return release(course)
    kept = tmp_path_factory.getbasetemp().parent / "release.pickle"
    with file_lock(kept):
        if not kept.exists():
            kept.write_bytes(pickle.dumps(release(course)))
        return pickle.loads(kept.read_bytes())


@pytest.fixture(scope="session")
def copy(released, tmp_path_factory):
    """The archive unpacked, with an environment that holds what this one does, but not this repository's nnlib.

    A test that changes its files puts the released ones back.
    """
    folder = tmp_path_factory.mktemp("a student's folder ")
    with zipfile.ZipFile(io.BytesIO(released[1])) as archive:
        archive.extractall(folder)
    root = folder / "hw1"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root / ".venv"], check=True)
    (packages,) = root.glob(".venv/lib/python*/site-packages")
    paths = [str(root), sysconfig.get_paths()["purelib"]]  # a path in a .pth file does not have its own .pth files read
    (packages / "copy.pth").write_text("\n".join(paths), encoding="utf-8")
    (root / ".venv" / ".installed").write_text(f"{root}\n", encoding="utf-8")
    return root


@pytest.fixture
def python(copy) -> Path:
    return copy / ".venv" / "bin" / "python"
