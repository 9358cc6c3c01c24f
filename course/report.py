"""Writes what the grader found: JSON, CSV, a page for each student, and two for the graders.

Everything that comes from a submission is data: it is escaped in HTML, and harmless to a spreadsheet in CSV. A
student's page holds no word that is meant for the grader, not even hidden from view.
"""

from __future__ import annotations

import csv
import functools
import hashlib
import io
import json
import re
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import jinja2

from course import marks
from course.ledger import OPEN
from nnlib import storage
from nnlib.check.exercises import items
from nnlib.check.report import diagnoses

FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # what a spreadsheet computes (OWASP, "CSV injection")
COMMONEST = 30  # mistakes that the class page lists
UNNAMED = "not one of the mistakes I know"
NO_MISTAKE = ("passed", "not run", *OPEN)
STATUS = {
    "passed": "passed",
    "failed": "failed",
    "not run": "not run: it needs a check that did not pass",
    "missing": "not found in what was handed in",
    "stub": "not written",
    "syntax": "syntax error",
    "import": "import failed",
    "timeout": "out of time",
    "memory": "out of memory",
    "killed": "ended from outside",
    "output": "no readable answer",
    "forbidden": "uses what this item does not allow",
    "ours": "the grader failed; a human will look at it",
    "human": "a human will look at it",
}


def lines(grade: Mapping) -> Iterator[str]:
    """Yield each item's points, and under them what a grader has to know: checks of one reason together."""
    yield from map(shown, grade["submission"]["notes"])
    given, unmarked = {mark["id"]: mark["points"] for mark in grade["manual"]}, marks.unmarked(grade)
    for item in () if grade["submission"]["error"] else grade["items"]:
        points = item["points"] + given.get(item["id"], 0)
        yield f"{item['id']:5} {points:6g} of {item['max']:g}  {items()[item['id']].title}"
        reasons: dict[str, list[str]] = {}
        for check in item["checks"]:
            status, message = check["status"], check["message_grader"]
            if status != "passed" or message:
                words = f"{STATUS[status]}: {message}" if message else STATUS[status]
                reasons.setdefault(message if status == "not run" else words, []).append(check["name"])
        for words, names in reasons.items():
            yield shown(f"{'':8}{', '.join(names)}: {words}").replace("\n", f"\n{'':10}")
        if item in unmarked:
            yield f"{'':8}{marks.room(item):g} for a human to mark"


def write_json(path: Path, grades: Sequence[Mapping]) -> None:
    """Write one object for one submission, a list for several."""
    write(path, json.dumps(grades[0] if len(grades) == 1 else list(grades), indent=1))


def write_csv(path: Path, grades: Sequence[Mapping]) -> None:
    """Write a row for each submission: its total, what is unsettled, the points of each item and those of a human.

    A cell is empty where there are no points yet; it is never 0 instead.
    """
    ids = list(dict.fromkeys(item["id"] for grade in grades for item in grade["items"]))
    about = ["student", "total", "late_factor", "isolation", "sha256", "run", "unsettled"]
    head = [*about, *ids, *(f"{each} by hand" for each in ids)]
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, head, quoting=csv.QUOTE_NONNUMERIC)  # where a semicolon separates, a cell stays one
    table.writeheader()
    for grade in grades:
        row = {name: grade[name] for name in ("student", "total", "isolation", "run")}
        row |= {"sha256": grade["submission"]["sha256"], "late_factor": grade["late"]["factor"]}
        row["unsettled"] = "; ".join(marks.unsettled(grade))
        row |= {item["id"]: item["points"] for item in grade["items"] if _judged(item)}
        row |= {f"{mark['id']} by hand": mark["points"] for mark in grade["manual"]}
        table.writerow({name: harmless(cell) for name, cell in row.items()})
    write(path, text.getvalue())


def harmless(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" ").startswith(FORMULA) else cell


def write_html(folder: Path, grades: Sequence[Mapping]) -> None:
    """Write `folder`/class.html for the graders, and `folder`/students/NAME.html, one to hand out to each."""
    for grade in grades:
        write(folder / "students" / page_name(grade["student"]), student_page(grade))
    write(folder / "class.html", class_page(grades))


def write_marking_page(
    path: Path,
    grades: Sequence[Mapping],
    answers: Mapping[str, Mapping[str, str]],
    given: marks.Marks,
    rubrics: Mapping[str, str],
) -> None:
    """Write the page on which a human marks texts and derivations with a few keys, item by item, and saves the marks.

    The answers are by student and item, the rubrics by item; `given` are the marks so far.
    """
    tasks = [
        _task(grade["student"], item, answers.get(grade["student"], {}).get(item["id"], ""), given, rubrics)
        for id in items()  # all answers to one item after another
        for grade in grades
        for item in grade["items"]
        if item["id"] == id and marks.room(item) and not grade["submission"]["error"]
    ]
    write(path, render("marking.html", tasks=tasks, schema=marks.SCHEMA))


def _task(student: str, item: Mapping, answer: str, given: marks.Marks, rubrics: Mapping[str, str]) -> dict:
    id = item["id"]
    mark = given.get((student, id))
    task = {"student": student, "item": id, "title": items()[id].title, "max": marks.room(item)}
    task |= {"rubric": rubrics.get(id, ""), "text": shown(answer), "answer": marks.digest(answer)}
    task["mark"] = mark and {**asdict(mark), "at": mark.at.isoformat()}
    return {**task, "left": shown("\n".join(marks.left_open(item)))}


def page_name(student: str) -> str:
    """Return the name of a student's page: readable, of its own, and a plain name whatever the student's is."""
    plain = re.sub(r"[^\w.-]", "_", student, flags=re.ASCII).strip(".")[:60]
    mark = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{plain}-{mark}.html"


def student_page(grade: Mapping) -> str:
    """Return the page that a student reads: every check with its points and the reason."""
    comments = {mark["id"]: mark for mark in grade["manual"]}
    return render("student.html", grade=grade, manual=comments, room=marks.room)


def class_page(grades: Sequence[Mapping]) -> str:
    """Return the page of the whole class: what is left to do, points, the commonest mistakes, time, every failure."""
    todo = [(grade["student"], line) for grade in grades for line in marks.doubts(grade)]
    totals = [grade["total"] for grade in grades if grade["total"] is not None]
    return render(
        "class.html",
        grades=grades,
        todo=todo,
        unmarked=sum(len(marks.unmarked(grade)) for grade in grades),
        totals=totals,
        by_item=by_item(grades),
        mistakes=mistakes(grades),
        seconds=[sum(_seconds(item) for item in grade["items"]) for grade in grades],
        page_name=page_name,
        median=statistics.median,
    )


def by_item(grades: Sequence[Mapping]) -> list[dict]:
    """Return for each item, over all submissions that could be read: points, how many have all and none, seconds."""
    found: dict[str, list[Mapping]] = {}
    for grade in grades:
        if not grade["submission"]["error"]:
            for item in filter(_judged, grade["items"]):
                found.setdefault(item["id"], []).append(item)
    rows = []
    for id, graded in found.items():
        points, seconds = [item["points"] for item in graded], [_seconds(item) for item in graded]
        most = max(sum(check["max"] for check in item["checks"]) for item in graded)
        row = {"id": id, "submissions": len(graded), "max": most, "mean": statistics.mean(points)}
        row |= {"all": points.count(most), "none": points.count(0)}
        rows.append(row | {"median_seconds": statistics.median(seconds), "most_seconds": max(seconds)})
    return rows


def mistakes(grades: Sequence[Mapping]) -> list[dict]:
    """Return the commonest mistakes by item and name, and how many submissions have each; once per submission."""
    counts: Counter[tuple[str, str]] = Counter()
    for grade in grades:
        if not grade["submission"]["error"]:
            checks = [(item["id"], check) for item in grade["items"] for check in item["checks"]]
            counts.update({(item, _name(check)) for item, check in checks if check["status"] not in NO_MISTAKE})
    known = diagnoses()
    return [
        {"item": item, "name": name, "looks": known.get(name, {}).get("looks", STATUS.get(name, "")), "count": count}
        for (item, name), count in counts.most_common(COMMONEST)
    ]


def _name(check: Mapping) -> str:
    return check["diagnosis"] or (UNNAMED if check["status"] == "failed" else check["status"])


def _judged(item: Mapping) -> bool:
    """Return whether an item has points by checks, none of which is left to a human."""
    return bool(item["checks"]) and all(check["status"] not in OPEN for check in item["checks"])


def _seconds(item: Mapping) -> float:
    return sum(check["seconds"] for check in item["checks"])


def render(template: str, **values: object) -> str:
    """Return a template's page, everything in it escaped."""
    return _environment().get_template(template).render(**values)


@functools.cache
def _environment() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(Path(__file__).with_name("templates"))
    options = {"autoescape": True, "trim_blocks": True, "lstrip_blocks": True, "undefined": jinja2.StrictUndefined}
    environment = jinja2.Environment(loader=loader, **options)
    environment.filters |= {"shown": shown, "number": "{:g}".format, "seconds": "{:.1f}".format}
    environment.globals |= {"OPEN": OPEN, "STATUS": STATUS, "items": items()}
    return environment


def shown(text: str) -> str:
    """Return a text in which every character is seen: control and format characters stand as their escapes."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


def write(path: Path, text: str) -> None:
    """Write a text, whole or not at all."""
    with storage.atomic_write(path) as file:
        file.write(text.encode("utf-8", "backslashreplace"))


def between(page: Path, name: str, text: str) -> None:
    """Put a text between the comments "name" and "end of name" of a Markdown page, in place of what stands there."""
    before, opening, rest = page.read_text(encoding="utf-8").partition(f"<!-- {name} -->\n")
    _, closing, after = rest.partition(f"<!-- end of {name} -->")
    if not (opening and closing):
        raise ValueError(f"{page}: expected the comments {name} and end of {name}")
    write(page, f"{before}{opening}{text}\n{closing}{after}")
