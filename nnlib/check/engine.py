"""Judges the code of an item row by row: draws inputs, calls the functions in a worker, compares, decides."""

from __future__ import annotations

import subprocess
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlib import storage
from nnlib.check import cases, process
from nnlib.check.examination import Examination, examine
from nnlib.check.exercises import Item, Row, items
from nnlib.check.process import Process, StudentError
from nnlib.check.subjects import Fault


@dataclass(frozen=True)
class Result:
    """The result of one row.

    Its status is passed, failed, waits (for `message`, not written), not run (`message` says why), syntax, import,
    exception, timeout, killed, output, or ours: an exception in the check itself.
    """

    item: str
    name: str
    property: str
    status: str
    message: str = ""  # what was seen, in words
    diagnosis: str = ""  # the id of the mistake
    seconds: float = 0.0
    place: str = ""  # "file:line" of the student's code, if an exception names it
    where: str = ""  # which result of which function is wrong


def judge(
    item: str,
    root: Path = storage.REPOSITORY,
    seed: int = 0,
    rows: tuple[Row, ...] | None = None,
    start: Callable[[Path], subprocess.Popen] = process.start,
) -> list[Result]:
    """Return a result for each row of an item, or of `rows`; a row whose `after` has not passed is not run.

    One worker, which `start` starts, runs all of them with the student's files in `root`/nnlib.
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
                first = f"{key.replace(':', ' ')} has to pass first"
                status, message = ("waits", known[key].message) if waits else ("not run", first)
                result = Result(item.id, row.name, row.property, status, message)
        known[f"{item.id}:{row.name}"] = result or judge_row(item, row, worker, seed)


def judge_row(item: Item, row: Row, worker: Process, seed: int) -> Result:
    """Return the result of one row, whatever its `after` says; each row draws inputs of its own with the seed."""
    rng = np.random.default_rng([seed, zlib.crc32(f"{item.id}:{row.name}".encode())])
    targets = tuple(each for each in item.targets if not row.of or each.rpartition(":")[2] in row.of)
    subjects = dict.fromkeys(cases.OF[target] for target in targets)
    started, status, message, diagnosis, place, where = time.perf_counter(), "passed", "", "", "", ""
    try:
        for subject in subjects:
            examine(Examination(subject, row, worker, targets, rng))
    except Fault as fault:
        status, message, diagnosis, where = "failed", fault.message, fault.diagnosis, fault.where
    except StudentError as error:
        status, message, diagnosis = error.kind, error.message, error.diagnosis
        place = f"{Path(error.file).name}:{error.line}" if error.file else ""
        if status == "import" and "'torch'" in message:
            status, message, place = "not run", "needs PyTorch (make setup-q6)", ""
    except Exception as error:
        status, message = "ours", f"{type(error).__name__}: {error}"
    seconds = time.perf_counter() - started
    return Result(item.id, row.name, row.property, status, message, diagnosis, seconds, place, where)
