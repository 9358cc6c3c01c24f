"""Checkpoints: all that a training needs to continue as if it had never stopped, with a checksum over the content."""

import contextlib
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import torch

from nnlib.data.files import data_error
from nnlib.storage import atomic_write, file_lock, output_folder

FOLDER_VARIABLE = "NNLIB_CHECKPOINTS"
_ELSEWHERE = f"another folder (--folder, {FOLDER_VARIABLE})"
_KEYS = {"training", "net", "optimizer", "scheduler", "history", "machine"}


def default_folder() -> Path:
    """Return the folder for checkpoints: `$NNLIB_CHECKPOINTS`, else the repository's build/, or here without one."""
    return output_folder(FOLDER_VARIABLE, "checkpoints")


@contextlib.contextmanager
def checkpoint_lock(path: Path) -> Iterator[None]:
    """Keep every other training from writing checkpoints at `path`, or raise a DataError if one does already."""
    try:
        lock = file_lock(path, wait=False)
    except TimeoutError:
        todo = f"Wait until it has finished: then its result is read. Or use {_ELSEWHERE}."
        raise data_error(path, "no other training that writes this checkpoint", "one at work", todo) from None
    except OSError as error:
        expected = "a folder in which files can be made and locked"
        raise data_error(path, expected, str(error), f"Use {_ELSEWHERE}.") from error
    with lock:
        yield


def save(path: Path, state: dict[str, object]) -> None:
    """Write `state` to `path`; if that fails, raise a DataError and leave the old checkpoint intact."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    try:
        with atomic_write(path) as file:
            file.writelines((_header(buffer.getbuffer()), b"\n", buffer.getbuffer()))
    except OSError as error:
        todo = f"Make room, or use {_ELSEWHERE}."
        raise data_error(path, "a disk with room for the checkpoint", str(error), todo) from error


def load(path: Path, training: dict[str, object]) -> dict[str, object] | None:
    """Return the checkpoint at `path`, on the CPU, or None if there is none; its "training" has to equal `training`.

    Nothing in the file is executed: PyTorch unpickles only tensors, numbers, strings and containers.

    Raises:
        DataError: the file is damaged, no checkpoint, or of another training.
    """
    try:
        header, _, content = path.read_bytes().partition(b"\n")
        intact = header == _header(content)
        state = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True) if intact else None
        got = "another content" if intact else "a content that does not match its checksum"
    except (FileNotFoundError, NotADirectoryError):
        return None
    except Exception as error:  # whatever hostile bytes may provoke in PyTorch's unpickler
        state, got = None, f"{type(error).__name__}: {error}".splitlines()[0]
    if not isinstance(state, dict) or state.keys() != _KEYS or state["training"] != training:
        raise data_error(path, "a whole checkpoint of this training", got, "Delete the file to train from scratch.")
    return state


def _header(content: bytes | memoryview) -> bytes:
    return b"nnlib checkpoint, SHA-256 %s" % hashlib.sha256(content).hexdigest().encode()
