"""The rows of a trial log: a trial with its result, a selection, an opening of the test set."""

from __future__ import annotations

import functools
import json
from dataclasses import asdict, dataclass, fields, is_dataclass
from types import UnionType
from typing import ClassVar, get_args, get_origin, get_type_hints

from nnlib import checks

STATUSES = ("done", "diverged", "stopped", "error", "died")
DEPTH = 32  # how deep lists and dictionaries of a row may be nested


class _Record:
    """A dataclass that JSON can hold."""

    @classmethod
    def from_json(cls, value: object):
        """Return the object that `to_json` described; a ValueError names a field that is missing, unknown or wrong."""
        types = _types(cls)
        checks.require(isinstance(value, dict), cls.__name__, "a JSON object", type(value).__name__)
        wrong = ", ".join(sorted(types.keys() ^ value.keys()))
        checks.require(not wrong, cls.__name__, f"the fields {', '.join(types)}", f"too many or too few: {wrong}")
        return cls(**{name: _read(name, value[name], kind) for name, kind in types.items()})

    def to_json(self) -> dict[str, object]:
        """Return the fields by name."""
        return asdict(self)


@dataclass(frozen=True)
class DataInfo(_Record):
    """What was trained on: the data set's name, a checksum of its examples, the numbers of examples."""

    name: str
    checksum: str
    train: int
    val: int

    def __post_init__(self):
        checks.require(min(self.train, self.val) > 0, "train, val", "at least one example", (self.train, self.val))


@dataclass(frozen=True)
class Curve(_Record):
    """Losses of some steps (None where not finite), and accuracies (fractions) after every epoch."""

    steps: list[int]
    losses: list[float | None]
    train_acc: list[float]
    val_acc: list[float]

    def __post_init__(self):
        checks.require(len(self.steps) == len(self.losses), "losses", f"{len(self.steps)} losses", len(self.losses))


@dataclass(frozen=True, kw_only=True)
class TrialRow(_Record):
    """A trial and its result.

    `id` is equal for the same settings, seed, solver options, data and code (`fingerprint`). A `status` other than
    'done' has a `reason`. `val_acc` (a fraction), `num_params` and `seconds` are None where there are none.
    `threads` and `machine` are what the arithmetic ran on, `layers` is "plain" or "fast", `finished` a UTC time.
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
    val_acc: float | None
    num_params: int | None
    curve: Curve
    seconds: float | None
    versions: dict[str, str]
    threads: int
    machine: str
    layers: str
    finished: str
    sweep: str = ""

    def __post_init__(self):
        checks.choice("status", self.status, STATUSES)
        checks.require(self.val_acc is None or 0 <= self.val_acc <= 1, "val_acc", "a fraction or null", self.val_acc)
        complete = None not in (self.val_acc, self.num_params, self.seconds)
        checks.require(complete or self.status != "done", "status", "a result where it is 'done'", "none")


@dataclass(frozen=True)
class Selection(_Record):
    """The selected point of a sweep.

    Attributes:
        settings: its hyper-parameters.
        val_acc: its mean validation accuracy over the seeds.
        standard_error: of the best point's mean.
        num_params: parameters of its model.
        best: the settings of the best mean; the selected ones, unless a simpler point was within reach.
        reason: why; what `print` shows.
    """

    settings: dict[str, object]
    val_acc: float
    standard_error: float
    num_params: int
    best: dict[str, object]
    reason: str

    def __str__(self):
        return self.reason


@dataclass(frozen=True)
class SelectionRow(Selection):
    """A selection with the sweep's name and a UTC time."""

    kind: ClassVar[str] = "selection"
    sweep: str
    time: str


@dataclass(frozen=True)
class OpeningRow(_Record):
    """An opening of the test set: the question, the data set's name and checksum, a UTC time."""

    kind: ClassVar[str] = "opening"
    question: str
    name: str
    checksum: str
    time: str


Row = TrialRow | SelectionRow | OpeningRow
KINDS: dict[str, type[Row]] = {cls.kind: cls for cls in (TrialRow, SelectionRow, OpeningRow)}


def row_to_line(row: Row) -> bytes:
    """Return a row as a line of JSON; a ValueError if a value is NaN or infinite."""
    return json.dumps({"kind": row.kind, **row.to_json()}, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def row_from_line(line: bytes) -> Row:
    """Return the row that a line holds; a ValueError says why it holds none."""
    try:
        value = json.loads(line)
        text = json.dumps(value, allow_nan=False, ensure_ascii=False, indent=1)
        text.encode()  # fails on half a character
    except RecursionError:
        text = "\n" + " " * DEPTH
    checks.require(
        "\n" + " " * DEPTH not in text, "row", f"fewer than {DEPTH} levels of lists and dictionaries", "more"
    )
    checks.require(isinstance(value, dict), "row", "a JSON object", type(value).__name__)
    kind = value.pop("kind", None)
    checks.require(isinstance(kind, str) and kind in KINDS, "kind", f"one of {', '.join(KINDS)}", repr(kind))
    return KINDS[kind].from_json(value)


@functools.cache
def _types(cls: type) -> dict[str, object]:
    hints = get_type_hints(cls)
    return {field.name: hints[field.name] for field in fields(cls)}


def _read(name: str, value: object, kind: object) -> object:
    if is_dataclass(kind):
        return kind.from_json(value)
    checks.require(_fits(value, kind), name, str(getattr(kind, "__name__", kind)), repr(value)[:60])
    return value


def _fits(value: object, kind: object) -> bool:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is UnionType:
        return any(_fits(value, one) for one in arguments)
    if origin in (list, dict):
        items = value.values() if isinstance(value, dict) else value
        return isinstance(value, origin) and all(_fits(item, arguments[-1]) for item in items)
    if kind is float:
        return type(value) in (int, float) and abs(value) < 1e300  # an integer may be too large for a float
    return kind is object or type(value) is kind  # a bool is no number here
