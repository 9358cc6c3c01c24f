"""How long grading takes: submissions that are each the repository with other mistakes in it.

python -m course.timing [N ...]      grades 1, N, ... of them by the command, and writes docs/grading.md
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from course import items, report
from course.answers import cells
from course.judging import solution
from course.proof import handed_in
from nnlib.check.report import with_code

PAGE = items.ROOT / "docs" / "grading.md"
WRONG = 6  # items with a known mistake in each submission except the first


def submission(number: int) -> dict[str, str]:
    """Return the files of a submission: the notebooks, and the code with mistakes drawn by its number."""
    files, rng = solution(), random.Random(number)
    for item in rng.sample(with_code(), WRONG if number else 0):
        files = handed_in(rng.choice(list(cells(item, "wrong"))), files)
    notebooks = (items.ROOT / "notebooks").glob("q?_*.ipynb")
    return files | {f"notebooks/{path.name}": path.read_text(encoding="utf-8") for path in notebooks}


def seconds(folders: list[Path], jobs: int) -> float:
    """Return how long the command takes, from nothing kept to grades."""
    command = [sys.executable, "-m", "course.grade", *map(str, folders), "--jobs", str(jobs)]
    started = time.monotonic()
    done = subprocess.run(command, cwd=items.ROOT, capture_output=True, text=True)
    if done.returncode == 2:
        raise RuntimeError(f"course.grade: {done.stderr}")
    return time.monotonic() - started


def main() -> None:
    """Grade, print and write the table."""
    parser = argparse.ArgumentParser(prog="python -m course.timing", description=__doc__.partition("\n")[0])
    parser.add_argument("numbers", nargs="*", type=int, default=[5, 10], metavar="N", help="of submissions (5 10)")
    parser.add_argument("--jobs", type=int, default=2, help="items at a time (2)")
    options = parser.parse_args()
    lines = ["| submissions | seconds | seconds each |", "| --- | --- | --- |"]
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        students = [Path(folder, f"student{number}") for number in range(max([1, *options.numbers]))]
        for number, student in enumerate(students):
            for name, text in submission(number).items():
                (student / name).parent.mkdir(parents=True, exist_ok=True)
                (student / name).write_text(text, encoding="utf-8")
        for number in [1, *options.numbers]:
            taken = seconds(students[:number], options.jobs)
            lines.append(f"| {number} | {taken:.0f} | {taken / number:.1f} |")
            print(lines[-1], flush=True)
    about = f"With `--jobs {options.jobs}`, on {os.cpu_count()} cores that had {load:.1f} other processes to run."
    report.between(PAGE, "timing", "\n".join([about, "", *lines]))


if __name__ == "__main__":
    main()
