"""Gradescope: its results.json, and the run in its container: python -m course.gradescope /autograder.

The results follow https://gradescope-autograders.readthedocs.io/en/latest/specs/. A valid file is there from the first
moment, and is replaced by a rename after each item: whenever the container is stopped, what is known stands.
"""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from course import grading, intake, marks
from course.ledger import OPEN
from nnlib import storage

BEGUN = "The grader has started and not finished: these points are not final. Tell your instructor if this stays."
FAILED = "The grader itself failed, not you: these points are not final, and a human will look at it."
OURS = "The grader failed at this check, not you: it takes no points, and a human will look at it."
BY_HAND = "Derivations and texts are marked by a human, and are not in these points."

Grade = Callable[[intake.Submission, str, Callable[[dict], None]], dict]  # of a submission, the tier, what to call


def results(grade: Mapping, note: str = "") -> dict:
    """Return what Gradescope reads for a settled grade: a test for each check, hidden ones shown once published.

    Where every test has points there is no score of the whole: Gradescope adds them up, and keeps the sum from students
    while some are hidden. The note is what the student has to know first.
    """
    tests = [_test(item["id"], check) for item in grade["items"] for check in item["checks"]]
    lost = (1 - grade["late"]["factor"]) * sum(test.get("score", 0) for test in tests)
    if lost:
        hours = grade["late"]["seconds"] / 3600
        lateness = {"name": f"handed in {hours:.1f} hours late", "score": -round(lost, 2), "max_score": 0}
        tests.append({**lateness, "visibility": "after_published"})
    error = grade["submission"]["error"]
    lines = [note, f"The submission cannot be read: {error}" if error else "", *grade["submission"]["notes"], BY_HAND]
    if grade["isolation"] == "none":
        lines.append("Graded without isolation.")
    found = {
        "execution_time": round(sum(check["seconds"] for item in grade["items"] for check in item["checks"])),
        "output": "\n".join(filter(None, lines)),
        "output_format": "text",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": {name: grade[name] for name in ("schema", "run", "release", "isolation", "late")},
    }
    return found if any("score" in test for test in tests) else {"score": 0, **found}


def _test(item: str, check: Mapping) -> dict:
    test = {
        "number": item,
        "name": check["name"],
        "output": check["message_student"] or check["status"],
        "output_format": "text",
        "visibility": "visible" if check["visibility"] == "public" else "after_published",
    }
    if check["status"] in OPEN:
        return test if check["status"] == "human" else {**test, "output": OURS}
    status = "passed" if check["status"] == "passed" else "failed"
    return {**test, "score": check["points"], "max_score": check["max"], "status": status}


def run(folder: Path, grade: Grade) -> dict:
    """Grade the submission in Gradescope's folder, /autograder; return what stands in its results in the end."""
    known = {"score": 0, "output": BEGUN, "output_format": "text", "stdout_visibility": "hidden", "tests": []}
    path = folder / "results" / "results.json"
    storage.write_text(path, json.dumps(known, indent=1))
    try:
        submission, late = _submission(folder)

        def progress(graded: dict, note: str = BEGUN) -> None:
            nonlocal known
            known = results(marks.settle(graded, {}, {}, late), note)
            storage.write_text(path, json.dumps(known, indent=1))

        progress(grade(submission, "auto", progress), "")
    except Exception:  # whatever fails here is ours, and the student's results must say so
        traceback.print_exc()
        known = {**known, "output": FAILED}
        storage.write_text(path, json.dumps(known, indent=1))
    return known


def _submission(folder: Path) -> tuple[intake.Submission, dict]:
    """Return what was handed in, by whom and how late, as far as Gradescope's metadata says."""
    (submission,) = intake.read([folder / "submission"])
    path = folder / "submission_metadata.json"
    if not path.exists():
        return submission, marks.late(None, None)
    metadata = json.loads(path.read_text(encoding="utf-8"))
    users = metadata.get("users") or [{}]
    due = (users[0].get("assignment") or metadata.get("assignment") or {}).get("due_date")
    student = ", ".join(user["email"] for user in users if "email" in user) or submission.student
    submitted = marks.moment("created_at", metadata["created_at"])
    deadline = marks.moment("due_date", due) if due else None
    return replace(submission, student=student, submitted=submitted), marks.late(submitted, deadline, marks.rule())


def main() -> int:
    """Grade what lies in the folder; return 1 if the grader itself failed."""
    parser = argparse.ArgumentParser(prog="python -m course.gradescope", description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="Gradescope's, with the submission and for the results")
    return int(run(parser.parse_args().folder, grading.grade)["output"].startswith(FAILED))


if __name__ == "__main__":
    sys.exit(main())
