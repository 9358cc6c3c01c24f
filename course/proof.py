"""The grader's own error rate: known answers, right, wrong and hostile, graded as submissions are.

python -m course.proof [--sample N] [--only ITEM] [--tiers bwrap uid]      writes docs/grading.md, without --only

An answer is put into the solved repository and handed in. A wrong one loses points on its own item and no other: the
items of the same file are graded too, and for some answers one of those that are given its functions. A right one and
the repository itself must lose none, a stub must get none. A hostile one must not get its item's points, must end in
time, and must leave no process, no file and no change behind.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from course import interpreter, items, judging, report, sandbox, users
from course.answers import Answer, answers, cells, replaced
from course.extract import items_in
from course.intake import Submission
from course.ledger import Cache, Check
from course.watched import USUAL, Limits, stretch
from nnlib import tables
from nnlib.check.report import diagnoses, with_code

PAGE = items.ROOT / "docs" / "grading.md"
KINDS = ("reference", "stub", "right", "wrong", "hostile")
KEY = b"the proof's own key: its inputs are the same at each run"
BRIEF = Limits(cpu=1.5, wall=4.0)  # for hostile answers, which use up what they are given
EVERY = 8  # of so many wrong answers one is tried on an item that is given its functions
PUBLIC_FOLDERS = tuple(map(Path, (tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm")))  # where anybody may write


@dataclass(frozen=True)
class Graded:
    """An answer as it was graded."""

    answer: Answer
    tier: str
    points: float
    maximum: float
    fault: str  # what is wrong with how it was graded
    named: frozenset[str]  # the diagnoses that were given
    seconds: float  # with the items beside it


def grade(answer: Answer, tier: str, cache: Cache, number: int) -> Graded:
    """Grade an answer, and the items beside it that its code could harm; its number chooses among them.

    The cache holds what is judged more than once, such as items that an answer leaves as they are.
    """
    started = time.monotonic()
    submission = Submission("proof", answer.name, "0" * 64, handed_in(answer))
    limits = BRIEF if answer.kind == "hostile" else USUAL
    checks = judging.judge_item(submission, answer.item, tier, cache, KEY, limits)
    others = [
        check
        for item in beside(answer, number)
        for check in judging.judge_item(submission, item, tier, cache, KEY, limits)
    ]
    points, maximum = (sum(values) for values in zip(*((each.points or 0, each.max) for each in checks), strict=True))
    seconds = time.monotonic() - started
    fault = _fault(answer, checks, others, points, maximum)
    if not fault and answer.kind == "hostile":
        allowed = 3 * (len(checks) + len(others)) * stretch() * (BRIEF.wall + 5)
        fault = "; ".join(left_behind()) or ("" if seconds <= allowed else f"took {seconds:.0f} s, not {allowed:.0f}")
    named = frozenset(check.diagnosis for check in checks) - {""}
    return Graded(answer, tier, points, maximum, fault, named, seconds)


def handed_in(answer: Answer, files: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the files of a submission, the repository's by default, with the answer in the module of its item."""
    files = files or judging.solution()
    name = items.file_of(items.load().items[answer.item]["targets"][0])
    return {**files, name: replaced(files[name], answer.code)}


def beside(answer: Answer, number: int) -> list[str]:
    """Return the items that a wrong or hostile answer could harm: of the same file, and some that use its functions."""
    if answer.kind not in ("wrong", "hostile"):
        return []
    rows = items.load().items
    module = rows[answer.item]["targets"][0].partition(":")[0]
    found = [other for other in items_in(module) if other != answer.item]
    users = [other for other, row in rows.items() if answer.item in row.get("given", ()) and other not in found]
    if users and (answer.kind == "hostile" or number % EVERY == 0):
        found.append(users[number // EVERY % len(users)])
    return found


def _fault(answer: Answer, checks: list[Check], others: list[Check], points: float, maximum: float) -> str:
    ours = [each.message_grader for each in (*checks, *others) if each.status == "ours"]
    lost = [f"{each.name} {each.status}: {each.message_grader}" for each in others if each.status != "passed"]
    if ours:
        return f"an exception of the grader: {ours[0]}"
    if lost:
        return f"an item beside it loses points: {lost[0]}"
    if answer.kind in ("reference", "right"):
        return "" if points == maximum else f"{points:g} of {maximum:g} points"
    if answer.kind == "stub":
        return "" if points == 0 else f"{points:g} points"
    return "" if points < maximum else "all points"


def left_behind() -> Iterator[str]:
    """Yield in words the processes and the files of spare users that no running worker answers for."""
    if strays := users.strays():
        yield f"processes are left: {strays}"
    for path in {path for folder in PUBLIC_FOLDERS if folder.is_dir() for path in folder.iterdir()}:
        try:
            if path.lstat().st_uid in users.UIDS and not path.name.startswith("nnlib-scratch-"):
                yield f"{path} is left"
        except OSError:  # gone by now
            continue
    for kind in ("shm", "sem", "msg"):  # System V objects outlive their processes
        heads, *rows = (line.split() for line in Path(f"/proc/sysvipc/{kind}").read_text().splitlines())
        if owners := {int(row[heads.index("uid")]) for row in rows} & set(users.UIDS):
            yield f"{kind} of the users {sorted(owners)} is left"


def state() -> str:
    """Return a checksum of what a student's code must not change: this repository's code, and the workers' Python."""
    digest = hashlib.sha256()
    for folder in (items.ROOT / "course", items.ROOT / "nnlib", interpreter.folder()):
        for path in sorted(path for path in folder.rglob("*") if "__pycache__" not in path.parts):
            about = path.lstat()
            digest.update(f"{path} {about.st_mode} {about.st_size} {about.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def main() -> int:
    """Grade the answers, print a table and what is wrong; return 1 if anything is."""
    parser = argparse.ArgumentParser(prog="python -m course.proof", description=__doc__.partition("\n")[0])
    parser.add_argument("--sample", type=int, metavar="N", help="every N-th answer alone")
    parser.add_argument("--jobs", type=int, default=4, help="answers at a time (4); each waits for its worker")
    parser.add_argument("--only", default="", metavar="ITEM", help="items whose ids start with this")
    parser.add_argument(
        "--tiers", nargs="+", choices=sandbox.TIERS[:2], default=sandbox.TIERS[:2], help="both by default"
    )
    options = parser.parse_args()
    tiers = [tier for tier in options.tiers if not sandbox.trouble(tier)]
    missing = [f"{tier} was not tried: {sandbox.trouble(tier)}" for tier in options.tiers if tier not in tiers]
    every = [each for item in with_code(options.only) for each in (*answers(item), *cells(item, "hostile"))]
    known = every[:: options.sample or 1]
    tasks = [(each, tier) for each in known for tier in (tiers if each.kind == "hostile" else tiers[:1])]
    before = state()
    graded = list(_graded(tasks, options.jobs))
    faults = [_line(each) for each in graded if each.fault] + list(left_behind())
    faults += ["files of the grader have changed"] if state() != before else []
    heads, *rows = table(graded)
    print("\n".join([*tables.align([heads, *rows]), *rates(graded), *missing, *faults]))
    if not options.only:
        share = "All known answers." if known == every else f"One known answer in {options.sample}."
        lines = [f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows)]
        lines += ["", *(f"- {each}" for each in (share, *rates(graded), *missing)), ""]
        lines += [f"- {fault}" for fault in faults] or ["No answer was graded otherwise than it should be."]
        report.between(PAGE, "proof", "\n".join(lines))
    return int(bool(faults))


def _graded(tasks: list[tuple[Answer, str]], jobs: int) -> Iterator[Graded]:
    cache = Cache(None)
    with ThreadPoolExecutor(jobs) as pool, tqdm(total=len(tasks), unit="answer", disable=None) as bar:
        for each in pool.map(lambda task: grade(*task[1], cache, task[0]), enumerate(tasks)):
            bar.update()
            if each.fault:
                bar.write(_line(each), file=sys.stderr)
            yield each


def _line(each: Graded) -> str:
    return f"{each.answer.item} {each.answer.kind}, {each.answer.name} ({each.tier}): {each.fault}"


def table(graded: list[Graded]) -> list[tuple[str, ...]]:
    """Return a row for each kind of answer and tier."""
    rows = [("answers", "tier", "number", "as they should be", "seconds each")]
    for kind in KINDS:
        for tier in dict.fromkeys(each.tier for each in graded):
            own = [each for each in graded if each.answer.kind == kind and each.tier == tier]
            if own:
                seconds = f"{sum(each.seconds for each in own) / len(own):.1f}"
                rows.append((kind, tier, str(len(own)), str(sum(not each.fault for each in own)), seconds))
    return rows


def rates(graded: list[Graded]) -> list[str]:
    """Return in words how often points are given or refused wrongly, and how far the diagnoses can be relied on."""
    bad = [each for each in graded if each.answer.kind in ("stub", "wrong", "hostile")]
    good = [each for each in graded if each.answer.kind in ("reference", "right")]
    wrong = [each for each in graded if each.answer.kind == "wrong"]
    given = [each for each in wrong if each.named]
    known = [each for each in wrong if set(each.answer.diagnoses) & diagnoses().keys()]
    fits = sum(each.named <= set(each.answer.diagnoses) for each in given)
    found = sum(bool(each.named & set(each.answer.diagnoses)) for each in known)
    return [
        f"False passes: {sum(each.points >= each.maximum for each in bad)} of {len(bad)} answers that are not right.",
        f"False failures: {sum(each.points < each.maximum for each in good)} of {len(good)} that are.",
        f"Diagnoses of wrong answers: {fits} of {len(given)} that were given fit (precision); "
        f"{found} of {len(known)} mistakes that have a name were named (recall).",
    ]


if __name__ == "__main__":
    sys.exit(main())
