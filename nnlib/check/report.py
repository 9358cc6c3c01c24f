"""What a student reads of the checks of their code: a line for each, what a mistake looks like, hints on demand."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from nnlib import checks, tables
from nnlib.check.engine import Result, judge
from nnlib.check.exercises import Item, items

UNKNOWN = "Not one of the mistakes I know."
LIMITS = "What passed is right to rounding on a few small random inputs; that proves nothing for other sizes or values."
ABOUT = {
    "shape": "names, shapes and initial values.",
    "value": "what the function computes, on random inputs of unequal sizes.",
    "gradient": "the gradients, compared with numerical differences of the definition.",
    "dtype": "the type of the results: float32 in, float32 out.",
    "mutation": "what belongs to the caller: arguments and cache stay as they are.",
    "stability": "large numbers: where a formula overflows or loses its digits.",
    "mode": "the difference between train and test mode, and what is kept between calls.",
    "economy": "how much work a backward pass does.",
    "trains": "whether gradient descent with these gradients makes the loss fall.",
}


def check(item: str, *, hint: int = 0) -> None:
    """Judge the code of an item, or of all items whose ids start with it, and print the results.

    The files are read from disk in a process of its own, so that neither a restart nor autoreload matters.

    Args:
        item: such as "1.4c", or "1.4" for 1.4a to 1.4d.
        hint: how much is said about what failed: 1 the property, 2 the location, 3 the term.

    Raises:
        ValueError: no item with code has this id, or another hint.
    """
    checks.choice("hint", hint, (0, 1, 2, 3))
    found = with_code(item) if isinstance(item, str) and item else []
    checks.require(bool(found), "item", "the id of an item with code, such as '1.4c' or '1.4'", repr(item))
    for each in found:
        print("\n".join(describe_item(each, judge_public(each), hint)))


def with_code(start: str = "") -> list[Item]:
    """Return the items whose ids begin with `start` and whose code is checked."""
    return [item for item in items().values() if item.rows and item.id.startswith(start)]


def judge_public(item: Item) -> list[Result]:
    """Return the results of an item's public checks."""
    return judge(item.id, rows=tuple(row for row in item.rows if row.public))


def describe_item(item: Item, results: Sequence[Result], hint: int = 0) -> list[str]:
    """Return the lines about an item."""
    lines = [line for result in results for line in describe(result, hint)]
    passed = sum(result.status == "passed" for result in results)
    hidden = f"; {item.hidden} hidden, not run" if item.hidden else ""
    return [*lines, f"{item.id}  public {passed} of {len(results)}{hidden}.{f' {LIMITS}' if passed else ''}"]


def describe(result: Result, hint: int = 0) -> list[str]:
    """Return the lines about one check."""
    start = f"{result.item}  "
    if result.status in ("passed", "not run"):
        return [f"{start}{result.status:7}  {result.name}{f': {result.message}' if result.message else ''}"]
    if result.status == "waits":
        return [f"{start}waits    {result.name}: for {result.message}, not written yet"]
    place = f" ({result.place})" if result.place else ""
    lines = [f"{start}FAILED   {result.name}: {result.message}{place}"]
    known = diagnoses().get(result.diagnosis)
    if result.status in ("failed", "exception"):
        lines.append(f"      Looks like: {known['looks']}" if known else f"      {UNKNOWN}")
    where = " ".join(part for part in (result.where, f"in {result.place}" if result.place else "") if part)
    hints = [f"It is about {ABOUT[result.property]}", f"Look at {where}." if where else ""]
    hints.append(f"Think of: {known['term']}" if known else "")
    return lines + [f"      Hint {level}: {text}" for level, text in enumerate(hints[:hint], 1) if text]


@functools.cache
def diagnoses() -> dict[str, dict[str, str]]:
    """Return what each mistake looks like, and its term, by id."""
    with open(Path(__file__).with_name("diagnoses.toml"), "rb") as file:
        return tomllib.load(file)


def table(start: str = "") -> tuple[list[str], bool]:
    """Judge all items whose ids begin with `start`, two at a time; return a line for each, and whether all passed."""
    found = with_code(start)
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(judge_public, found))
    rows = [("item", "public", "hidden", "", "title")]
    for item, own in zip(found, results, strict=True):
        passed = sum(result.status == "passed" for result in own)
        first = next((result for result in own if result.status != "passed"), None)
        note = f"{first.name} {first.status}" if first else ""
        if first and first.status == "waits":
            note = f"waits for {first.message}"
        rows.append((item.id, f"{passed} of {len(own)}", str(item.hidden or ""), note, item.title))
    return tables.align(rows), all(result.status == "passed" for own in results for result in own)
