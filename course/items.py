"""The items of the homework with what is cut of each, from course/exercises.toml, validated."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KINDS = ("code", "experiment", "text")
PROPERTIES = ("shape", "value", "gradient", "dtype", "mutation", "stability", "mode", "economy", "trains")
VISIBILITIES = ("public", "hidden")


class ReleaseError(Exception):
    """The release cannot be made; the message lists every reason."""


@dataclass(frozen=True)
class Course:
    """What exercises.toml holds."""

    items: dict[str, dict]  # by id, in the order of the file
    kept: dict[str, set[str]]  # the ids of the `after` cells that stay, by notebook
    trimmed: dict[str, dict]  # by module what goes besides the items' code: `names`, and a new `docstring`
    rewords: list[dict]  # texts of one file that are replaced: `file`, `old`, `new`
    include: list[str]  # patterns of the repository's files that the copy holds
    exclude: list[str]  # of those the ones that it does not

    def stub(self, item: str, where: str | None = None) -> str:
        """Return what the unwritten code of an item says when it runs; `where` its task is, if not its notebook."""
        row = self.items[item]
        return f"{item} {row['title']}. Its task: {where or 'notebooks/' + row['notebook'] + '.ipynb'}"


@functools.cache
def load(root: Path = ROOT) -> Course:
    """Return the homework in `root`.

    Raises:
        ReleaseError: points that do not sum, or a row that does not fit the others.
    """
    with open(root / "course" / "exercises.toml", "rb") as file:
        text = tomllib.load(file)
    complaints = list(faults(text["item"]))
    if complaints:
        raise ReleaseError("course/exercises.toml:\n" + "\n".join(complaints))
    kept = {row["name"]: set(row["keep"]) for row in text.get("notebook", ())}
    trimmed = {row["module"]: row for row in text.get("cut", ())}
    items = {row["id"]: row for row in text["item"]}
    return Course(items, kept, trimmed, text.get("reword", []), text["copy"]["include"], text["copy"]["exclude"])


@functools.cache
def rubrics(root: Path = ROOT) -> dict[str, str]:
    """Return for what a human gives points, in words, by item: a line for each part.

    Raises:
        ReleaseError: an item that a human marks has no rubric, or parts that do not sum to what checks leave of it.
    """
    with open(root / "course" / "rubrics.toml", "rb") as file:
        parts = tomllib.load(file)
    rows = load(root).items
    left = {item: by_hand(row) for item, row in rows.items() if by_hand(row)}
    if parts.keys() != left.keys():
        raise ReleaseError(f"course/rubrics.toml: expected {sorted(left)}; {sorted(parts.keys() ^ left.keys())} differ")
    for item, points in left.items():
        if (total := sum(part[0] for part in parts[item])) != points:
            raise ReleaseError(f"course/rubrics.toml: {item} has {total:g} points, expected {points:g}")
    return {item: "\n".join(f"{points:g}: {words}" for points, words in rows) for item, rows in parts.items()}


def by_hand(row: dict) -> float:
    """Return how many of an item's points a human gives."""
    return row["points"] - sum(each["points"] for each in (*row.get("check", ()), *row.get("machine", ())))


def file_of(target: str) -> str:
    """Return the path of a module, or of a target's module: "nnlib.losses:svm_loss" is in "nnlib/losses.py"."""
    return target.partition(":")[0].replace(".", "/") + ".py"


def names_in(module: str, targets: Iterable[str]) -> list[str]:
    """Return the names of the targets that are in a module."""
    return [target.partition(":")[2] for target in targets if target.startswith(f"{module}:")]


@functools.cache
def given(item: str) -> list[str]:
    """Return the ids of the items whose functions an item may use."""
    rows = load().items
    return [each for each in rows[item].get("given", ()) if each in rows]


def faults(items: list[dict]) -> Iterator[str]:
    """Yield what is wrong with the items, in words."""
    total = sum(item["points"] for item in items)
    if total != 100:
        yield f"the items have {total:g} points in all, expected 100"
    ids = [item["id"] for item in items]
    if len(set(ids)) < len(ids):
        yield "an id is given twice"
    names = {f"{item['id']}:{row['name']}" for item in items for row in item.get("check", ())}
    for item in items:
        for fault in _faults_of_item(item, names):
            yield f"{item['id']}: {fault}"


def _faults_of_item(item: dict, names: set[str]) -> Iterator[str]:
    rows = item.get("check", [])
    if item["kind"] not in KINDS:
        yield f"kind: expected one of {KINDS}, got {item['kind']!r}"
    if (item["kind"] == "code") != bool(item["targets"]) or (item["kind"] == "code") != bool(rows):
        yield "items of the kind code have targets and checks, others have neither"
    if rows and (total := sum(row["points"] for row in rows) + item.get("derivation", 0)) != item["points"]:
        yield f"checks and derivation have {total:g} points, expected the item's {item['points']:g}"
    machine = item.get("machine", [])
    if machine and (item["kind"] != "experiment" or "model" not in item):
        yield "a machine judges experiments, which name their `model`"
    if {row["name"] for row in machine} - {"trains", "figure"}:
        yield f"machine: expected trains or figure, got {[row['name'] for row in machine]}"
    if any(row["points"] <= 0 for row in machine) or sum(row["points"] for row in machine) >= item["points"]:
        yield f"machine: expected points that leave a human some of the item's {item['points']:g}"
    own = {target.partition(":")[2] for target in item["targets"]}
    hidden = {row["name"] for row in rows if row["visibility"] == "hidden"}
    if len({row["name"] for row in rows}) < len(rows):
        yield "two checks have one name"
    if rows != sorted(rows, key=lambda row: row["visibility"] == "hidden"):
        yield "a public check stands after a hidden one, whose inputs it could print"
    for row in rows:
        if row["property"] not in PROPERTIES or row["visibility"] not in VISIBILITIES or row["points"] <= 0:
            yield f"{row['name']}: expected a property of {PROPERTIES}, public or hidden, and points"
        if unknown := set(row.get("of", ())) - own:
            yield f"{row['name']}: `of` names {sorted(unknown)}, which are not targets of the item"
        after = row.get("after", ())
        if unknown := {name if ":" in name else f"{item['id']}:{name}" for name in after} - names:
            yield f"{row['name']}: `after` names {sorted(unknown)}, which are not checks"
        if row["visibility"] == "public" and hidden.intersection(after):
            yield f"{row['name']}: a public check comes after a hidden one, which students cannot run"
