"""What a grading keeps between runs: the rows that were judged, the course's key, the checksum of what decides."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from course import items
from nnlib import storage

KEY = items.ROOT / "course" / "key"  # never committed; with it anyone can compute the hidden inputs
OPEN = ("ours", "human")  # statuses that neither give nor take points: a human looks at them
DECIDING = ("course/*.*", "course/release/*.py", "nnlib/*.py", "nnlib/check/**/*.*", "nnlib/layers/*.py")


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
    """The rows that were judged, one per line, each on the disk before the next is begun.

    Args:
        path: of the file; None keeps nothing.
        resume: whether to take up what it holds, or to start with an empty one.
    """

    def __init__(self, path: Path | None, *, resume: bool = True):
        self.path, self.known = path, {}
        if path is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        if not resume:
            path.unlink(missing_ok=True)
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
            try:
                row = json.loads(line)
                key = row.pop("key")
                self.known[key] = Check(**row)
            except (ValueError, TypeError, KeyError, AttributeError):
                continue  # the line that was being written when the run was killed

    def get(self, key: str) -> Check | None:
        """Return the row of this key, if it was judged."""
        return self.known.get(key)

    def put(self, key: str, check: Check) -> None:
        """Keep a row."""
        self.known[key] = check
        if self.path is not None:
            line = json.dumps({"key": key, **asdict(check)}) + "\n"
            with storage.file_lock(self.path), open(self.path, "a", encoding="utf-8") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())


def course_key(path: Path = KEY) -> bytes:
    """Return the course's key; it is drawn and written at the first call, readable for its owner alone."""
    with storage.file_lock(path):
        if not path.exists():
            with storage.atomic_write(path) as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(secrets.token_hex(32).encode())
        return bytes.fromhex(path.read_text().strip())


@functools.cache
def engine_hash() -> str:
    """Return the checksum of what decides: the engine, the items, the code beside the students'."""
    digest = hashlib.sha256()
    for file in (file for pattern in DECIDING for file in sorted(items.ROOT.glob(pattern))):
        if file.suffix in (".json", ".py", ".toml"):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
