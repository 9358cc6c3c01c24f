"""What a human adds to the checks, and what lateness costs.

Marks live in a file of their own, by student and item, so that grading again never loses one. Each holds the hash of
the answer that it was given for: when the answer changes, the mark still counts and is flagged as stale.
"""

from __future__ import annotations

import hashlib
import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from course.ledger import OPEN
from nnlib import checks
from nnlib.check import exercises

SCHEMA = 1
DAY = 86_400  # seconds

Marks = dict[tuple[str, str], "Mark"]


@dataclass(frozen=True)
class Mark:
    """Points that a human gave, from 0 to the item's."""

    student: str
    item: str
    points: float
    by: str
    at: datetime
    comment: str  # what the student reads
    answer: str  # `digest` of the answer that they were given for


@dataclass(frozen=True)
class Rule:
    """What lateness costs: nothing by default. The table `[late]` of exercises.toml, commented out there, sets it."""

    grace: float = 0  # seconds that cost nothing; a submission after them is late since the deadline
    per_day: float = 0  # share of the total that each day begun costs
    days: float = math.inf  # after so many nothing is given


def rule(path: Path | None = None) -> Rule:
    """Return the rule that exercises.toml holds.

    Raises:
        ValueError: its table `late` has other names, or something else than numbers that are not negative.
    """
    with open(path or exercises.find(), "rb") as file:
        table = tomllib.load(file).get("late", {})
    known = isinstance(table, dict) and all(
        name in Rule.__dataclass_fields__ and type(value) in (int, float) and value >= 0
        for name, value in table.items()
    )
    checks.require(known, "exercises.toml, [late]", f"numbers for {', '.join(Rule.__dataclass_fields__)}", repr(table))
    return Rule(**table)


def digest(answer: str) -> str:
    """Return the hash of an answer's text."""
    return hashlib.sha256(answer.encode("utf-8", "surrogatepass")).hexdigest()


def moment(name: str, text: object) -> datetime:
    """Return the time that an ISO text gives.

    Raises:
        ValueError: it is none, or has no offset, so that it means another time in another place.
    """
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        found = None
    offset = found is not None and found.tzinfo is not None
    checks.require(offset, name, "a time with its offset from UTC, such as 2027-02-13T23:59-05:00", repr(text))
    return found


def late(submitted: datetime | None, deadline: datetime | None, rule: Rule = Rule()) -> dict[str, float | None]:
    """Return how many `seconds` after the deadline it came, None if that is not known, and the `factor` of its total.

    Raises:
        ValueError: a time without an offset.
    """
    if deadline is None:
        return {"seconds": 0.0, "factor": 1.0}
    moment("deadline", deadline.isoformat())
    if submitted is None:
        return {"seconds": None, "factor": 1.0}
    moment("submitted", submitted.isoformat())
    seconds = max(0.0, (submitted - deadline).total_seconds())
    days = math.ceil(seconds / DAY) if seconds > rule.grace else 0
    factor = 0.0 if days > rule.days else max(0.0, 1 - rule.per_day * days)
    return {"seconds": seconds, "factor": round(factor, 6)}


def read(*paths: Path, maxima: Mapping[str, float]) -> Marks:
    """Return the marks of the files that exist; of two for the same answer the later one counts.

    Raises:
        ValueError: a file of another form; the message names the mark.
    """
    marks: Marks = {}
    for path in filter(Path.exists, map(Path, paths)):
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as error:  # no UTF-8, or no JSON
            raise ValueError(f"{path}: expected marks as JSON, got {error}.") from None
        known = isinstance(content, dict) and content.get("schema") == SCHEMA and isinstance(content.get("marks"), list)
        checks.require(known, str(path), f"marks of schema {SCHEMA}", "another file")
        for number, entry in enumerate(content["marks"]):
            mark = _mark(f"{path}, mark {number}", entry, maxima)
            older = marks.get((mark.student, mark.item))
            if older is None or mark.at >= older.at:
                marks[mark.student, mark.item] = mark
    return marks


def _mark(where: str, entry: object, maxima: Mapping[str, float]) -> Mark:
    fields = Mark.__dataclass_fields__
    checks.require(isinstance(entry, dict) and entry.keys() == fields.keys(), where, ", ".join(fields), repr(entry))
    for name in fields:
        right = type(entry[name]) in ((int, float) if name == "points" else (str,))
        checks.require(right, f"{where}, {name}", "a number" if name == "points" else "a text", repr(entry[name]))
    checks.require(entry["item"] in maxima, f"{where}, item", "an item of exercises.toml", repr(entry["item"]))
    most = maxima[entry["item"]]
    checks.require(0 <= entry["points"] <= most, f"{where}, points", f"0 to {most:g}", entry["points"])
    return Mark(**{**entry, "at": moment(f"{where}, at", entry["at"])})


def room(item: Mapping) -> float:
    """Return how many of a graded item's points a human gives: those of no check, or of one that is left to them."""
    return round(item["max"] - sum(check["max"] for check in item["checks"] if check["status"] not in OPEN), 6)


def left_open(item: Mapping) -> list[str]:
    """Return in words what a machine could not decide of a graded item, whose points `room` holds."""
    return [f"{each['name']}: {each['message_grader']}" for each in item["checks"] if each["status"] in OPEN]


def settle(grade: Mapping, marks: Marks, answers: Mapping[str, str], late: Mapping) -> dict:
    """Return the grade with the human's marks, its lateness and its total, None for what cannot be read.

    The answers are the submission's, by item; `late` is what the function of this name returns.
    """
    manual = []
    for item in grade["items"]:
        mark = marks.get((grade["student"], item["id"]))
        if mark is not None:
            flags = ["stale"] if mark.answer != digest(answers.get(item["id"], "")) else []
            flags += ["over"] if mark.points > room(item) else []
            points = min(mark.points, room(item))
            entry = {"id": item["id"], "points": points, "max": room(item), "by": mark.by, "at": mark.at.isoformat()}
            manual.append({**entry, "comment": mark.comment, "flags": flags})
    given = sum(part["points"] for part in (*grade["items"], *manual))
    total = None if grade["submission"]["error"] else round(given * late["factor"], 2)
    return {**grade, "manual": manual, "late": dict(late), "total": total}


def failures(grade: Mapping) -> list[str]:
    """Return what could not be graded, in words; a total without it is not a grade."""
    error = grade["submission"]["error"]
    found = [f"cannot be read: {error}"] if error else []
    for item in grade["items"]:
        ours = [check for check in item["checks"] if check["status"] == "ours"]
        if ours and item["id"] not in {mark["id"] for mark in grade["manual"]}:
            found += [f"{item['id']} {check['name']}: the grader failed: {check['message_grader']}" for check in ours]
    return found


def unmarked(grade: Mapping) -> list[Mapping]:
    """Return the items of a grade that a human has still to mark."""
    if grade["submission"]["error"]:
        return []
    done = {mark["id"] for mark in grade["manual"]}
    done |= {item["id"] for item in grade["items"] if any(check["status"] == "ours" for check in item["checks"])}
    return [item for item in grade["items"] if room(item) and item["id"] not in done]


def doubts(grade: Mapping) -> list[str]:
    """Return what a human has to look at besides marking, in words: failures, marks that do not fit, unknown times."""
    found = failures(grade)
    marked = {mark["id"] for mark in grade["manual"]}
    left = [(item["id"], check) for item in grade["items"] if item["id"] not in marked for check in item["checks"]]
    found += [f"{item} {each['name']}: {each['message_grader']}" for item, each in left if each["status"] == "human"]
    for mark in grade["manual"]:
        words = {"stale": f"the answer has changed after {mark['by']} marked it"}
        words["over"] = f"the mark is more than the {mark['max']:g} points that a human gives"
        found += [f"{mark['id']}: {words[flag]}" for flag in mark["flags"]]
    if grade["late"]["seconds"] is None and not grade["submission"]["error"]:
        found.append("when it was handed in is not known")
    return found


def unsettled(grade: Mapping) -> list[str]:
    """Return everything that a human has still to do for a grade, in words."""
    return doubts(grade) + [f"{item['id']}: no mark yet, of {room(item):g} points" for item in unmarked(grade)]
