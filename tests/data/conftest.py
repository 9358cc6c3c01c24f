"""MNIST, read once for all tests here; a data folder of the test's own; a MNIST of 70 images."""

import gzip
import hashlib
from pathlib import Path

import numpy as np
import pytest
from data_files import idx_bytes

from nnlib import storage
from nnlib.data import files, load_mnist, mnist

DATASETS = Path(__file__).resolve().parents[2] / "datasets"


@pytest.fixture(scope="package")
def digits():
    """MNIST in rows of float32, read-only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(files.VARIABLE, raising=False)
        return load_mnist()


@pytest.fixture
def repository(monkeypatch, tmp_path):
    """Replace the repository's datasets/, which may hold the user's files, by one with the generated set alone."""
    folder = tmp_path / "datasets"
    folder.mkdir()
    (folder / "README.md").touch()
    (folder / "binary").symlink_to(DATASETS / "binary", target_is_directory=True)
    monkeypatch.setattr(storage, "REPOSITORY", tmp_path)
    monkeypatch.setattr(files, "REPOSITORY_DATASETS", folder)
    monkeypatch.delenv(files.VARIABLE, raising=False)
    return folder


@pytest.fixture
def small_mnist(repository, monkeypatch):
    """Write mnist/ with 60 and 10 images whose checksums count as MNIST's; return {file name: values}."""
    rng = np.random.default_rng(0)
    known, values = {}, {}
    (repository / "mnist").mkdir()
    for name, ((count, *sides), _) in mnist.FILES.items():
        values[name] = rng.integers(0, 256 if sides else 10, (count // 1000, *sides), dtype=np.uint8)
        content = idx_bytes(values[name])
        known[name] = values[name].shape, hashlib.md5(content).hexdigest()
        (repository / "mnist" / name).write_bytes(gzip.compress(content))
    monkeypatch.setattr(mnist, "FILES", known)
    monkeypatch.setattr(mnist, "NUM_TRAIN", 54)
    return values
