"""The grader's own error rate: known answers, right, wrong and hostile, graded as submissions are.

python -m course.proof [--sample N] [--tiers bwrap uid]      writes docs/grading.md unless it is a sample

An answer is put into the solved repository and handed in. A wrong one must lose points on its own item and on no other
that can see its code; a right one and the repository itself must lose none, a stub must get none. A hostile one must
not get its item's points, must leave no process and no file behind, and must not keep the items beside it from theirs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil

from course import bank, items, judging, ledger, sandbox
from course.intake import Submission
from nnlib import tables

PAGE = items.ROOT / "docs" / "grading.md"
KINDS = ("reference", "stub", "right", "wrong", "hostile")
KEY = b"the proof's own key: its inputs are the same at each run"


@dataclass(frozen=True)
class Graded:
    """An answer as it was graded: the points of its item, what is wrong with that, and the seconds it took."""

    answer: bank.Answer
    tier: str
    points: float
    maximum: float
    fault: str
    named: bool
    seconds: float


def grade(answer: bank.Answer, tier: str) -> Graded:
    """Grade an answer and the items that are given its code."""
    files, started = handed_in(answer), time.monotonic()
    submission = Submission("proof", answer.name, "0" * 64, files)
    with tempfile.TemporaryDirectory() as folder:
        before = sorted(path.name for path in Path(folder).parent.iterdir())
        cache = ledger.Cache(None)
        checks = judging.judge_item(submission, answer.item, tier, cache, KEY)
        beside = [each for each in dependents(answer.item) if answer.kind in ("wrong", "hostile")][:1]
        others = [check for each in beside for check in judging.judge_item(submission, each, tier, cache, KEY)]
    points, maximum = (sum(values) for values in zip(*((each.points or 0, each.max) for each in checks), strict=True))
    seconds = time.monotonic() - started
    fault = _fault(answer, checks, others, points, maximum)
    if not fault and answer.kind == "hostile":
        fault = _left_behind(before, Path(tempfile.gettempdir())) or _too_long(seconds, len(checks) + len(others))
    named = bool({check.diagnosis for check in checks} & set(answer.diagnoses))
    return Graded(answer, tier, points, maximum, fault, named, seconds)


def handed_in(answer: bank.Answer) -> dict[str, str]:
    """Return the files of a submission: the repository's, with the answer in the module of its item."""
    names = {
        target.partition(":")[0].replace(".", "/") + ".py"
        for row in items.load().items.values()
        for target in row["targets"]
    }
    files = {name: (items.ROOT / name).read_text(encoding="utf-8") for name in names}
    module = items.load().items[answer.item]["targets"][0].partition(":")[0].replace(".", "/") + ".py"
    return files | {module: bank.replaced(files[module], answer.code)}


def dependents(item: str) -> list[str]:
    """Return the items that are given an item's functions."""
    return [
        id for id, row in items.load().items.items() if item in row.get("given", ()) and "torch" not in row["given"]
    ]


def _fault(answer: bank.Answer, checks: list, others: list, points: float, maximum: float) -> str:
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


def _left_behind(before: list[str], folder: Path) -> str:
    users = {process.uids().real for process in psutil.process_iter() if process.is_running()}
    if left := users & set(sandbox.UIDS):
        return f"processes of the users {sorted(left)} are left"
    new = [
        path.name
        for path in folder.iterdir()
        if path.name not in before and not path.name.startswith(("nnlib-", "tmp"))
    ]
    return f"left in {folder}: {', '.join(new)}" if new else ""


def _too_long(seconds: float, rows: int) -> str:
    allowed = rows * (sandbox.Limits().wall + 5)
    return "" if seconds <= allowed else f"{seconds:.0f} s for {rows} rows"


def main() -> int:
    """Grade the answers, print a table and what is wrong; return 1 if anything is."""
    parser = argparse.ArgumentParser(prog="python -m course.proof", description=__doc__.partition("\n")[0])
    parser.add_argument("--sample", type=int, metavar="N", help="every N-th answer alone")
    parser.add_argument(
        "--tiers", nargs="+", choices=sandbox.TIERS[:2], default=sandbox.TIERS[:2], help="both by default"
    )
    parser.add_argument("--only", default="", metavar="ITEM", help="items whose ids start so")
    options = parser.parse_args()
    tiers = [tier for tier in options.tiers if not sandbox.trouble(tier)]
    for tier in set(options.tiers) - set(tiers):
        print(f"not tried: {tier}: {sandbox.trouble(tier)}")
    known = [
        each
        for item in bank.with_code()
        if item.id.startswith(options.only)
        for each in (*bank.answers(item), *bank.cells(item, "hostile"))
    ]
    known = known[:: options.sample or 1]
    tasks = [(each, tier) for each in known for tier in (tiers if each.kind == "hostile" else tiers[:1])]
    with ThreadPoolExecutor(2) as pool:  # a task waits for its workers
        graded = list(pool.map(lambda task: grade(*task), tasks))
    print("\n".join(tables.align(table(graded))))
    faults = [
        f"{each.answer.item} {each.answer.kind}, {each.answer.name} ({each.tier}): {each.fault}"
        for each in graded
        if each.fault
    ]
    print("\n".join(faults))
    if not options.sample and not options.only:
        PAGE.write_text(page(graded, tiers, faults), encoding="utf-8")
    return int(bool(faults))


def table(graded: list[Graded]) -> list[tuple[str, ...]]:
    """Return a row for each kind of answer and tier."""
    rows = [("answers", "tier", "number", "as they should be", "named rightly", "seconds each")]
    for kind in KINDS:
        for tier in dict.fromkeys(each.tier for each in graded):
            own = [each for each in graded if each.answer.kind == kind and each.tier == tier]
            if own:
                named = str(sum(each.named for each in own)) if kind == "wrong" else ""
                seconds = f"{sum(each.seconds for each in own) / len(own):.1f}"
                rows.append((kind, tier, str(len(own)), str(sum(not each.fault for each in own)), named, seconds))
    return rows


def page(graded: list[Graded], tiers: list[str], faults: list[str]) -> str:
    """Return docs/grading.md's table, between the words that stand there."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition("<!-- proof -->\n")
    _, _, after = rest.partition("<!-- end of proof -->\n")
    heads, *rows = table(graded)
    lines = [f"| {' | '.join(cells)} |" for cells in (heads, ["---"] * len(heads), *rows)]
    wrong = [f"- {fault}" for fault in faults] or ["No answer was graded otherwise than it should be."]
    return "\n".join(
        [
            f"{before}<!-- proof -->",
            f"Tiers tried: {', '.join(tiers)}.",
            "",
            *lines,
            "",
            *wrong,
            f"<!-- end of proof -->\n{after}",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
