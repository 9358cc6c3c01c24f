"""Fills one column of a gradebook that Canvas has exported, and leaves every other byte as it is.

What Canvas identifies students by is never rewritten. A student without a grade keeps an empty cell, not a 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from course import marks
from nnlib import checks, storage

ASSIGNMENT = re.compile(r"(?P<name>.+) \(\d+\)$")
IDENTITIES = ("ID", "SIS User ID", "SIS Login ID", "Integration ID", "Student")
UPLOAD = re.compile(r"(?P<name>[^_\s]+?)(?:_LATE)?_(?P<id>\d+)$")  # as Canvas names what a student uploaded
BOM = "\ufeff"


@dataclass(frozen=True)
class Filled:
    """The result of filling the column."""

    students: int  # how many have a grade now
    unmatched: tuple[str, ...]  # the graded students who are not in the gradebook
    withheld: Mapping[str, str]  # why a graded student has no grade yet, by student


def fill(
    export: Path, target: Path, grades: Sequence[Mapping], column: str | None = None, *, provisional: bool = False
) -> Filled:
    """Write the export with the totals of settled grades in one column to `target`, which may be the same file.

    The column is not needed where the export has only one assignment. With `provisional` totals that lack a human's
    marks are filled in as well, never those that lack what could not be graded.

    Raises:
        ValueError: no gradebook, no such assignment, or one with other points.
    """
    rows, names, at = read(export, column)
    _check_points(export, rows, at, grades)
    students = _match(rows, names, [grade["student"] for grade in grades])
    withheld, filled = {}, 0
    for grade in grades:
        row = students.get(grade["student"])
        missing = marks.failures(grade) if provisional else marks.unsettled(grade)
        if row is not None and missing:
            withheld[grade["student"]] = "; ".join(missing)
        elif row is not None:
            rows[row][2 * at] = f"{grade['total']:g}"
            filled += 1
    with storage.atomic_write(target) as file:
        file.write("".join(map("".join, rows)).encode("utf-8", "surrogateescape"))
    return Filled(filled, tuple(grade["student"] for grade in grades if grade["student"] not in students), withheld)


def read(export: Path, column: str | None) -> tuple[list[list[str]], list[str], int]:
    """Return a gradebook's records, as `split` does, the names of its columns and the index of the assignment's.

    Raises:
        ValueError: no gradebook, or no such assignment.
    """
    rows = split(export.read_bytes().decode("utf-8", "surrogateescape"))
    names = [value(field).lstrip(BOM) for field in rows[0][::2]]
    checks.require({"Student", "ID"} <= set(names), str(export), "Canvas's columns Student and ID", ", ".join(names))
    return rows, names, _column(export, names, column)


def split(text: str) -> list[list[str]]:
    """Return the records of a CSV, each as field, separator, field, separator, ...; joined they are the text."""
    separator = ";" if re.match(rf'{BOM}?"?Student"?;', text) else ","
    field = re.compile(rf'("(?:[^"]|"")*"|(?!")[^{separator}\r\n]*)({separator}|\r\n|\r|\n|\Z)')
    rows, at, new = [], 0, True
    while at < len(text) or not new:
        match = field.match(text, at)
        checks.require(match is not None, "gradebook", "a CSV", f"a quotation mark without its pair at character {at}")
        if new:
            rows.append([])
        rows[-1] += match.groups()
        at, new = match.end(), match[2] != separator
    return rows or [[""]]


def value(field: str) -> str:
    """Return what a field of the CSV means."""
    return field[1:-1].replace('""', '"') if field.startswith('"') else field


def _column(export: Path, names: Sequence[str], wanted: str | None) -> int:
    """Return the index of the assignment's column."""
    found = {at: match["name"] for at, name in enumerate(names) if (match := ASSIGNMENT.match(name))}
    hits = [at for at, name in found.items() if wanted in (None, name, names[at])]
    expected = "only one assignment" if wanted is None else f"one assignment {wanted!r}"
    todo = "Name the assignment, or export it alone."
    checks.require(len(hits) == 1, str(export), expected, ", ".join(found.values()) or "no assignment", todo)
    return hits[0]


def _check_points(export: Path, rows: Sequence[list[str]], at: int, grades: Sequence[Mapping]) -> None:
    """Refuse a column of other points than the homework's: a share of it must not count as all of it."""
    possible = [value(row[2 * at]) for row in rows if value(row[0]).strip() == "Points Possible" and len(row) > 2 * at]
    for grade in grades:
        most = sum(item["max"] for item in grade["items"])
        same = len(possible) == 1 and re.fullmatch(r"\d+(\.\d+)?", possible[0]) and float(possible[0]) == most
        checks.require(bool(same or grade["submission"]["error"]), str(export), f"{most:g} points possible", possible)


def _match(rows: Sequence[list[str]], names: Sequence[str], students: Sequence[str]) -> dict[str, int]:
    """Return each student's row, of those that exactly one row means and that mean no other's."""
    known: dict[str, set[int]] = {}
    for number, row in enumerate(rows[1:], 1):
        cells = dict(zip(names, map(value, row[::2]), strict=False))
        if not cells.get("ID") or len(row) != len(rows[0]):
            continue  # "Points Possible", a note above it, a line that is cut off
        keys = {cells[name].strip().casefold() for name in IDENTITIES if cells.get(name)}
        for key in keys | {f"{_letters(cells['Student'])}_{cells['ID']}"}:
            known.setdefault(key, set()).add(number)
    found = {}
    for student in students:
        upload = UPLOAD.match(student)
        key = f"{_letters(upload['name'])}_{upload['id']}" if upload else ""
        hits = known.get(student.strip().casefold(), set()) | known.get(key, set())
        if len(hits) == 1:
            found[student] = hits.pop()
    taken = list(found.values())
    return {student: row for student, row in found.items() if taken.count(row) == 1}


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))
