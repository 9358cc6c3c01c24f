"""Where data files are looked for, how they are read, and the one error that says what is wrong with them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

VARIABLE = "NNLIB_DATA"
REPOSITORY_DATASETS = Path(__file__).resolve().parents[2] / "datasets"


class DataError(ValueError):
    """A data file is missing, truncated, or not what it claims to be.

    The message names the file, what was expected, what came and what to do.
    """


def data_error(path: object, expected: str, got: str, todo: str) -> DataError:
    """Return (not raise) a DataError in the house's form."""
    return DataError(f"{path}: expected {expected}, got {got}. {todo}")


def in_repository() -> bool:
    """Return whether REPOSITORY_DATASETS is what its name says: whether nnlib runs from a checkout.

    It is known by its README.md. An installed copy of nnlib stands in site-packages, where a folder of that name would
    be another package's.
    """
    return (REPOSITORY_DATASETS / "README.md").is_file()


def folders() -> list[Path]:
    """Return the folders to look in, in order: the one that NNLIB_DATA names, then the repository's datasets/.

    An empty NNLIB_DATA counts as unset.

    Raises:
        DataError: NNLIB_DATA names no folder.
    """
    found = []
    named = os.environ.get(VARIABLE)
    if named:
        folder = Path(named).expanduser().absolute()
        if not folder.is_dir():
            todo = f"Correct the environment variable {VARIABLE}, or unset it to use the repository's own data."
            raise data_error(f"{VARIABLE}={named}", "a folder that exists", f"no folder at {folder}", todo)
        found.append(folder)
    if in_repository():
        found.append(REPOSITORY_DATASETS)
    return found


def output_folder(variable: str, name: str) -> Path:
    """Return the folder that the environment variable names, else build/`name` in the repository, or here without one.

    An empty variable counts as unset.
    """
    named = os.environ.get(variable)
    if named:
        return Path(named).expanduser().absolute()
    root = REPOSITORY_DATASETS.parent if in_repository() else Path.cwd()
    return root / "build" / name


def locate(relative: str) -> Path | None:
    """Return the first of `folders()` / `relative` that is there, or None.

    A dangling link counts as there: reading it then fails with its name, where to pass over it would quietly use
    other data than the user dropped in.
    """
    candidates = (folder / relative for folder in folders())
    return next((path for path in candidates if path.exists() or path.is_symlink()), None)


def locate_bundled(relative: str) -> Path:
    """Return `locate(relative)` for a file or folder that the repository ships.

    Raises:
        DataError: it is in none of the folders, as where nnlib was installed away from its repository.
    """
    path = locate(relative)
    if path is None:
        looked = " and ".join(map(str, folders())) or "any folder (nnlib is installed away from its repository)"
        todo = f"Set {VARIABLE} to the datasets/ folder of a checkout of the repository."
        raise data_error(relative, "bundled data", f"nothing of that name in {looked}", todo)
    return path


def read_bytes(path: Path, limit: int, todo: str) -> bytes:
    """Return the content of a file of at most `limit` bytes.

    Raises:
        DataError: the file cannot be read, or is longer.
    """
    try:
        with open(path, "rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise unreadable(path, error, todo) from error
    if len(content) > limit:
        raise data_error(path, f"at most {limit} bytes", "a longer file", todo)
    return content


def unreadable(path: Path, error: OSError, todo: str) -> DataError:
    """Return the DataError for a file that the system will not open."""
    return data_error(path, "a readable file", error.strerror or type(error).__name__, todo)


def sha256(content: bytes) -> str:
    """Return the SHA-256 of `content`, 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def file_sha256(path: Path, todo: str) -> str:
    """Return the SHA-256 of a file of any length, read in pieces.

    Raises:
        DataError: the file cannot be read.
    """
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise unreadable(path, error, todo) from error
