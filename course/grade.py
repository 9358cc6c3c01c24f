"""Grades submissions, each with reasons: python -m course.grade PATH... (folders, zips, zips of zips)."""

from __future__ import annotations

import argparse
import contextlib
import math
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import joblib
from tqdm import tqdm

from course import canvas, grading, intake, items, marks, report, sandbox
from course.intake import Submission
from course.ledger import Cache, Check, course_key
from nnlib import checks
from nnlib.tables import align

CACHE = items.ROOT / "build" / "grades"


def main(argv: Sequence[str] | None = None) -> int:
    """Grade what the command line names; return 0, 1 if a human has to look at something, 2 if it could not be done."""
    options = parser().parse_args(argv)
    sys.stdout.reconfigure(errors="backslashreplace")
    try:
        checks.require(options.jobs > 0, "--jobs", "a positive number", options.jobs)
        wanted = grading.chosen(options.only)
        deadline, rule = marks.moment("--deadline", options.deadline) if options.deadline else None, marks.rule()
        maxima = {item: row["points"] for item, row in items.load().items.items()}
        given = marks.read(*options.marks, maxima=maxima)
        key = course_key()
        try_outputs(options)
        tier = sandbox.choose(options.isolation)
        submissions = list(intake.read(options.paths, options.roster))
        count = f"{len(submissions)} submission{'s' * (len(submissions) != 1)}"
        print(f"{count}, {len(wanted)} item{'s' * (len(wanted) != 1)}, isolation: {tier}")
        found = grade_all(submissions, wanted, tier, options, key)
    except (ValueError, RuntimeError, OSError) as error:
        print(f"course.grade: {report.shown(str(error))}", file=sys.stderr)
        return 2
    graded = []
    for submission, each in zip(submissions, found, strict=True):
        late = marks.late(submission.submitted, deadline, rule)
        graded.append(marks.settle(each, given, grading.answers(submission.files), late))
    if deadline and not rule.per_day and rule.days == math.inf:
        print("Lateness is shown, and costs nothing: exercises.toml has no table [late], of which it shows an example.")
    if others := sorted({student for student, _ in given} - {each["student"] for each in graded}):
        print(f"{len(others)} who have marks are not among these, such as {report.shown(others[0])}", file=sys.stderr)
    unwritten = list(write(graded, submissions, given, options))
    troubled = [report.shown(each["student"]) for each in graded if marks.failures(each)]
    if troubled:
        print(f"A human has to look at: {', '.join(troubled)}", file=sys.stderr)
    for words in unwritten:
        print(f"course.grade: not written: {words}; with --resume the same command goes on", file=sys.stderr)
    return 2 if unwritten else 1 if troubled else 0


def parser() -> argparse.ArgumentParser:
    """Return the command line's parser."""
    made = argparse.ArgumentParser(prog="python -m course.grade", description=__doc__)
    made.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a folder, a zip, or a zip of zips")
    made.add_argument("--jobs", type=int, default=2, help="how many items are graded at a time (2)")
    made.add_argument("--scheduler", metavar="URL", help="of a Dask cluster that grades, in place of --jobs")
    made.add_argument("--only", default="", metavar="ITEM", help="grade items whose ids start with this, such as 1.4")
    made.add_argument(
        "--resume", action="store_true", help="take up the rows of earlier runs; what has changed is graded again"
    )
    made.add_argument("--roster", type=Path, metavar="CSV", help="with the columns submission and student")
    made.add_argument("--deadline", metavar="TIME", help="such as 2027-02-13T23:59-05:00, with its offset")
    made.add_argument(
        "--json", type=Path, metavar="OUT", help="the grades: one object, or a list for several submissions"
    )
    made.add_argument("--html", type=Path, metavar="DIR", help="a page for each student, and one for graders")
    made.add_argument("--csv", type=Path, metavar="FILE", help="a table of points")
    made.add_argument(
        "--canvas", type=Path, metavar="EXPORT", help="Canvas's exported gradebook; a filled copy is put beside it"
    )
    made.add_argument("--column", metavar="NAME", help="the gradebook's column to fill, where several are possible")
    made.add_argument("--provisional", action="store_true", help="fill in grades that lack marks of a human")
    made.add_argument("--marks", type=Path, nargs="+", default=[], metavar="JSON", help="marks that humans gave")
    made.add_argument(
        "--isolation", choices=("auto", *sandbox.TIERS), default="auto", help="how a student's code is confined"
    )
    return made


def try_outputs(options: argparse.Namespace) -> None:
    """Raise OSError or ValueError where an output could not be written in the end: before hours of work."""
    if options.canvas:
        canvas.read(options.canvas, options.column)
    page = options.html and options.html / "class.html"
    for path in filter(None, (options.json, options.csv, page, options.canvas, CACHE / "row")):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(f"expected a file to write, got the folder {path}")
        tempfile.TemporaryFile(dir=path.parent).close()


def grade_all(
    submissions: list[Submission], wanted: list[str], tier: str, options: argparse.Namespace, key: bytes
) -> list[dict]:
    """Return the JSON object of each submission; items are graded side by side, those of all submissions."""
    tasks = [(submission, item) for submission in submissions for item in wanted]
    jobs = joblib.Parallel(options.jobs, return_as="generator", batch_size=1)
    with contextlib.ExitStack() as stack:
        if options.scheduler:
            from distributed import Client  # here: it takes a second, which others need not wait for

            stack.enter_context(Client(options.scheduler))
            stack.enter_context(joblib.parallel_config(backend="dask"))
        calls = (joblib.delayed(_grade)(*task, tier, options.resume, key) for task in tasks)
        found = list(tqdm(jobs(calls), total=len(tasks), unit="item", disable=None))
    checks = iter(found)
    return [grading.submission_object(each, tier, {item: next(checks) for item in wanted}) for each in submissions]


def _grade(submission: Submission, item: str, tier: str, resume: bool, key: bytes) -> list[Check]:
    cache = Cache(CACHE / f"{submission.sha256[:16]}-{item}.jsonl", resume=resume)
    return grading.judge(submission, item, tier, cache, key)


def write(
    graded: list[dict], submissions: list[Submission], given: marks.Marks, options: argparse.Namespace
) -> Iterator[str]:
    """Print the totals, and all reasons of a single submission; write what the options ask for; yield what failed."""
    if len(graded) == 1:
        print(*report.lines(graded[0]), sep="\n")
    totals = ["-" if each["total"] is None else f"{each['total']:.2f}" for each in graded]
    rows = [
        (report.shown(each["student"]), total, report.shown(each["submission"]["error"]))
        for each, total in zip(graded, totals, strict=True)
    ]
    print(*align(rows, (str.ljust, str.rjust, str.ljust)), sep="\n")
    answers = {each.student: grading.answers(each.files) for each in submissions if not each.error}
    marking = options.html and options.html / "marking.html"
    jobs = [
        (options.json, lambda: report.write_json(options.json, graded)),
        (options.csv, lambda: report.write_csv(options.csv, graded)),
        (options.html, lambda: report.write_html(options.html, graded)),
        (marking, lambda: report.write_marking_page(marking, graded, answers, given, items.rubrics())),
        (options.canvas, lambda: fill(options.canvas, graded, options)),
    ]
    for path, job in jobs:
        try:
            if path:
                job()
        except (OSError, ValueError) as error:
            yield f"{path}: {error}"


def fill(export: Path, graded: list[dict], options: argparse.Namespace) -> None:
    """Write the filled gradebook, and print what is not in it."""
    target = export.with_name(f"{export.stem}-filled.csv")
    filled = canvas.fill(export, target, graded, options.column, provisional=options.provisional)
    print(f"{target}: {filled.students} students have a grade")
    print(*(f"not in the gradebook: {student}" for student in map(report.shown, filled.unmatched)), sep="\n")
    print(*(report.shown(f"withheld: {student}: {why}") for student, why in filled.withheld.items()), sep="\n")


if __name__ == "__main__":
    sys.exit(main())
