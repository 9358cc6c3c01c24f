"""How long grading takes: submissions that are each the repository with other mistakes in it.

python -m course.timing [N ...]      grades 1, N, ... of them by the command, kills one run, and writes docs/grading.md
"""

from __future__ import annotations

import argparse
import os
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from course import grade, intake, items, report
from course.answers import cells
from course.judging import solution
from course.proof import handed_in
from nnlib.check.report import with_code

PAGE = items.ROOT / "docs" / "grading.md"
AIM = 30  # seconds for one submission on two cores
WRONG = 6  # items with a known mistake in each submission except the first


def submission(number: int) -> dict[str, str]:
    """Return the files of a submission: the notebooks, and the code with mistakes drawn by its number."""
    files, rng = solution(), random.Random(number)
    for item in rng.sample(with_code(), WRONG if number else 0):
        files = handed_in(rng.choice(list(cells(item, "wrong"))), files)
    notebooks = (items.ROOT / "notebooks").glob("q?_*.ipynb")
    return files | {f"notebooks/{path.name}": path.read_text(encoding="utf-8") for path in notebooks}


def start(folders: list[Path], jobs: int, *more: str) -> subprocess.Popen:
    """Start the command."""
    command = [sys.executable, "-m", "course.grade", *map(str, folders), "--jobs", str(jobs), *more]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, cwd=items.ROOT, start_new_session=True, **quiet)


def seconds(folders: list[Path], jobs: int, *more: str) -> tuple[float, float]:
    """Return how long the command takes until there are grades, and its processor time with that of its workers."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    if start(folders, jobs, *more).wait() == 2:
        raise RuntimeError("course.grade has not graded")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic() - started, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def resumed(folder: Path, jobs: int) -> str:
    """Return in words what a run that was killed in its middle has lost: what each process was at, at most."""
    (sent,) = intake.read([folder])

    def journals() -> list[Path]:
        return list(grade.CACHE.glob(f"{sent.sha256[:16]}-*.jsonl"))

    def rows() -> list[str]:
        return re.findall(r'"key": "(\w+)"', "".join(journal.read_text() for journal in journals()))

    whole = len(rows())
    for journal in journals():  # those of the run before
        journal.unlink()
    run = start([folder], jobs)
    while run.poll() is None and len(rows()) < whole / 2:
        time.sleep(0.01)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    kept = len(rows())
    taken, _ = seconds([folder], jobs, "--resume")
    return (
        f"Killed (kill -9) with {kept} of {whole} rows on the disk, it takes {taken:.0f} s more with `--resume`: the "
        f"other {len(rows()) - kept} rows are judged, and {len(rows()) - len(set(rows()))} once more."
    )


def hand_in(folder: Path, number: int) -> Path:
    """Write a submission into a folder of its own and return that."""
    student = folder / f"student{number}"
    for name, text in submission(number).items():
        (student / name).parent.mkdir(parents=True, exist_ok=True)
        (student / name).write_text(text, encoding="utf-8")
    return student


def main() -> None:
    """Grade, print and write the table."""
    parser = argparse.ArgumentParser(prog="python -m course.timing", description=__doc__.partition("\n")[0])
    parser.add_argument("numbers", nargs="*", type=int, default=[4, 16], metavar="N", help="of submissions (4 16)")
    parser.add_argument("--jobs", type=int, default=2, help="items at a time (2)")
    options = parser.parse_args()
    lines = ["| submissions | seconds | seconds each | of processor time each |", "| --- | --- | --- | --- |"]
    load, each = os.getloadavg()[0], {}
    with tempfile.TemporaryDirectory() as folder:
        students = [hand_in(Path(folder), number) for number in range(max([1, *options.numbers]))]
        for number in [1, *options.numbers]:
            taken, spent = seconds(students[:number], options.jobs)
            each[number] = taken / number, spent / number
            lines.append(f"| {number} | {taken:.0f} | {each[number][0]:.1f} | {each[number][1]:.1f} |")
            print(lines[-1], flush=True)
        again = resumed(students[0], options.jobs)
    first, last = options.numbers[0], options.numbers[-1]
    wall, processor = (each[last][at] / each[first][at] for at in (0, 1))
    said = [
        f"With `--jobs {options.jobs}`, on {os.cpu_count()} cores that had {load:.1f} other processes to run.",
        f"One submission takes {each[1][0] / AIM:.2f} times the aim of {AIM} s.",
        f"One of {last} takes {wall:.2f} times as long as one of {first}; {processor:.2f} times in processor time.",
        again,
    ]
    report.between(PAGE, "timing", "\n".join([*lines, "", *(f"- {words}" for words in said)]))


if __name__ == "__main__":
    main()
