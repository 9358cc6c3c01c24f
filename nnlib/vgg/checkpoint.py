"""Checkpoints: what a training needs to go on as if it had never stopped, written whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import torch
from filelock import FileLock, Timeout

from nnlib.data import files
from nnlib.data.files import data_error

FOLDER_VARIABLE = "NNLIB_CHECKPOINTS"
_KEYS = {"training", "net", "optimizer", "scheduler", "history", "machine"}


def default_folder() -> Path:
    """Return the folder for checkpoints: `$NNLIB_CHECKPOINTS`, else the repository's build/, or here without one."""
    return files.output_folder(FOLDER_VARIABLE, "checkpoints")


@contextlib.contextmanager
def checkpoint_lock(path: Path) -> Iterator[None]:
    """Keep every other training from writing checkpoints at `path`, by a lock on the file `path`.lock, which stays.

    Raises:
        DataError: another one holds it, in this process or in another; or no file can be made or locked there.
    """
    elsewhere = f"another folder (--folder, {FOLDER_VARIABLE})"
    lock = FileLock(f"{path}.lock", blocking=False, mode=0o666)  # others who share the folder may go on
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        todo = f"Wait until it has finished: then its result is read. Or use {elsewhere}."
        raise data_error(path, "no other training that writes this checkpoint", "one at work", todo) from None
    except (OSError, NotImplementedError) as error:
        expected = "a folder in which files can be made and locked"
        raise data_error(path, expected, str(error), f"Use {elsewhere}.") from error
    try:
        yield
    finally:
        lock.release()


def save(path: Path, state: dict[str, object]) -> None:
    """Write `state` to `path`: under another name first, so that a crash leaves the checkpoint before it whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with open(new, "wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


def load(path: Path, training: dict[str, object]) -> dict[str, object] | None:
    """Return the checkpoint at `path`, on the CPU, or None if there is none.

    Nothing in the file is executed: PyTorch unpickles tensors, numbers, strings and containers alone.

    Args:
        path: the file.
        training: what decides the weights; the checkpoint has to be of the same.

    Raises:
        DataError: the file is damaged, no checkpoint, or of another training.
    """
    todo = "Delete the file to train anew."
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        return None
    except Exception as error:  # whatever broken or hostile bytes may provoke in PyTorch's unpickler
        got = f"a file that PyTorch cannot, or will not, read as one ({type(error).__name__})"
        raise data_error(path, "a whole checkpoint", got, todo) from error
    if not isinstance(state, dict) or set(state) != _KEYS:
        keys = sorted(state) if isinstance(state, dict) else type(state).__name__
        raise data_error(path, f"a checkpoint with {sorted(_KEYS)}", str(keys), todo)
    if state["training"] != training:
        raise data_error(path, "a checkpoint of this training", "one of another", todo)
    return state
