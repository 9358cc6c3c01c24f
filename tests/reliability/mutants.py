"""Mutation testing: `make mutants` changes nnlib or tools in one spot at a time; the module's tests have to fail.

The mutants are those of `mutations.py`; `mutant_groups.py` says which tests judge which module. N of them are drawn, as
many from each group, the same at every run. Each is written into a copy of the checkout and tested by a fork of this
process, which has the large libraries loaded. A mutant is killed if a test fails or runs 10 times as long as without
it. Those that survive and mean the same are in equivalent_mutants.toml with the reason.

mutmut 3.8 and cosmic-ray 8.7 do not fit. mutmut changes no decorated function and nothing outside functions (the tables
of defaults, the specs' fields), and its trampolines replace every function, which changes the source that
nnlib.provenance hashes and the names by which trials are pickled. cosmic-ray edits the working tree, deletes no
statement (a lost argument check), and starts one command for all modules, NumPy and PyTorch included, for each mutant.
"""

import argparse
import contextlib
import gc
import glob
import importlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import figures
from mutant_groups import GROUPS
from mutant_report import survivors, table
from mutations import Mutant, mutants

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "mutants"
TREE = BUILD / "tree"
SEED = 598
DATA_LIMIT = 8 << 30  # bytes that a mutant may allocate
LARGE = "numpy torch hypothesis.extra.numpy pytest joblib matplotlib.pyplot PIL.Image filelock threadpoolctl nbformat"
Case = tuple[str, str, Mutant]  # group, module, mutant


def all_mutants(group: str) -> list[Case]:
    """Return the mutants of a group's modules, in the order of their lines."""
    paths = [path for pattern in GROUPS[group][0] for path in sorted(glob.glob(pattern, root_dir=ROOT))]
    return [(group, path, mutant) for path in paths for mutant in mutants((ROOT / path).read_text("utf-8"))]


def draw(count: int, only: str = "") -> list[Case]:
    """Return `count` mutants, as many of each group, or all of one that has fewer; 0: all."""
    groups = {}
    for group in GROUPS:
        if only in ("", group):
            groups[group] = random.Random(SEED).sample(cases := all_mutants(group), len(cases))
    if not groups:
        raise SystemExit(f"ONLY: expected one of {', '.join(GROUPS)}, got {only!r}.")
    share = -(-count // len(groups)) if count else None
    return [case for cases in groups.values() for case in islice(filter(_compiles, cases), share)]


def _compiles(case: Case) -> bool:
    with contextlib.suppress(SyntaxError):
        return bool(compile(case[2].source, case[1], "exec"))
    return False


def copy_checkout(tree: Path) -> None:
    """Copy what git knows, and what it does not ignore, to `tree`."""
    shutil.rmtree(tree, ignore_errors=True)
    command = ["git", "ls-files", "-z", "-co", "--exclude-standard"]
    for path in subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0"):
        if path and (ROOT / path).is_file():
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, tree / path)


def run_tests(paths: list[str], timeout: float | None, *, tree: Path = TREE, bytecode: bool = False):
    """Run tests of `tree` in a fork; return "survived", "killed" or "killed by time", and the seconds.

    Args:
        bytecode: whether Python may write bytecode, which it knows by the source's length and its time in seconds.
    """
    start = time.monotonic()
    process = os.fork()
    if not process:
        _in_the_fork(tree, paths, bytecode)
    while True:
        ended, status = os.waitpid(process, os.WNOHANG)
        seconds = time.monotonic() - start
        if ended or (timeout and seconds > timeout):
            break
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)  # what it has started and left as well
    if not ended:
        os.waitpid(process, 0)
        return "killed by time", seconds
    return "killed" if status else "survived", seconds


def _in_the_fork(tree: Path, paths: list[str], bytecode: bool) -> None:
    import pytest

    code = 99
    try:
        os.setsid()
        with open(tree / "output.txt", "wb") as output:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
        resource.setrlimit(resource.RLIMIT_DATA, (DATA_LIMIT, DATA_LIMIT))
        os.chdir(tree)
        sys.dont_write_bytecode = not bytecode
        os.environ |= {"PYTHONPATH": str(tree), "CI": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        if not bytecode:
            os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        elsewhere = [path for path in sys.path if Path(path or ".").resolve() not in (ROOT, Path(__file__).parent)]
        sys.path[:] = [str(tree), *elsewhere]
        vars(sys.modules["__main__"]).pop("__file__", None)  # Dask's workers would run it
        options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "_hypothesis_pytestplugin", "-o", "markers=xdist_group"]
        gc.freeze()  # what this process has loaded: a collection in the fork would copy it all
        code = int(pytest.main([*options, f"--basetemp={tree / 'temporary'}", *paths]))
        sys.stdout.flush()
    finally:
        os._exit(code)


def judge(case: Case, timeout: float) -> dict[str, object]:
    """Test one mutant, and return it with its outcome."""
    group, path, mutant = case
    target, tests = TREE / path, GROUPS[group][1]
    for old in target.parent.glob(f"__pycache__/{target.stem}.*.pyc"):
        old.unlink()
    named = sorted(glob.glob(f"tests/**/test_*{target.stem}*.py", root_dir=TREE, recursive=True))
    own = [test for test in named if test.startswith(tuple(tests))]
    whole = target.read_bytes()
    target.write_text(mutant.source, "utf-8")
    try:
        outcome, seconds = run_tests(own, timeout) if own else ("survived", 0.0)
        if outcome == "survived":
            outcome, seconds = run_tests(tests, timeout)
    finally:
        target.write_bytes(whole)
    return {**describe(case), "outcome": outcome, "seconds": round(seconds, 1)}


def describe(case: Case) -> dict[str, object]:
    """Return what names a mutant."""
    group, path, mutant = case
    texts = {"statement": mutant.statement, "before": mutant.before, "after": mutant.after}
    return {"group": group, "module": path, "line": mutant.line, "column": mutant.column, **texts}


def run(cases: list[Case]) -> Iterator[dict[str, object]]:
    """Test the mutants of a fresh copy; yield each with its outcome."""
    copy_checkout(TREE)
    os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    for module in LARGE.split():  # before the forks, not in each
        importlib.import_module(module)
    timeouts = {}
    for case in cases:
        group = case[0]
        if group not in timeouts:
            outcome, seconds = run_tests(GROUPS[group][1], None, bytecode=True)
            if outcome != "survived":
                raise SystemExit(f"{group}: the tests fail without a mutant; see {TREE / 'output.txt'}.")
            print(f"{group}: the tests pass in {seconds:.0f} s", flush=True)
            timeouts[group] = 30 + 10 * seconds
        yield judge(case, timeouts[group])


def _place(row: dict[str, object]) -> tuple[object, ...]:
    return tuple(row[key] for key in ("module", "line", "column", "before", "after"))


def _test(cases: list[Case], rows: list[dict[str, object]], log: Path) -> list[dict[str, object]]:
    """Test the mutants, add their rows to those before, and return all; the log has them as they come."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with open(log, "w", encoding="utf-8", buffering=1) as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
        for row in run(cases):
            rows.append(row)
            file.write(json.dumps(row) + "\n")
            place = f"{row['module']}:{row['line']}"
            print(f"{row['outcome']:14} {row['seconds']:6} s  {place}  {row['statement'][:80]}", flush=True)
    return rows


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=300, help="how many mutants are drawn; 0: all")
    parser.add_argument("--only", default="", help=f"one of {', '.join(GROUPS)}")
    parser.add_argument("--again", action="store_true", help="test what the last runs have not killed, or not reached")
    parser.add_argument("--figures", action="store_true", help="only write the last runs' figures, as far as they came")
    options = parser.parse_args()
    log = BUILD / f"{options.only or 'all'}-{options.n}.jsonl"
    cases, rows = draw(options.n, options.only), []
    if options.again or options.figures:
        logs = sorted(BUILD.glob("*.jsonl"), key=os.path.getmtime)
        lines = [line for each in logs for line in each.read_text("utf-8").splitlines()]
        found = {_place(row): row for row in map(json.loads, lines)}  # the latest of each
        rows = [found[place] for place in map(_place, map(describe, cases)) if place in found]
    if not options.figures:
        alive = survivors(rows)
        rows = [row for row in rows if row not in alive]
        known = {_place(row) for row in rows}  # killed, or equivalent
        rows = _test([case for case in cases if _place(describe(case)) not in known], rows, log)
    text = f"{len(rows)} of the {len(cases)} mutants that were drawn have been tested.\n\n{table(rows)}"
    print(text)
    if not options.only:
        figures.write("mutants", f"make mutants N={options.n}", text)
    raise SystemExit(len(survivors(rows)) > 0.03 * len(rows))


if __name__ == "__main__":
    main()
