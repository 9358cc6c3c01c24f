"""Grades one submission, item by item, into one JSON object.

A row's points are given only for a complete, right answer. A failure of our own, an exception of the grader, has the
status "ours": it gives no points and takes none, and a human looks at it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime

from course import items, sandbox
from course.intake import Submission
from course.judging import decide, judge_item, make
from course.ledger import Cache, Check, course_key, engine_hash
from course.replay import figure
from course.training import TrainingJudge
from nnlib.check.exercises import Row
from nnlib.check.exercises import items as items_of_check

SCHEMA = 1


def grade(submission: Submission, isolation: str, progress: Callable[[dict], None]) -> dict:
    """Return the JSON object of a submission, and give it to `progress` after each item, as far as it is known.

    Marks that humans give, and lateness, are course.marks' to add.
    """
    tier, checks = sandbox.choose(isolation), {}
    for item in chosen():
        checks[item] = judge(submission, item, tier, Cache(None), course_key())
        graded = submission_object(submission, tier, checks)
        progress(graded)
    return graded


def judge(submission: Submission, item: str, tier: str, cache: Cache, key: bytes) -> list[Check]:
    """Return what a machine finds of an item; the arguments are those of `judge_item`."""
    if submission.error:
        rows = (*items_of_check()[item].rows, *machine_rows(item))
        return [make(row, "missing", submission.error) for row in rows]
    found = judge_item(submission, item, tier, cache, key)
    for row in machine_rows(item):
        if row.name == "figure":
            found.append(_figure(row, item, submission.files, cache))
        else:
            model = items.load().items[item]["model"]
            trained = TrainingJudge(item, model, tier, cache, key, submission.sha256)
            found += decide([row], submission.files, trained)
    return found


def _figure(row: Row, item: str, files: Mapping[str, str], cache: Cache) -> Check:
    """Return the check of a reported figure, of this run or an earlier one."""
    notebook = files.get(f"notebooks/{items.load().items[item]['notebook']}.ipynb", "")
    return cache.judged([item, notebook], lambda: figure(row, item, files))


def machine_rows(item: str) -> list[Row]:
    """Return the rows that a machine judges of an experiment."""
    rows = items.load().items[item].get("machine", ())
    return [Row(row["name"], "trains", points=row["points"]) for row in rows]


def submission_object(submission: Submission, tier: str, checks: Mapping[str, Iterable[Check]]) -> dict:
    """Return the object of a submission; `checks` are those that have been made, by item."""
    when, graded = submission.submitted, [item_object(*each) for each in checks.items()]
    return {
        "schema": SCHEMA,
        "run": datetime.now().astimezone().isoformat(timespec="seconds"),
        "release": engine_hash(),
        "submission": {
            "sha256": submission.sha256,
            "files": sorted(submission.files),
            "notes": list(submission.notes),
            "error": submission.error,
            "source": submission.source,
            "submitted": when.isoformat() if when else None,
        },
        "student": submission.student,
        "isolation": tier,
        "items": graded,
        "manual": [],
        "late": {"seconds": 0, "factor": 1.0},
        "total": total(graded),
    }


def item_object(item: str, checks: Iterable[Check]) -> dict:
    """Return the object of an item."""
    checks = [asdict(check) for check in checks]
    points = sum(check["points"] or 0 for check in checks)
    return {"id": item, "points": points, "max": items.load().items[item]["points"], "checks": checks}


def total(graded: Iterable[Mapping]) -> float:
    """Return the points of all items."""
    return round(sum(item["points"] for item in graded), 6)


def chosen(only: str = "") -> list[str]:
    """Return the ids of all items, or of those that begin with `only`.

    Raises:
        ValueError: there is none.
    """
    found = [item for item in items.load().items if item.startswith(only)]
    if not found:
        raise ValueError(f"--only: expected the beginning of an item's id, such as 1.4, got {only!r}.")
    return found


def answers(files: Mapping[str, str]) -> dict[str, str]:
    """Return the text that a submission holds for each item: its Markdown answers and its code cells.

    Of duplicated answers the last that is not empty counts.
    """
    notebooks = {name: json.loads(text)["cells"] for name, text in files.items() if name.endswith(".ipynb")}
    found: dict[str, str] = {}
    for item, row in items.load().items.items():
        by_marker: dict[str, str] = {}
        coded: list[str] = []
        for cell in notebooks.get(f"notebooks/{row['notebook']}.ipynb", ()):
            source = "".join(cell["source"])
            marker, _, rest = source.strip().partition("-->")
            if marker.startswith(f"<!-- answer {item}") and rest.strip():
                by_marker[marker] = rest.strip()
            if cell.get("id") in row["cells"] and cell.get("cell_type") == "code":
                coded.append(source)
        found[item] = "\n\n".join([*by_marker.values(), *coded]).strip()
    return found
