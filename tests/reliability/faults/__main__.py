"""Plant the faults one at a time into a copy of the checkout: each must make the test fail that it names.

python -m reliability.faults [--only TEXT] [--every K] [--fast] [--jobs N]     (with tests/ on the path)

Writes build/faults.json and, without --only, the figures in docs/reliability.md. The status is 1 if fewer than 95 % are
caught, if one is missed that missed.txt does not list, or if one that it lists is caught.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

from reliability import figures
from reliability.faults.bank import load
from reliability.faults.plant import ROOT, Copy, Fault, RottenFault

LEAST = 0.95
MISSED = dict(  # by name the reason, "name: reason" on each line
    line.split(": ", 1) for line in Path(__file__).with_name("missed.txt").read_text(encoding="utf-8").splitlines()
)
NBVAL = ("--nbval", "--nbval-current-env", "--nbval-cell-timeout=900")


def run(copy: Copy, test: str) -> subprocess.CompletedProcess:
    """Run one test, or one notebook, in the copy."""
    # Without bytecode: of two edits within a second Python takes the second for the first.
    environment = os.environ | {"PYTHONPATH": str(copy.root), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    options = NBVAL if test.endswith(".ipynb") else ()
    return subprocess.run([*command, *options, test], cwd=copy.root, env=environment, capture_output=True, text=True)


def verdict(done: subprocess.CompletedProcess) -> str:
    """Return "caught" if the test ran and failed, "missed" if it passed, else "broken"."""
    failed = re.search(r"\d+ failed", done.stdout)
    if done.returncode == 1 and failed and "error" not in done.stdout.splitlines()[-1]:
        return "caught"
    return "missed" if done.returncode == 0 else "broken"


class Trial:
    """Tries faults in one copy; a test is first run without any fault, once. `passing` is shared by several copies."""

    def __init__(self, copy: Copy, passing: dict[str, bool]):
        self.copy, self._passes = copy, passing

    def passes(self, test: str) -> bool:
        """Return whether the test passes on the copy as it is."""
        if test not in self._passes:
            self._passes[test] = run(self.copy, test).returncode == 0
        return self._passes[test]

    def result(self, fault: Fault) -> dict[str, object]:
        """Return what became of a fault."""
        started, why = time.perf_counter(), ""
        if not self.passes(fault.test):
            found, why = "broken", "the test fails without the fault"
        else:
            try:
                fault.plant(self.copy)
                done = run(self.copy, fault.test)
                found, why = verdict(done), done.stdout[-2000:]
            except RottenFault as error:
                found, why = "broken", str(error)
            finally:
                self.copy.undo()
        seconds = round(time.perf_counter() - started, 1)
        about = {"name": fault.name, "kind": fault.kind, "test": fault.test, "verdict": found, "seconds": seconds}
        return about | ({} if found == "caught" else {"why": why})


def tried(faults: Sequence[Fault], jobs: int) -> Iterator[dict[str, object]]:
    """Yield what became of each fault, in order; `jobs` of them are tried at a time, each in a copy of its own."""
    passing: dict[str, bool] = {}
    with tempfile.TemporaryDirectory(prefix="nnlib-faults-") as folder, ThreadPoolExecutor(jobs) as pool:
        free: Queue[Trial] = Queue()
        for number in range(jobs):
            free.put(Trial(Copy(Path(folder, str(number))), passing))

        def result(fault: Fault) -> dict[str, object]:
            trial = free.get()
            try:
                return trial.result(fault)
            finally:
                free.put(trial)

        yield from pool.map(result, faults)


def trouble(results: list[dict]) -> list[str]:
    """Return, one line each, what is not as it has to be."""
    caught = sum(row["verdict"] == "caught" for row in results)
    lines = [] if caught >= LEAST * len(results) else [f"{caught} of {len(results)} caught, expected {LEAST:.0%}"]
    for row in results:
        if row["verdict"] == "broken":
            lines.append(f"{row['name']}: {row['why']}")
        elif (row["verdict"] == "missed") != (row["name"] in MISSED):
            lines.append(f"{row['name']}: {row['verdict']}, {'not ' * (row['name'] not in MISSED)}listed in missed.txt")
    return lines


def table(results: list[dict]) -> str:
    """Return how many faults of each kind were caught, as Markdown, and those that were not."""
    lines = ["| kind | planted | caught |", "| --- | --- | --- |"]
    for kind in [*dict.fromkeys(row["kind"] for row in results), "all"]:
        verdicts = [row["verdict"] for row in results if kind in (row["kind"], "all")]
        lines.append(f"| {kind} | {len(verdicts)} | {verdicts.count('caught')} |")
    missed = [f"- {row['name']}: {MISSED.get(row['name'], row['verdict'])}" for row in results if "why" in row]
    return "\n".join([*lines, "", "Not caught:" if missed else "All are caught.", *missed])


def main() -> int:
    """Try the faults that the command line names; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="TEXT", default="", help="faults whose name, kind or test contains TEXT")
    parser.add_argument("--every", metavar="K", type=int, default=1, help="of them each Kth")
    parser.add_argument("--jobs", metavar="N", type=int, default=2, help="at a time (default 2)")
    parser.add_argument("--fast", action="store_true", help="without those that run a whole notebook")
    asked = parser.parse_args()
    faults = [f for f in load() if asked.only in f"{f.name} {f.kind} {f.test}" and not (asked.fast and f.slow)]
    results = []
    for result in tried(faults[:: asked.every], asked.jobs):
        results.append(result)
        print("{verdict:7} {seconds:6.1f} s  {kind:12} {name}  [{test}]".format(**result), flush=True)
    (ROOT / "build").mkdir(exist_ok=True)
    (ROOT / "build" / "faults.json").write_text(
        json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    print(text := table(results))
    if not asked.only:
        options = ["--fast"] * asked.fast + [f"--every {asked.every}"] * (asked.every > 1)
        figures.write("faults", f'make faults ARGS="{" ".join(options)}"' if options else "make faults", text)
    print("\n".join(found := trouble(results)))
    return bool(found)


if __name__ == "__main__":
    raise SystemExit(main())
