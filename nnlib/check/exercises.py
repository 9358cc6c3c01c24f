"""The items of the homework: their titles, points and numbers of checks, from exercises.toml."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nnlib import checks, storage

NAME = "exercises.toml"


@dataclass(frozen=True)
class Item:
    """One item of the homework.

    Attributes:
        id: such as "1.4a".
        title: what is to be done.
        points: a number; those of all items sum to 100.
        checks: how many checks its cell makes.
    """

    id: str
    title: str
    points: float
    checks: int


def find() -> Path:
    """Return the file: in course/ of the repository, or next to this module in a student's copy."""
    in_course = storage.REPOSITORY / "course" / NAME
    return in_course if in_course.is_file() else Path(__file__).with_name(NAME)


@cache
def items(path: Path | None = None) -> dict[str, Item]:
    """Return all items by their ids, in the order of the file."""
    with open(find() if path is None else path, "rb") as file:
        rows = tomllib.load(file)["item"]
    return {row["id"]: Item(row["id"], row["title"], row["points"], row["checks"]) for row in rows}


def of_question(question: str) -> list[Item]:
    """Return the items of a question, such as "q1".

    Raises:
        ValueError: there is no such question.
    """
    number = re.fullmatch(r"q(\d)", question)
    found = [item for item in items().values() if number and item.id.startswith(f"{number[1]}.")]
    checks.require(bool(found), "question", "one of 'q1' to 'q7'", repr(question))
    return found
