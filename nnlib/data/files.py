"""Where data files are searched for, how they are read, and the error for a wrong one."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from nnlib import checks, storage

VARIABLE = "NNLIB_DATA"
REPOSITORY_DATASETS = storage.REPOSITORY / "datasets"


class DataError(ValueError):
    """A data file is missing, truncated, or not what it claims to be."""


def loaded_dtype(dtype: object) -> np.dtype:
    """Return float32 or float64 as NumPy's dtype; a ValueError for anything else, such as the path of a file."""
    todo = f"A folder of data is named in the environment variable {VARIABLE}."
    return checks.floating_dtype("dtype", dtype, ("float32", "float64"), todo if isinstance(dtype, (str, Path)) else "")


def data_error(path: object, expected: str, got: str, todo: str) -> DataError:
    """Return (not raise) a DataError that names the file, what was expected, what came and what to do."""
    return DataError(f"{path}: expected {expected}, got {got}. {todo}")


def require(condition: bool, path: object, expected: str, got: str, todo: str) -> None:
    """Raise that error unless `condition` holds."""
    if not condition:
        raise data_error(path, expected, got, todo)


def folders() -> list[Path]:
    """Return the folders to search, in order: the one that NNLIB_DATA names, then the repository's datasets/.

    An empty NNLIB_DATA counts as unset; one that names no folder raises a DataError.
    """
    found = [REPOSITORY_DATASETS] if storage.in_repository() else []
    if not (named := os.environ.get(VARIABLE)):
        return found
    folder = Path(named).expanduser().absolute()
    todo = f"Correct the environment variable {VARIABLE}, or unset it to use the repository's own data."
    require(folder.is_dir(), f"{VARIABLE}={named}", "a folder that exists", f"no folder at {folder}", todo)
    return [folder, *found]


def locate(relative: str) -> Path | None:
    """Return the first of `folders()` / `relative` that exists, or None.

    A dangling link counts: reading it fails and names it, whereas skipping it would silently use other data.
    """
    return next((folder / relative for folder in folders() if os.path.lexists(folder / relative)), None)


def locate_bundled(relative: str) -> Path:
    """Return `locate(relative)` for a file or folder that the repository ships; raise a DataError if there is none."""
    path = locate(relative)
    searched = " and ".join(map(str, folders())) or "any folder (nnlib is installed without its repository)"
    todo = f"Set {VARIABLE} to the datasets/ folder of a checkout of the repository."
    require(path is not None, relative, "bundled data", f"nothing of that name in {searched}", todo)
    return path


def read_bytes(path: Path, limit: int, todo: str) -> bytes:
    """Return a file's content; raise a DataError if it cannot be read or is longer than `limit` bytes."""
    try:
        with open(path, "rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise unreadable(path, error, todo) from error
    require(len(content) <= limit, path, f"at most {limit} bytes", "a longer file", todo)
    return content


def unreadable(path: Path, error: OSError, todo: str) -> DataError:
    """Return the DataError for a file that the system cannot open or read."""
    return data_error(path, "a readable file", error.strerror or type(error).__name__, todo)


def beginning(content: bytes) -> str:
    """Return how a file begins, for an error: a web page that was saved under its name is recognised at once."""
    return f"it begins {content[:16]!r}" if content else "it is empty"
