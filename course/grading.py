"""Grades one submission: each item of code in a sandbox of its own, row by row, into one JSON object.

A row's points are given only for a complete, right answer. What is ours to answer for, an exception of the grader, is
the status "ours": it gives no points and takes none, and a human looks at it.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import importlib.util
import json
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from course import items, sandbox
from course.extract import Extract, extract
from course.intake import Submission
from nnlib import storage
from nnlib.check import report
from nnlib.check.exercises import Row
from nnlib.check.exercises import items as items_of_check
from nnlib.check.judge import Result, judge_row
from nnlib.check.process import Process

SCHEMA = 1
KEY = items.ROOT / "course" / "key"  # never committed; whoever has it can tell the hidden inputs
ENGINE = (
    "nnlib/check",
    "nnlib/gradcheck.py",
    "nnlib/checks.py",
    "course/grading.py",
    "course/extract.py",
    "course/sandbox.py",
)
OWN_AFTER = ("gradient",)  # properties that mean something of their own where the row before has failed
STATUS = {"waits": "stub", "exception": "failed"}  # what the engine calls otherwise
NOTHING = ("missing", "syntax")


@dataclass(frozen=True)
class Check:
    """What came of one row of an item."""

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


def grade(
    submission: Submission,
    isolation: str = "auto",
    progress: Callable[[dict], None] | None = None,
    *,
    only: str = "",
    cache: Cache | None = None,
    key: bytes | None = None,
) -> dict:
    """Return the JSON object of a submission; marks that humans give, and lateness, are course.marks' to add.

    Args:
        submission: what was handed in.
        isolation: the sandbox's tier, or "auto".
        progress: called with the object so far after each item.
        only: the beginning of the ids of the items to grade.
        cache: of the rows that were judged before.
        key: the course's, from which the inputs are drawn; that of `course_key` by default.
    """
    tier = sandbox.choose(isolation)
    graded = blank(submission, tier)
    for item in chosen(only):
        checks = judge_item(submission, item, tier, cache or Cache(None), key or course_key())
        graded["items"].append(item_object(item, checks))
        graded["total"] = total(graded["items"])
        if progress is not None:
            progress(graded)
    return graded


def blank(submission: Submission, tier: str) -> dict:
    """Return the object of a submission of which nothing has been graded."""
    when = submission.submitted
    return {
        "schema": SCHEMA,
        "run": datetime.now().astimezone().isoformat(timespec="seconds"),
        "release": engine_hash(),
        "submission": {
            "sha256": submission.sha256,
            "files": sorted(submission.files),
            "notes": list(submission.notes),
            "error": submission.error,
            "source": submission.source,
            "submitted": when.isoformat() if when else None,
        },
        "student": submission.student,
        "isolation": tier,
        "items": [],
        "manual": [],
        "late": {"seconds": 0, "factor": 1.0},
        "total": 0.0,
    }


def item_object(item: str, checks: Iterable[Check]) -> dict:
    """Return the object of an item."""
    checks = [asdict(check) for check in checks]
    points = sum(check["points"] or 0 for check in checks)
    return {"id": item, "points": points, "max": items.load().items[item]["points"], "checks": checks}


def total(graded: Iterable[Mapping]) -> float:
    """Return the points of all items."""
    return round(sum(item["points"] for item in graded), 6)


def chosen(only: str = "") -> list[str]:
    """Return the ids of all items, or of those that begin so.

    Raises:
        ValueError: there is none.
    """
    found = [item for item in items.load().items if item.startswith(only)]
    if not found:
        raise ValueError(f"--only: expected the beginning of an item's id, such as 1.4, got {only!r}.")
    return found


def judge_item(submission: Submission, item: str, tier: str, cache: Cache, key: bytes) -> list[Check]:
    """Return what came of each row of an item; an item without rows has none."""
    rows = items_of_check()[item].rows
    if not rows:
        return []
    try:
        own = extract(submission.files, item)
        lent = extract(submission.files, item, ours=given(item)) if given(item) else None
    except Exception as error:  # of ours: what students write is text to `extract`
        return [_check(row, "ours", "", f"{type(error).__name__}: {error}") for row in rows]
    passed: set[str] = set()
    found = []
    for row in rows:
        before = [name for name in row.after if ":" not in name and name not in passed]
        if own.status:
            check = _check(row, own.status, own.message, own.message)
        elif before and row.property not in OWN_AFTER:
            why = f"it means something only if {', '.join(before)} passes"
            check = _check(row, "not run", why, why)
        else:
            check = _judge(submission, item, row, own, lent, tier, cache, key)
            if check.status == "passed" and before:
                note = f"passed, though {', '.join(before)} did not: it was judged with the forward pass's own cache"
                check = replace(check, message_student=note, message_grader=note)
        passed |= {row.name} if check.status == "passed" else set()
        found.append(check)
    return found


def given(item: str) -> list[str]:
    """Return the ids of the items whose functions an item may use."""
    return [each for each in items.load().items[item].get("given", ()) if each in items.load().items]


def _judge(
    submission: Submission, item: str, row: Row, own: Extract, lent: Extract | None, tier: str, cache: Cache, key: bytes
) -> Check:
    """Judge a row with the student's own functions, and once more with the course's of the items that are given."""
    check = _judge_once(submission, item, row, own, tier, cache, key)
    if check.status in ("passed", "ours") or lent is None or lent.status:
        return check
    again = _judge_once(submission, item, row, lent, tier, cache, key)
    if again.status != "passed":
        return check
    note = f"passed with the course's {', '.join(given(item))} in place of your own"
    return replace(again, message_student=note, message_grader=f"{note}; without: {check.message_grader}")


def _judge_once(
    submission: Submission, item: str, row: Row, code: Extract, tier: str, cache: Cache, key: bytes
) -> Check:
    seed = int.from_bytes(hmac.digest(key, f"{item}\0{row.name}\0{submission.sha256}".encode(), "sha256")[:8])
    name = hashlib.sha256(
        json.dumps([engine_hash(), tier, item, asdict(row), seed, code.sources], default=dict).encode()
    )
    known = cache.get(name.hexdigest())
    if known is not None:
        return known
    limits = sandbox.WITH_TORCH if "torch" in items.load().items[item].get("given", ()) else sandbox.Limits()
    with tempfile.TemporaryDirectory(prefix="nnlib-grade-") as folder:
        root = Path(folder)
        code.write(root)
        started: list[sandbox.Sandboxed] = []

        def start(_: Path) -> sandbox.Sandboxed:
            started.append(sandbox.start(tier, root, limits))
            return started[-1]

        with Process(root, start) as worker:
            result = judge_row(items_of_check()[item], row, worker, seed)
    check = _told(row, result, code, started)
    if check.status != "ours":
        cache.put(name.hexdigest(), check)
    return check


def _told(row: Row, result: Result, code: Extract, started: list[sandbox.Sandboxed]) -> Check:
    """Return a result with its status and messages as the report needs them."""
    status, message = STATUS.get(result.status, result.status), result.message
    reason = next((each.reason for each in started if each.reason), "")
    output = "".join(each.output for each in started).strip()
    if result.status in ("killed", "timeout") and reason:
        message = f"ended after {reason}"
    if "memory" in reason or "MemoryError" in message:
        status = "memory"
    if status == "import":
        status = "forbidden" if _not_given(message) else "import"
    place = code.own_line(result.place) if result.place else ""
    diagnosis = report.diagnoses().get(result.diagnosis, {}).get("looks", "")
    where = f" ({place})" if place else ""
    whole = f"{message}{where}{f' Looks like: {diagnosis}' if diagnosis else ''}"
    if output:
        whole += f"\nprinted: {output}"
    student = whole if row.public else _hidden(status, result, place)
    return _check(row, status, student, whole, result.diagnosis, result.seconds)


def _hidden(status: str, result: Result, place: str) -> str:
    """Return what a student reads of a hidden row: the exception's type, their own line, our words."""
    kind = f"{result.message.partition(':')[0]} at {place}" if result.status == "exception" and place else status
    return "" if status == "passed" else f"a check of {report.ABOUT[result.property]} It came to: {kind}."


def _not_given(message: str) -> bool:
    """Return whether an import failed because the module is kept from the worker; a misspelt one is nowhere."""
    found = re.search(r"No module named '(\w+)", message)
    return bool(found) and importlib.util.find_spec(found[1]) is not None


def _check(row: Row, status: str, student: str, grader: str, diagnosis: str = "", seconds: float = 0.0) -> Check:
    points = None if status == "ours" else row.points if status == "passed" else 0.0
    visibility = "public" if row.public else "hidden"
    return Check(
        row.name, row.property, points, row.points, visibility, status, student, grader, diagnosis, round(seconds, 3)
    )


class Cache:
    """The rows that were judged, one per line, each on the disk before the next is begun.

    Args:
        path: of the file; None keeps nothing.
        resume: whether to take up what it holds, or to begin it anew.
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
    for name in (
        *ENGINE,
        "course/exercises.toml",
        "nnlib/layers",
        "nnlib/losses.py",
        "nnlib/models.py",
        "nnlib/network.py",
    ):
        path = items.ROOT / name
        for file in sorted(path.rglob("*.*")) if path.is_dir() else (path,):
            if file.suffix in (".py", ".toml"):
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def answers(files: Mapping[str, str]) -> dict[str, str]:
    """Return the text that a submission holds for each item: its Markdown answers and its code cells.

    Of duplicated answers the last that is not empty counts.
    """
    found: dict[str, str] = {}
    for item, row in items.load().items.items():
        text = files.get(f"notebooks/{row['notebook']}.ipynb")
        cells = [{**cell, "source": "".join(cell["source"])} for cell in json.loads(text)["cells"]] if text else []
        marked = [cell["source"] for cell in cells if cell["source"].lstrip().startswith(f"<!-- answer {item}")]
        coded = [cell["source"] for cell in cells if cell.get("id") in row["cells"] and cell["cell_type"] == "code"]
        by_marker: dict[str, str] = {}
        for source in marked:
            marker, _, rest = source.strip().partition("-->")
            if rest.strip() or marker not in by_marker:
                by_marker[marker] = rest.strip()
        found[item] = "\n\n".join([*by_marker.values(), *coded]).strip()
    return found


def ungraded(submission: Submission, tier: str, only: Collection[str] = ()) -> dict:
    """Return the object of a submission that cannot be read: nothing is graded, and its error says why."""
    graded = blank(submission, tier)
    for item in only or chosen():
        rows = items_of_check()[item].rows
        graded["items"].append(
            item_object(item, [_check(row, "missing", submission.error, submission.error) for row in rows])
        )
    return graded
