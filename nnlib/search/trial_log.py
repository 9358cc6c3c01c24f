"""The trial log: one row per line of JSON, only ever appended to; crash-safe."""

from __future__ import annotations

import contextlib
import json
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

from nnlib import checks, storage
from nnlib.search.rows import KINDS, Row, TrialRow, row_from_line, row_to_line

FOLDER_VARIABLE = "NNLIB_TRIAL_LOGS"
_SPARE = 1 << 16  # bytes that must be free on the disk before trials are run: more than a row takes
_unwritten: dict[Path, list[bytes]] = {}  # rows that could not be written, by file; the next `append` writes them


class TrialLogError(ValueError):
    """A trial log that cannot be read or written."""


class TrialLog:
    """Rows of trials, selections and openings of the test set, in the order in which they were appended.

    A row is on the disk when `append` returns. It is written by one call, while no other process writes. A last line
    that a dying process left unfinished is moved to the file's `.torn` sibling, with a warning.

    Args:
        path: the file; the first row makes it, and its folder. None keeps the rows in memory only.

    Raises:
        TrialLogError: a line is not a row, or the file cannot be read; names the line and what to do.
    """

    def __init__(self, path: str | os.PathLike | None = None):
        self.path = None if path is None else storage.as_path(path).absolute()
        self._rows: list[Row] = []
        self._lines = self._read = 0  # lines, and bytes, of the file that are in _rows
        if self.path is not None and os.path.exists(self.path):
            with contextlib.suppress(TrialLogError), self._open() as descriptor:  # one that can only be read is read
                self._mend(descriptor)
        self._refresh()

    @classmethod
    def named(cls, name: str) -> TrialLog:
        """Return the trial log NAME.jsonl in `$NNLIB_TRIAL_LOGS`, else in build/trial_logs."""
        checks.instance("name", name, str, "a text", "It becomes the file's name.")
        return cls(storage.output_folder(FOLDER_VARIABLE, "trial_logs") / f"{name}.jsonl")

    @property
    def rows(self) -> list[Row]:
        """All rows, including those that other processes have appended meanwhile."""
        self._refresh()
        return [*self._rows, *map(row_from_line, _unwritten.get(self.path, ()))]

    def trials(self) -> list[TrialRow]:
        """Return the last row of each trial, in the order in which the trials first appeared."""
        return list({row.id: row for row in self.of_kind(TrialRow)}.values())

    def of_kind(self, kind: type[Row]) -> list:
        """Return the rows of a class: TrialRow, Selection or OpeningRow."""
        checks.choice("kind", kind, tuple(KINDS.values()))
        return [row for row in self.rows if isinstance(row, kind)]

    def append(self, row: Row) -> None:
        """Add a row.

        Raises:
            ValueError: a value that JSON cannot hold; NaN and infinity are among them.
            TrialLogError: the row cannot be written. It is kept in memory, and the next `append` to this file in this
                process writes it.
        """
        line = row_to_line(row)
        row = row_from_line(line)  # what is written can be read again
        if self.path is None:
            self._rows.append(row)
            return
        waiting = _unwritten.setdefault(self.path, [])
        waiting.append(line)
        self._write(b"".join(waiting))
        waiting.clear()

    def check_writable(self) -> None:
        """Raise a TrialLogError unless a row can be appended now."""
        if self.path is not None:
            self._write(b" " * _SPARE, keep=False)

    def _write(self, content: bytes, *, keep: bool = True) -> None:
        with self._open() as descriptor:
            self._mend(descriptor)
            end = os.fstat(descriptor).st_size
            try:
                if (written := os.write(descriptor, content)) < len(content):
                    raise OSError(f"only {written} of {len(content)} bytes were written: is the disk full?")
                os.fsync(descriptor)
                end += len(content) if keep else 0
            finally:
                os.ftruncate(descriptor, end)

    def _refresh(self) -> None:
        """Read what was appended since the last look; a line that is still being written waits."""
        if self.path is None or not os.path.exists(self.path):
            return
        try:
            with open(self.path, "rb") as file:
                file.seek(self._read)
                new = file.read()
        except OSError as error:
            raise self._error("read", error) from error
        for line in new.split(b"\n")[:-1]:
            try:
                self._rows.append(row_from_line(line))
            except ValueError as error:
                got = f"expected a row of a trial log, got {line[:60]!r}. {str(error)[:200].rstrip('.')}"
                todo = "Delete that line if its row may be lost, or move the file away."
                raise TrialLogError(f"{self.path}, line {self._lines + 1}: {got}. {todo}") from error
            self._lines += 1
            self._read += len(line) + 1

    @contextlib.contextmanager
    def _open(self) -> Iterator[int]:
        """Yield a descriptor of the file that appends, under the lock."""
        try:
            with storage.file_lock(self.path), open(self.path, "a+b", buffering=0) as file:
                yield file.fileno()
        except OSError as error:
            raise self._error("written", error) from error

    def _error(self, verb: str, error: OSError) -> TrialLogError:
        todo = f"Change that, or name another folder in the environment variable {FOLDER_VARIABLE}."
        return TrialLogError(f"{self.path}: the trial log cannot be {verb}: {error.strerror or error}. {todo}")

    def _mend(self, descriptor: int) -> None:
        """Move an unfinished last line aside. Under the lock no other process can be in the middle of it."""
        end = os.fstat(descriptor).st_size
        os.lseek(descriptor, self._read, os.SEEK_SET)
        new = os.read(descriptor, max(0, end - self._read))
        last = new[new.rfind(b"\n", 0, -1) + 1 :]
        try:
            whole = isinstance(json.loads(last), dict)  # the beginning of an object does not parse
        except (ValueError, RecursionError):
            whole = False
        if whole and not last.endswith(b"\n"):  # nothing is missing but the end of the line
            os.write(descriptor, b"\n")
        elif last and not whole:
            torn = self.path.with_name(f"{self.path.name}.torn")
            with open(torn, "ab") as file:
                file.write(last.rstrip(b"\n") + b"\n")
            os.ftruncate(descriptor, end - len(last))
            got = f"the last line was unfinished, {len(last)} bytes; the process that wrote it was probably killed"
            then = f"It was moved to {torn.name}. The rows before it are complete, that trial will be run again."
            warnings.warn(f"{self.path}: {got}. {then}", stacklevel=3)
