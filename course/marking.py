"""The page on which a human marks texts and derivations with a few keys, and saves the marks as a file.

python -m course.grade writes it with --html; what it saves is read by course.marks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from course import marks, report
from nnlib.check.exercises import items


def write_page(
    path: Path,
    grades: Sequence[Mapping],
    answers: Mapping[str, Mapping[str, str]],
    given: marks.Marks,
    rubrics: Mapping[str, str],
) -> None:
    """Write the page of all answers that a human marks, item by item, with the marks so far.

    Args:
        path: of the page.
        grades: of the submissions.
        answers: by student and item.
        given: the marks so far.
        rubrics: for what an item's points are given, by item.
    """
    tasks = [
        _task(grade["student"], item, answers.get(grade["student"], {}).get(item["id"], ""), given, rubrics)
        for id in items()  # all answers to one item after another
        for grade in grades
        for item in grade["items"]
        if item["id"] == id and marks.room(item) and not grade["submission"]["error"]
    ]
    report.write(path, report.render("marking.html", tasks=tasks, schema=marks.SCHEMA))


def _task(student: str, item: Mapping, answer: str, given: marks.Marks, rubrics: Mapping[str, str]) -> dict:
    id = item["id"]
    mark = given.get((student, id))
    task = {"student": student, "item": id, "title": items()[id].title, "max": marks.room(item)}
    task |= {"rubric": rubrics.get(id, ""), "text": report.shown(answer), "answer": marks.digest(answer)}
    task["mark"] = mark and {**asdict(mark), "at": mark.at.isoformat()}
    return {**task, "left": report.shown("\n".join(marks.left_open(item)))}
