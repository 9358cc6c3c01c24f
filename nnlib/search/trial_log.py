"""The trial log: an append-only file of JSON lines, one row a line, that survives whatever happens to its writer."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path

from nnlib.data import files

try:
    import fcntl
except ImportError:  # Windows has no such lock; a line is still one write
    fcntl = None

FOLDER_VARIABLE = "NNLIB_TRIAL_LOGS"
_NO_LOCKS_HERE = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP}  # some file systems of clusters


class TrialLogError(ValueError):
    """A trial log's file is damaged in a way that cannot be mended without losing a row."""


class TrialLog:
    """Rows of trials, choices and openings of the test set, in the order in which they came.

    A row is one line of JSON, written by a single call on a descriptor that appends, and on the disk when `append`
    returns. Two writers never mix their rows. A last line that a dying writer left unfinished is moved aside, into the
    file's `.torn` sibling, with a warning.

    Args:
        path: the file; it is made, with its folder, by the first row. None keeps the rows in memory alone.

    Raises:
        LedgerError: a line in the middle is no row.
    """

    def __init__(self, path: str | os.PathLike | None = None):
        self.path = None if path is None else Path(path)
        self._rows: list[dict] = []
        self._read = 0  # bytes of the file that are in _rows
        self._lines = 0
        if self.path is not None and self.path.exists():
            if os.access(self.path, os.W_OK):  # one that can only be read is read as far as it is whole
                with self._locked(os.O_RDWR) as descriptor:
                    self._mend(descriptor)
            self.refresh()

    @classmethod
    def named(cls, name: str) -> TrialLog:
        """Return the trial log `name`.jsonl in `default_folder()`."""
        return cls(default_folder() / f"{name}.jsonl")

    @property
    def rows(self) -> list[dict]:
        """All rows, those that another process has appended meanwhile among them."""
        self.refresh()
        return list(self._rows)

    def trials(self) -> list[dict]:
        """Return the last row of each trial, in the order in which the trials first appeared."""
        latest = {row["id"]: row for row in self.rows if row["kind"] == "trial"}
        return list(latest.values())

    def of_kind(self, kind: str) -> list[dict]:
        """Return the rows of a kind: 'trial', 'choice' or 'opening'."""
        return [row for row in self.rows if row["kind"] == kind]

    def append(self, row: Mapping[str, object]) -> None:
        """Add a row.

        Raises:
            ValueError: a value that JSON has no word for; NaN and infinity are among them.
            OSError: the disk did not take the whole line; what it took is removed again.
        """
        line = json.dumps(row, allow_nan=False, separators=(",", ":")).encode() + b"\n"
        if self.path is None:
            self._rows.append(json.loads(line))
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._locked(os.O_RDWR | os.O_APPEND | os.O_CREAT) as descriptor:
            self._mend(descriptor)
            end = os.fstat(descriptor).st_size
            written = os.write(descriptor, line)
            if written < len(line):
                os.ftruncate(descriptor, end)
                raise OSError(errno.ENOSPC, "the row was not written: no space left", str(self.path))
            os.fsync(descriptor)

    def refresh(self) -> None:
        """Read what was appended since the last look; a line that is still being written waits."""
        if self.path is None or not self.path.exists():
            return
        with open(self.path, "rb") as file:
            file.seek(self._read)
            new = file.read()
        for line in new[: new.rfind(b"\n") + 1].splitlines(keepends=True):
            self._lines += 1
            self._read += len(line)
            row = _parse(line)
            if row is None:
                raise TrialLogError(
                    f"{self.path}, line {self._lines}: expected a row of JSON, got {line[:60]!r}. "
                    "Delete that line if the row may be lost, or move the file away and start a new one."
                )
            self._rows.append(row)

    @contextlib.contextmanager
    def _locked(self, flags: int) -> Iterator[int]:
        descriptor = os.open(self.path, flags, 0o644)
        try:
            if fcntl is not None:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX)
                except OSError as error:
                    if error.errno not in _NO_LOCKS_HERE:
                        raise
            yield descriptor  # closing it gives the lock back
        finally:
            os.close(descriptor)

    def _mend(self, descriptor: int) -> None:
        """Move an unfinished last line aside. Under the lock no other writer can be in the middle of it."""
        size = os.fstat(descriptor).st_size
        start, last = _last_line(descriptor, size)
        if not last or (_parse(last) is not None and last.endswith(b"\n")):
            return
        if _parse(last) is not None:  # whole, but for the end of the line
            os.lseek(descriptor, 0, os.SEEK_END)
            os.write(descriptor, b"\n")
            return
        torn = self.path.with_name(self.path.name + ".torn")
        with open(torn, "ab") as file:
            file.write(last.rstrip(b"\n") + b"\n")
        os.ftruncate(descriptor, start)
        warnings.warn(
            f"{self.path}: the last line was unfinished, {len(last)} bytes; its writer must have been killed. "
            f"It was moved to {torn.name}; the rows before it are whole, and that trial will be run again.",
            stacklevel=3,
        )


def _parse(line: bytes) -> dict | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) and "kind" in row else None


def _last_line(descriptor: int, size: int) -> tuple[int, bytes]:
    """Return where the last line starts and the line; read backwards, since a trial log may be long."""
    start, tail = size, b""
    while start > 0 and b"\n" not in tail[:-1]:
        block = min(1 << 16, start)
        start -= block
        os.lseek(descriptor, start, os.SEEK_SET)
        tail = os.read(descriptor, block) + tail
    line = tail[tail.rfind(b"\n", 0, max(len(tail) - 1, 0)) + 1 :]
    return size - len(line), line


def default_folder() -> Path:
    """Return `$NNLIB_TRIAL_LOGS`, else build/trial_logs in the repository, or here without one."""
    return files.output_folder(FOLDER_VARIABLE, "trial_logs")
