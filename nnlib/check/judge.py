"""Judges the code of an item, row by row: draws inputs, calls the student's functions in a worker, compares, decides."""

from __future__ import annotations

import subprocess
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlib import storage
from nnlib.check import cases, process, signatures
from nnlib.check.definitions import RUNNING
from nnlib.check.exercises import Item, Row, items
from nnlib.check.frames import Other
from nnlib.check.process import Process, StudentError
from nnlib.check.subjects import Call, Case, Comparison, Fault, Subject

TIMES_FORWARD, START_UP = 20, 0.5  # backward may take so many times as long as forward, and so many seconds more


@dataclass(frozen=True)
class Result:
    """What came of one row.

    Attributes:
        item, name, property: of the row.
        status: passed, failed, waits (for `message`, not written), not run (`message` says why), syntax, import,
            exception, timeout, killed or output.
        message: what was seen, in words.
        diagnosis: the id of the mistake, or "".
        seconds: that it took.
        place: "file:line" of the student's code, where an exception names it.
    """

    item: str
    name: str
    property: str
    status: str
    message: str = ""
    diagnosis: str = ""
    seconds: float = 0.0
    place: str = ""


def judge(
    item: str,
    root: Path = storage.REPOSITORY,
    seed: int = 0,
    rows: tuple[Row, ...] | None = None,
    start: Callable[[Path], subprocess.Popen] = process.start,
) -> list[Result]:
    """Return a result for each row of an item, all in one worker; a row whose `after` has not passed is not run.

    Args:
        item: its id.
        root: the folder that holds `nnlib` with the student's files.
        seed: of the inputs.
        rows: other rows than the item's.
        start: starts a worker for the root.
    """
    known: dict[str, Result] = {}
    with Process(root, start) as worker:
        _judge(items()[item], rows, worker, seed, known)
    return [result for result in known.values() if result.item == item]


def _judge(item: Item, rows: tuple[Row, ...] | None, worker: Process, seed: int, known: dict[str, Result]) -> None:
    for row in item.rows if rows is None else rows:
        if f"{item.id}:{row.name}" in known:
            continue
        result = None
        for key in (after if ":" in after else f"{item.id}:{after}" for after in row.after):
            if key not in known:
                other = items()[key.partition(":")[0]]
                wanted = tuple(each for each in other.rows if key == f"{other.id}:{each.name}")
                _judge(other, wanted, worker, seed, known)
            if key in known and known[key].status != "passed" and result is None:
                waits = known[key].status == "waits"
                status, message = ("waits", known[key].message) if waits else ("not run", f"needs {key}")
                result = Result(item.id, row.name, row.property, status, message)
        known[f"{item.id}:{row.name}"] = result or judge_row(item, row, worker, seed)


def judge_row(item: Item, row: Row, worker: Process, seed: int) -> Result:
    """Return the result of one row, whatever its `after` says; an exception of ours is the status "ours".

    Args:
        item, row: what is judged.
        worker: has the student's files.
        seed: of the inputs; each row draws its own with it.
    """
    rng = np.random.default_rng([seed, zlib.crc32(f"{item.id}:{row.name}".encode())])
    targets = tuple(each for each in item.targets if not row.of or each.rpartition(":")[2] in row.of)
    subjects = dict.fromkeys(cases.OF[target] for target in targets)
    started, status, message, diagnosis, place = time.perf_counter(), "passed", "", "", ""
    try:
        for subject in subjects:
            _judge_subject(Trial(subject, row, worker, targets, rng))
    except Fault as fault:
        status, message, diagnosis = "failed", fault.message, fault.diagnosis
    except StudentError as error:
        status, message, diagnosis = error.kind, error.message, error.diagnosis
        place = f"{Path(error.file).name}:{error.line}" if error.file else ""
    except Exception as error:
        status, message = "ours", f"{type(error).__name__}: {error}"
    seconds = time.perf_counter() - started
    return Result(item.id, row.name, row.property, status, message, diagnosis, seconds, place)


def _judge_subject(trial: Trial) -> None:
    """Raise what is wrong with a subject in the sense of a row."""
    tag = trial.row.name if trial.row.name in trial.subject.cases else trial.row.property
    inputs = trial.subject.inputs(tag, trial.rng)
    special = {"dtype": _dtype, "mutation": _mutation, "economy": _economy}
    if trial.row.property in special:
        return special[trial.row.property](trial, inputs[0])
    wrong: list[Comparison] = []
    error = None
    for case in inputs:
        try:
            wrong += trial.wrong(case)
        except StudentError as raised:
            if raised.kind != "exception":
                raise
            error = error or raised
    if error is not None:
        error.diagnosis = {"right": "square-only", "wrong": "transpose"}.get(trial.at_square_sizes(), "")
        raise error
    if wrong:
        first = [each for each in wrong if each.output == wrong[0].output]
        square = trial.at_square_sizes() if trial.subject.square else ""
        raise Fault(difference(first[0], trial.row), signatures.name(first, trial.functions[0], trial.row, square))
    return None


@dataclass(frozen=True)
class Trial:
    """One subject in one row."""

    subject: Subject
    row: Row
    worker: Process
    functions: tuple[str, ...]
    rng: np.random.Generator

    def calls(self, case: Case, *more: str) -> Iterator[Call]:
        """Return the calls that the row is about."""
        functions = (*self.functions, *more)
        return (call for call in self.subject.calls(self.worker, case, functions) if call.function in functions)

    def wrong(self, case: Case) -> list[Comparison]:
        """Return what differs from what is right."""
        found = [each for call in self.calls(case) for each in self.subject.compare(call, case)]
        wanted = [each for each in found if _wanted(self.row, each.output)]
        return [each for each in wanted if difference(each, self.row)]

    def at_square_sizes(self) -> str:
        """Return whether the subject is right or wrong where its sizes cannot be told apart; "" if it raises."""
        if not self.subject.square:
            return ""
        options = (self.subject.cases.get(self.row.property) or self.subject.cases[""])[0][1]
        try:
            case = self.subject.make(self.rng, *self.subject.square, **options)
            return "wrong" if self.wrong(case) else "right"
        except (StudentError, Fault):
            return ""


def _wanted(row: Row, output: str) -> bool:
    """Return whether a row is about an output."""
    if row.name == "running":
        return output in RUNNING
    if row.property == "value" and row.name != "labels":
        return output not in RUNNING and not output.startswith("d")
    return output.startswith("d") if row.property == "gradient" else True


def difference(comparison: Comparison, row: Row) -> str:
    """Return how what came differs from what is right, in words, or an empty string."""
    got, name = comparison.got, comparison.output
    if not isinstance(got, np.ndarray):
        kind = got.text if isinstance(got, Other) else "None" if got is None else type(got).__name__
        return f"{name} is {kind}, expected an array of shape {comparison.expected.shape}"
    expected = comparison.expected
    if got.shape != expected.shape:
        return f"{name} has shape {got.shape}, expected {expected.shape}"
    if row.property == "shape":
        return ""
    largest = np.nanmax(np.abs(expected), initial=0.0)
    with np.errstate(all="ignore"):
        off = ~(np.abs(got - expected) <= comparison.tolerance * largest + comparison.noise)
    off &= ~np.isnan(expected)
    if not off.any():
        return ""
    index = tuple(map(int, np.argwhere(off)[0]))
    where = f" at {index if len(index) != 1 else index[0]}" if index else ""
    count = f"; {int(off.sum())} of {off.size} entries differ" if off.size > 1 else ""
    return f"{name}{where} got {got[index]:.6g}, expected {expected[index]:.6g}{count}"


def _dtype(trial: Trial, case: Case) -> None:
    for call in trial.calls(_float32(case)):
        for name, got in call.results.items():
            dtype = getattr(got, "dtype", None)
            if name not in ("loss", *RUNNING) and dtype != np.float32:
                kind = got.text if isinstance(got, Other) else dtype or type(got).__name__
                raise Fault(f"{name} is {kind} for float32 inputs, expected float32", "float64-from-float32")


def _float32(value: object) -> object:
    if isinstance(value, dict):
        return {key: _float32(each) for key, each in value.items()}
    return value.astype(np.float32) if isinstance(value, np.ndarray) and value.dtype == np.float64 else value


def _mutation(trial: Trial, case: Case) -> None:
    results: dict[str, object] = {}
    for call in trial.calls(case, "again"):
        for name, before in call.before.items():
            if isinstance(before, np.ndarray) and not np.array_equal(before, call.after[name]):
                short = call.function.rpartition(":")[2]
                raise Fault(f"{name} is changed by {short}", "labels-changed" if name == "y" else "argument-changed")
        for name, got in call.results.items():
            if call.function == "again" and not np.array_equal(got, results[name]):
                raise Fault(f"{name} is another at a second call with the same cache", "cache-changed")
        results |= call.results


def _economy(trial: Trial, _: Case) -> None:
    """Raise unless a backward pass takes no longer than some forward passes, in a first call for warming up as well."""
    case = trial.subject.make(trial.rng, *trial.subject.large)
    forward = backward = math.inf
    for _ in range(2):
        calls = trial.calls(case)
        started = time.perf_counter()
        ...
