"""The items of the homework: titles, points, targets and checks, from exercises.toml."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from nnlib import checks, storage

NAME = "exercises.toml"
ID = r"\d\.\d[a-z]?"
PYTORCH = "PyTorch: make setup-q6"


@dataclass(frozen=True)
class Row:
    """One check of the code of an item."""

    name: str  # unique within the item
    property: str  # shape, value, gradient, dtype, mutation, stability, mode, economy or trains
    of: tuple[str, ...] = ()  # the functions that it is about; empty for all of the item's targets
    after: tuple[str, ...] = ()  # checks that have to pass before: names in the same item, or "1.1:gradient"
    public: bool = True  # whether students may run it
    points: float = 0
    limits: Mapping[str, float] = field(default_factory=dict)  # where they differ from the usual ones: {"ratio": 20}


@dataclass(frozen=True)
class Item:
    """One item of the homework."""

    id: str  # such as "1.4a"
    title: str
    points: float  # those of all items sum to 100
    checks: int  # how many checks its cell makes, the public rows among them
    targets: tuple[str, ...] = ()  # what the student writes, "module:name"
    rows: tuple[Row, ...] = ()  # the checks of its code that are known here
    hidden: int = 0  # how many checks of its code only the grader makes
    cell: str = ""  # the checksum of its check cell as it was handed out, in a student's copy

    def written(self) -> float:
        """Return when a file of its targets was last changed, in seconds since the epoch."""
        files = (storage.REPOSITORY / f"{target.partition(':')[0].replace('.', '/')}.py" for target in self.targets)
        return max((file.stat().st_mtime for file in files if file.is_file()), default=0.0)


def checksum(source: str) -> str:
    """Return a checksum of a cell, whatever its line ends and blanks."""
    return hashlib.sha256("".join(source.split()).encode()).hexdigest()[:16]


def find() -> Path:
    """Return the file: in course/ of the repository, or next to this module in a student's copy."""
    in_course = storage.REPOSITORY / "course" / NAME
    return in_course if in_course.is_file() else Path(__file__).with_name(NAME)


@cache
def items() -> dict[str, Item]:
    """Return all items by their ids, in the order of the file."""
    with open(find(), "rb") as file:
        return {entry["id"]: _item(entry) for entry in tomllib.load(file)["item"]}


def _row(entry: dict) -> Row:
    of, after = (tuple(entry.get(key, ())) for key in ("of", "after"))
    public = entry.get("visibility") != "hidden"
    return Row(entry["name"], entry["property"], of, after, public, entry.get("points", 0), entry.get("limits", {}))


def _item(entry: dict) -> Item:
    rows = tuple(map(_row, entry.get("check", ())))
    public = sum(row.public for row in rows)
    hidden = entry.get("hidden", len(rows) - public)
    checks = entry["checks"] + public
    targets, cell = tuple(entry["targets"]), entry.get("cell", "")
    return Item(entry["id"], entry["title"], entry["points"], checks, targets, rows, hidden, cell)


def of_question(question: str) -> list[Item]:
    """Return the items of a question, such as "q1".

    Raises:
        ValueError: there is no such question.
    """
    number = re.fullmatch(r"q(\d)", question) if isinstance(question, str) else None
    found = [item for item in items().values() if number and item.id.startswith(f"{number[1]}.")]
    checks.require(bool(found), "question", "one of 'q1' to 'q7'", repr(question))
    return found


def item_in(error: BaseException) -> str:
    """Return the item that `error` says is not written, PyTorch if it is not installed, or an empty string.

    What is not written raises NotImplementedError("1.4 ..."). A worker's or a sweep's error holds such an exception's
    text: "... NotImplementedError: 1.4 batch norm ...".
    """
    if isinstance(error, ModuleNotFoundError) and error.name in ("torch", "torchvision"):
        return PYTORCH
    if isinstance(error, NotImplementedError) and (found := re.match(ID, str(error))):
        return found[0]
    found = re.search(rf"NotImplementedError: ({ID})\b", str(error))
    return found[1] if found else ""
