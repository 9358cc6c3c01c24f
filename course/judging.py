"""Judges one item of a submission: its rows by the engine that students run, in a sandbox, each with a reason."""

from __future__ import annotations

import builtins
import contextlib
import functools
import hmac
import importlib.util
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from course import items, sandbox
from course.extract import Extract, extract
from course.intake import Submission
from course.ledger import OPEN, Cache, Check
from course.watched import USUAL, WITH_TORCH, Limits, Sandboxed, stretch
from nnlib.check import report
from nnlib.check.engine import Result, judge_row
from nnlib.check.exercises import Row
from nnlib.check.exercises import items as items_of_check
from nnlib.check.process import SECONDS, Process

OWN_AFTER = ("gradient",)  # properties that mean something of their own where the row before has failed
STATUS = {"waits": "stub", "exception": "failed"}  # what the engine calls otherwise


def judge_item(
    submission: Submission, item: str, tier: str, cache: Cache, key: bytes, limits: Limits = USUAL
) -> list[Check]:
    """Return the result of each row of an item; `limits` are those of a worker that needs no PyTorch."""
    judge = Judge(item, item, tier, cache, key, submission.sha256, limits)
    return decide(items_of_check()[item].rows, submission.files, judge)


def decide(rows: Sequence[Row], files: Mapping[str, str], judge: Judge) -> list[Check]:
    """Return the result of each row, in their order, by a judge that has no code yet: it is taken from `files`."""
    if not rows:
        return []
    item = judge.code_item
    try:
        codes = [extract(files, item)]
        codes += [extract(files, item, ours=items.given(item))] if items.given(item) else []
    except Exception as error:  # of ours: what students write is text to `extract`
        return [make(row, "ours", "", f"{type(error).__name__}: {error}") for row in rows]
    if codes[0].status:
        return [make(row, codes[0].status, codes[0].message) for row in rows]
    judges = [replace(judge, code=code) for code in codes if not code.status]
    try:
        return _in_order(rows, judges)
    finally:
        for judge in judges:
            judge.close()


@functools.cache
def solution() -> dict[str, str]:
    """Return the repository's own files with the items' code, as if they had been handed in."""
    names = {items.file_of(target) for row in items.load().items.values() for target in row["targets"]}
    return {name: (items.ROOT / name).read_text(encoding="utf-8") for name in names}


def _in_order(rows: Iterable[Row], judges: list[Judge]) -> list[Check]:
    """Return the checks of an item's rows; a row whose `after` has not passed is not run, as far as it needs that."""
    passed: set[str] = set()
    found = []
    for row in rows:
        before = [name for name in row.after if ":" not in name and name not in passed]
        if before and row.property not in OWN_AFTER:
            check = make(row, "not run", f"it means something only if {', '.join(before)} passes")
        else:
            check = _judge(row, *judges)
            if check.status == "passed" and before:
                note = f"passed, though {', '.join(before)} did not: it was judged with the forward pass's own cache"
                check = replace(check, message_student=note, message_grader=note)
        passed |= {row.name} if check.status == "passed" else set()
        found.append(check)
    return found


def _judge(row: Row, own: Judge, lent: Judge | None = None) -> Check:
    """Judge a row with the student's own functions, and once more with the course's of the items that are given."""
    check = own.judge(row)
    if check.status in ("passed", "ours") or lent is None:
        return check
    again = lent.judge(row)
    if again.status != "passed":
        return check
    note = f"passed with the course's {', '.join(items.given(own.code_item))} in place of your own"
    return replace(again, message_student=note, message_grader=f"{note}; without: {check.message_grader}")


@dataclass
class Judge:
    """Judges an item's rows by the code of an item, its own or another's.

    A worker that is alive after a row goes on to the next. Nothing fails because of what an earlier row left in it: a
    row that does not pass there is judged again by a fresh one.
    """

    item: str
    code_item: str
    tier: str
    cache: Cache
    key: bytes
    sha256: str
    usual: Limits = USUAL
    code: Extract = field(default_factory=Extract)

    def __post_init__(self) -> None:
        self._held = contextlib.ExitStack()
        self.worker: Process | None = None
        self._started: list[Sandboxed] = []

    def judge(self, row: Row) -> Check:
        """Return the result of a row, of this run or an earlier one."""
        seed = int.from_bytes(hmac.digest(self.key, f"{self.item}\0{row.name}\0{self.sha256}".encode(), "sha256")[:8])
        return self.cache.judged([self.tier, seed, self.code.sources], lambda: self._try(row, seed))

    def result(self, row: Row, seed: int) -> Result:
        """Return what the engine says of a row."""
        return judge_row(items_of_check()[self.item], row, self.worker, seed)

    def limits(self) -> Limits:
        """Return what a worker may use."""
        return WITH_TORCH if "torch" in items.load().items[self.code_item].get("given", ()) else self.usual

    def close(self) -> None:
        """End the worker and remove its folder."""
        self._held.close()

    def _try(self, row: Row, seed: int) -> Check:
        try:
            return self._run(row, seed)
        except Exception as error:  # of ours, such as a full disk: it must not cost others their rows
            return make(row, "ours", "", f"{type(error).__name__}: {error}")

    def _run(self, row: Row, seed: int) -> Check:
        if self.worker is None:
            root = Path(self._held.enter_context(tempfile.TemporaryDirectory(prefix="nnlib-grade-")))
            self.code.write(root)
            self.worker = self._held.enter_context(Process(root, self._start))
        self.worker.seconds = SECONDS * stretch()
        used = self.worker.popen is not None
        self._started = [self.worker.popen] if used else []
        for each in self._started:
            each.renew()
        result = self.result(row, seed)
        if used and result.status != "passed":
            self.worker.stop()
            self._started = []
            result = self.result(row, seed)
        if result.status == "not run":  # it asks for PyTorch
            result = replace(
                result, status="ours" if self.limits().torch else "forbidden", message="there is no PyTorch"
            )
        if result.status == "ours" and self._solution_passes(row, seed):
            result = replace(result, status="output", message=f"the result cannot be compared: {result.message}")
        reason = next((each.reason for each in self._started if each.reason), "")
        return _told(row, result, self.code, reason, "".join(each.output for each in self._started).strip())

    def _solution_passes(self, row: Row, seed: int) -> bool:
        """Return whether the repository's own code passes a row: then an exception comes of what the student's sent."""
        code = extract(solution(), self.code_item)
        if code.sources == self.code.sources:
            return False
        judge = replace(self, code=code)
        try:
            return judge._run(row, seed).status == "passed"
        finally:
            judge.close()

    def _start(self, root: Path) -> Sandboxed:
        self._started.append(sandbox.start(self.tier, root, self.limits()))
        return self._started[-1]


def _told(row: Row, result: Result, code: Extract, reason: str, output: str) -> Check:
    """Return a result with its status and messages as the report needs them."""
    status, message = STATUS.get(result.status, result.status), result.message
    if result.status in ("killed", "timeout") and reason:
        message = f"ended after {reason}"
    if status != "passed" and ("memory" in reason or "MemoryError" in message):
        status = "memory"
    if status == "import":
        status = "forbidden" if _not_given(message) else "import"
    place = code.own_line(result.place) if result.place else ""
    diagnosis = report.diagnoses().get(result.diagnosis, {}).get("looks", "")
    where = f" ({place})" if place else ""
    whole = message + where + (f"\nLooks like: {diagnosis}" if diagnosis else "")
    if output:
        whole += f"\nprinted: {output}"
    student = whole if row.public else _hidden(status, result, place)
    return make(row, status, student, whole, result.diagnosis, result.seconds)


def _hidden(status: str, result: Result, place: str) -> str:
    """Return what a student reads of a hidden row: the exception's type, their own line, our words."""
    if result.status == "exception":
        kind = result.message.partition(":")[0]
        status = kind if hasattr(builtins, kind) else "an exception"  # one of theirs may be named after the inputs
        status += f" at {place}" if "/" in place else ""
    return "" if status == "passed" else f"a check of {report.ABOUT[result.property]} It came to: {status}."


def _not_given(message: str) -> bool:
    """Return whether an import failed because the module is kept from the worker; a misspelt one is nowhere."""
    found = re.search(r"No module named '(\w+)", message)
    return bool(found) and not found[1].startswith("__") and importlib.util.find_spec(found[1]) is not None


def make(
    row: Row, status: str, student: str, grader: str | None = None, diagnosis: str = "", seconds: float = 0.0
) -> Check:
    """Return the check of a row with the points that its status gives, and the words for both of its readers."""
    grader = student if grader is None else grader
    points = None if status in OPEN else row.points if status == "passed" else 0.0
    visibility = "public" if row.public else "hidden"
    return Check(
        row.name, row.property, points, row.points, visibility, status, student, grader, diagnosis, round(seconds, 3)
    )
