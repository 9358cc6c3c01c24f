"""Where output goes and how it is written: whole or not at all, by one writer at a time."""

from __future__ import annotations

import contextlib
import os
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import numpy as np

from nnlib import checks

REPOSITORY = Path(__file__).resolve().parents[1]


def in_repository() -> bool:
    """Return whether nnlib runs from a checkout; an installed copy is in site-packages, with other packages."""
    return (REPOSITORY / "datasets" / "README.md").is_file()


def output_folder(variable: str, name: str) -> Path:
    """Return the folder that the environment variable names, else build/`name` in the repository, or here without one.

    An empty variable counts as unset.
    """
    named = os.environ.get(variable)
    if named:
        return Path(named).expanduser().absolute()
    return (REPOSITORY if in_repository() else Path.cwd()) / "build" / name


def as_path(path: object) -> Path:
    """Return `path` as a Path; raise a TypeError unless it is one, or a string."""
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"path: expected a string or a Path, got {path!r}. Name a file, such as 'model.npz'.")
    return Path(path)


@contextlib.contextmanager
def atomic_write(path: str | os.PathLike) -> Iterator[BinaryIO]:
    """Open a new file for writing that becomes `path` when the body ends: a crash leaves the old file whole.

    The content is on the disk before the rename. The folder is made if it is missing.

    Raises:
        OSError: the folder or the file cannot be written, or the disk is full; `path` is unchanged. An
            IsADirectoryError if `path` is a folder's.
        TypeError: no path.
    """
    path = as_path(path)
    if path.is_dir():
        raise IsADirectoryError(f"path: expected the path of a file, got the folder {path}. Name a file in it.")
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with open(new, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


def write_text(path: str | os.PathLike, text: str) -> None:
    """Write `text` to `path` as UTF-8 by `atomic_write`."""
    with atomic_write(path) as file:
        file.write(text.encode())


def file_lock(path: str | os.PathLike, *, wait: bool = True) -> contextlib.AbstractContextManager:
    """Take the lock `path`.lock, a file that stays, and return a context that holds it; others that ask for it wait.

    Args:
        path: what is protected, from other processes and threads; its folder is made if it is missing.
        wait: whether to wait for the current holder.

    Raises:
        TimeoutError: it is held by another, and `wait` is false.
        OSError: no file can be made or locked there.
    """
    from filelock import FileLock, Timeout  # here: it imports asyncio, which `import nnlib` does not need

    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    options = {"blocking": wait, "mode": 0o666, "thread_local": False}  # others share the folder; any thread releases
    try:
        return FileLock(path.with_name(f"{path.name}.lock"), **options).acquire()
    except Timeout:
        raise TimeoutError(f"{path}: locked by another process") from None
    except NotImplementedError as error:  # a file system without locks
        raise OSError(str(error)) from error


def save_arrays(path: str | os.PathLike, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays by name to an .npz file, which `numpy.load` reads too.

    Raises:
        OSError: see `atomic_write`.
        TypeError: no path, no dict, or something in it that is no array.
        ValueError: an array of objects.
    """
    _check_arrays("arrays", arrays)
    # Not by numpy.savez: that of NumPy 2.1 has no argument against pickling, and pickles arrays of objects.
    with atomic_write(path) as file, zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


def load_arrays(path: str | os.PathLike, expected: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the arrays of a file that `save_arrays` wrote, if names, shapes and dtypes are those of `expected`.

    The zip archive's checksums are compared, no object is unpickled, and nothing larger than expected is read.

    Raises:
        OSError: the file cannot be opened.
        TypeError: no path, no dict, or something in it that is no array.
        ValueError: it is damaged, no .npz file, or holds other arrays.
    """
    _check_arrays("expected", expected)
    with open(as_path(path), "rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                return _read_archive(path, archive, expected)
        except _OtherArrays:
            raise
        except Exception as error:  # damaged or hostile bytes can raise anything in zipfile and in what it calls
            raise ValueError(f"{path}: expected a .npz file, got a damaged or different file ({error}).") from error


def _check_arrays(name: str, arrays: object) -> None:
    for key, array in checks.mapping(name, arrays, "{'W1': W}").items():
        checks.instance(f"{name}[{key!r}]", array, (np.ndarray, np.generic), "a NumPy array")


class _OtherArrays(ValueError):
    """An intact archive with unexpected arrays."""


def _read_archive(
    path: str | os.PathLike, archive: zipfile.ZipFile, expected: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    found, names = sorted(archive.namelist()), sorted(f"{name}.npy" for name in expected)
    if found != names:
        shown = ", ".join(name.removesuffix(".npy") for name in found)[:300]
        raise _OtherArrays(f"{path}: expected the arrays {', '.join(sorted(expected))}, got {shown}.")
    return {name: _read_array(path, archive, name, like) for name, like in expected.items()}


def _read_array(path: str | os.PathLike, archive: zipfile.ZipFile, name: str, like: np.ndarray) -> np.ndarray:
    with archive.open(f"{name}.npy") as member:
        try:
            np.lib.format.read_magic(member)
            shape, _, dtype = np.lib.format.read_array_header_1_0(member)
        except Exception as error:  # NumPy parses the header as Python
            raise _OtherArrays(f"{path}, {name}: expected an array in NumPy's format, got {error}.") from error
        if (shape, dtype) != (like.shape, like.dtype):
            raise _OtherArrays(f"{path}, {name}: expected {like.dtype} {like.shape}, got {dtype} {shape}.")
    with archive.open(f"{name}.npy") as member:
        array = np.lib.format.read_array(member, allow_pickle=False)
        if member.read(1):  # at the end the checksum is compared
            raise _OtherArrays(f"{path}, {name}: expected {like.nbytes} bytes of values, got more.")
    return array
