"""What a grading keeps between runs: the rows that were judged, the course's key, the checksum of what decides."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from course import items
from nnlib import checks, storage

KEY = items.ROOT / "course" / "key"  # never committed; with it anyone can compute the hidden inputs
OPEN = ("ours", "human")  # statuses that neither give nor take points: a human looks at them
DECIDING = ("course/*.*", "course/release/*.py", "nnlib/**/*.*")


@dataclass(frozen=True)
class Check:
    """The result of one row of an item."""

    name: str
    property: str
    points: float | None
    max: float
    visibility: str
    status: str
    message_student: str
    message_grader: str
    diagnosis: str
    seconds: float


class Cache:
    """The rows that were judged, one per line, each on the disk before the next is begun; without a path none is kept.

    With `resume` it takes up what the file holds.
    """

    def __init__(self, path: Path | None, *, resume: bool = True):
        self.path, self.known = path, {}
        if path is None:
            return
        with storage.file_lock(path):
            if not resume:
                path.unlink(missing_ok=True)
            content = path.read_bytes() if path.exists() else b""
            if content and not content.endswith(b"\n"):  # cut by the end of a run
                path.write_bytes(content[: content.rfind(b"\n") + 1])
        for mark, _, text in (line.partition(b" ") for line in content.splitlines()):
            row = json.loads(text) if mark == _mark(text) else {}  # others are damaged
            key = row.pop("key", None)
            if row.keys() == Check.__dataclass_fields__.keys():
                self.known[key] = Check(**row)

    def judged(self, decides: list, judge: Callable[[], Check]) -> Check:
        """Return the row that the same things, as JSON, have decided before, or judge it; failures of ours go."""
        key = hashlib.sha256(json.dumps([engine_hash(), *decides], default=dict).encode()).hexdigest()
        if key not in self.known:
            check = judge()
            if check.status == "ours":
                return check
            self.put(key, check)
        return self.known[key]

    def put(self, key: str, check: Check) -> None:
        """Keep a row."""
        self.known[key] = check
        if self.path is not None:
            text = json.dumps({"key": key, **asdict(check)}).encode()
            with storage.file_lock(self.path), open(self.path, "ab") as file:
                file.write(b"%s %s\n" % (_mark(text), text))
                file.flush()
                os.fsync(file.fileno())


def _mark(text: bytes) -> bytes:
    """Return the checksum that stands before a row."""
    return hashlib.sha256(text).hexdigest()[:16].encode()


def course_key(path: Path = KEY) -> bytes:
    """Return the course's key; it is drawn and written at the first call, readable for its owner alone.

    Raises:
        ValueError: the file holds none.
    """
    with storage.file_lock(path):
        if not path.exists():
            with storage.atomic_write(path) as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(secrets.token_hex(32).encode())
        key = path.read_bytes().strip()
        checks.require(
            bool(re.fullmatch(rb"[0-9a-f]{64}", key)), str(path), "64 hexadecimal digits", f"{len(key)} bytes"
        )
        return bytes.fromhex(key.decode())


@functools.cache
def engine_hash() -> str:
    """Return the checksum of what decides: the engine, the items, the code beside the students'."""
    digest = hashlib.sha256()
    for file in (file for pattern in DECIDING for file in sorted(items.ROOT.glob(pattern))):
        if file.suffix in (".json", ".py", ".toml"):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
