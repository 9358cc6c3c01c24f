"""The rows of a trial log: a trial with its result, a selection, an opening of the test set."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import ClassVar

from nnlib import checks
from nnlib.provenance.plain_json import Record, strict_json

STATUSES = ("done", "diverged", "stopped", "error", "died")


@dataclass(frozen=True)
class DataInfo(Record):
    """What was trained on: the data set's name, a checksum of its examples, the numbers of examples."""

    name: str
    checksum: str
    train: int
    val: int

    def __post_init__(self):
        super().__post_init__()
        checks.require(0 < self.val < 2**53, "val", "at least one example, and fewer than 2^53", self.val)


@dataclass(frozen=True)
class Curve(Record):
    """Losses of some steps (None where not finite), and accuracies (fractions) after every epoch."""

    steps: list[int]
    losses: list[float | None]
    train_acc: list[float]
    val_acc: list[float]

    def __post_init__(self):
        super().__post_init__()
        checks.require(len(self.steps) == len(self.losses), "losses", f"{len(self.steps)} losses", len(self.losses))


@dataclass(frozen=True, kw_only=True)
class TrialRow(Record):
    """A trial and its result.

    `id` is equal for the same settings, seed, solver options, data and code (`fingerprint`). A `status` other than
    'done' has a `reason`. `val_acc` (a fraction), `num_params` and `seconds` are None where there are none.
    `threads` and `machine` are what the arithmetic ran on; `layers` names the layers, as in `nnlib.backend`; `finished`
    is a UTC time; `wrong` are the indices of the validation examples that the model gets wrong, None if not known.
    """

    kind: ClassVar[str] = "trial"
    id: str
    settings: dict[str, object]
    seed: int
    solver: dict[str, object]
    make_model: dict[str, object]
    data: DataInfo
    fingerprint: str
    status: str
    reason: str
    val_acc: float | None = None
    num_params: int | None = None
    curve: Curve = Curve([], [], [], [])
    seconds: float | None = None
    versions: dict[str, str]
    threads: int
    machine: str
    layers: str
    finished: str
    sweep: str = ""
    wrong: list[int] | None = None

    def __post_init__(self):
        super().__post_init__()
        checks.choice("status", self.status, STATUSES)
        checks.require(self.val_acc is None or 0 <= self.val_acc <= 1, "val_acc", "a fraction or null", self.val_acc)
        outside = next((index for index in self.wrong or () if not 0 <= index < self.data.val), None)
        checks.require(outside is None, "wrong", f"indices of {self.data.val} validation examples", outside)
        complete = None not in (self.val_acc, self.num_params, self.seconds)
        checks.require(complete or self.status != "done", "status", "a result where it is 'done'", "none")


@dataclass(frozen=True)
class Selection(Record):
    """The selected point of a sweep; `val_acc` is its mean over the seeds, `time` a UTC time.

    `best` are the settings of the best mean. `standard_error` is the one that the `reason` names: of the difference
    from the best mean, or of that mean where it is selected. `print` shows the `reason`, and a warning of an edge.
    """

    kind: ClassVar[str] = "selection"
    settings: dict[str, object]
    val_acc: float
    standard_error: float
    num_params: int
    best: dict[str, object]
    reason: str
    sweep: str
    time: str

    def __str__(self):
        return self.reason


@dataclass(frozen=True)
class OpeningRow(Record):
    """An opening of the test set: the question, the data set's name and checksum, a UTC time."""

    kind: ClassVar[str] = "opening"
    question: str
    name: str
    checksum: str
    time: str


Row = TrialRow | Selection | OpeningRow
KINDS: dict[str, type[Row]] = {cls.kind: cls for cls in (TrialRow, Selection, OpeningRow)}


def row_to_line(row: Row) -> bytes:
    """Return a row as a line of JSON; a ValueError if a value is NaN or infinite, a TypeError if it is no row."""
    checks.instance("row", row, Row, "a row of a trial log, such as sweep.rows[0]")
    return json.dumps({"kind": row.kind, **row.to_json()}, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def row_from_line(line: bytes) -> Row:
    """Return the row that a line holds; a ValueError says why it holds none."""
    value = strict_json(line)
    kind = value.pop("kind", None)
    checks.require(isinstance(kind, str) and kind in KINDS, "kind", f"one of {', '.join(KINDS)}", repr(kind))
    return KINDS[kind].from_json(value)
