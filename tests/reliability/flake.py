"""`make flake` runs the tests and the notebooks N times, each time under other conditions: none may fail.

The conditions of a round are a function of its number: BLAS threads, the order of the tests, the hash seed, NumPy (the
oldest that pyproject.toml admits, where `make test-oldest` has made its environment), a data.pkl or none, a path with
blanks, quotes and an umlaut, 8 processes that keep the processors busy. Ten rounds have each of them at least twice.
"""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import figures
from mutants import copy_checkout

ROOT = Path(__file__).resolve().parents[2]
OLDEST = ROOT / ".venv-oldest" / "bin" / "python"
ODD = "ein Pfäd, 'so' \"und\" so"
BUSY = 8


@dataclass(frozen=True)
class Conditions:
    """What differs from round to round."""

    threads: int
    order: int
    hash_seed: int
    oldest: bool
    with_data: bool
    odd_path: bool
    load: bool

    @classmethod
    def of_round(cls, number: int, oldest: bool, data: bool) -> "Conditions":
        """Return the conditions of a round; without an environment or a data.pkl those are left out."""
        return cls(
            threads=1 + number % 2,
            order=number,
            hash_seed=number,
            oldest=oldest and number % 5 == 4,
            with_data=data and number // 2 % 2 == 1,
            odd_path=number % 3 == 1,
            load=number % 3 == 2,
        )


@dataclass
class Round:
    """What came of a run of pytest."""

    conditions: Conditions
    tests: int = 0
    failed: list[str] = field(default_factory=list)
    seconds: float = 0.0


@contextlib.contextmanager
def busy(count: int) -> Iterator[None]:
    """Keep the processors busy."""
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def run(conditions: Conditions, root: Path, arguments: list[str], data: Path | None) -> Round:
    """Run pytest once in `root` under the conditions."""
    threads = str(conditions.threads)
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(root), str(root / "tests" / "reliability")]),
        "PYTHONHASHSEED": str(conditions.hash_seed),
        "NNLIB_TEST_ORDER": str(conditions.order),
        "NNLIB_TEST_THREADS": threads,
    }
    environment.pop("NNLIB_DATA", None)
    if conditions.with_data:
        environment["NNLIB_DATA"] = str(data)
    python = OLDEST if conditions.oldest else sys.executable
    options = ["-W", "ignore::DeprecationWarning", "--ignore=tests/vgg"] if conditions.oldest else []
    with tempfile.TemporaryDirectory() as folder, busy(BUSY if conditions.load else 0):
        report, start = Path(folder) / "report.xml", time.monotonic()
        command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "shuffled", f"--junitxml={report}"]
        done = subprocess.run(
            [*command, *options, *arguments], cwd=root, env=environment, capture_output=True, text=True
        )
        found = Round(conditions, seconds=time.monotonic() - start)
        if not report.exists():
            found.failed.append(f"pytest: {done.stdout[-300:]}{done.stderr[-300:]}")
            return found
        for case in ElementTree.parse(report).iter("testcase"):
            found.tests += case.find("skipped") is None
            if case.find("failure") is not None or case.find("error") is not None:
                found.failed.append(f"{case.get('classname')}::{case.get('name')}")
    return found


def table(rounds: list[Round]) -> str:
    """Return the figures as Markdown."""
    titles = "BLAS threads, order and hash seed, NumPy, data.pkl, path, load, tests, failed, seconds"
    lines = [f"| {titles.replace(',', ' |')} |", "| --- " * 9 + "|"]
    for each in rounds:
        what = each.conditions
        cells = [what.threads, what.order, "oldest" if what.oldest else "newest", "yes" if what.with_data else "no"]
        cells += ["odd" if what.odd_path else "plain", BUSY if what.load else "none"]
        cells += [f"{each.tests:,}", len(each.failed), f"{each.seconds:.0f}"]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    failed = sorted({name for each in rounds for name in each.failed})
    return "\n".join([*lines, "", *(f"- failed: `{name}`" for name in failed)])


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="make flake", description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=10, help="rounds")
    parser.add_argument("--tests", default="tests", help="what pytest runs, separated by blanks")
    parser.add_argument("--notebooks", default="notebooks", help="what nbval runs; empty for none")
    parser.add_argument("--jobs", default="2", help="processes of a run")
    options = parser.parse_args()
    named = [os.environ.get("NNLIB_DATA") or ROOT / "datasets"]
    data = next((Path(folder).absolute() for folder in named if (Path(folder) / "data.pkl").exists()), None)
    split = ["-n", options.jobs, "--dist", "loadgroup"] if options.jobs != "1" else []
    nbval = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=1800", *options.notebooks.split()]
    rounds = []
    with tempfile.TemporaryDirectory(prefix="nnlib-flake-") as folder:
        copy_checkout(odd := Path(folder) / ODD)
        for number in range(options.n):
            conditions = Conditions.of_round(number, OLDEST.exists(), data is not None)
            root = odd if conditions.odd_path else ROOT
            runs = [[*split, "--ignore=tests/browser", *options.tests.split()]]
            if options.notebooks and not conditions.oldest:
                runs.append([*split, *nbval])
            for arguments in runs:
                rounds.append(run(conditions, root, arguments, data))
                print(table(rounds[-1:]).splitlines()[2:], flush=True)
    print(table(rounds))
    command = f"make flake N={options.n}"
    changed = [("TESTS", options.tests, "tests"), ("NOTEBOOKS", options.notebooks, "notebooks")]
    command += "".join(f' {name}="{value}"' for name, value, usual in changed if value != usual)
    figures.write("flake", command, table(rounds))
    raise SystemExit(any(each.failed for each in rounds))


if __name__ == "__main__":
    main()
