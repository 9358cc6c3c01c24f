"""Fuzzing: `make fuzz` feeds every reader of untrusted files with damaged and hostile ones, the same at every run.

Each input is a whole file after one to three changes (fuzz_bytes.py). A reader fails if it raises anything but the
errors that it documents, takes a value that the file does not hold, takes time beyond a multiple of its length or much
memory, hangs or dies. The first input of each kind of failure is kept in build/fuzz/.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import figures  # noqa: E402
import fuzz_readers  # noqa: E402
import fuzz_submissions  # noqa: E402
from fuzz_run import Outcome, Reader, fuzz  # noqa: E402

SEED = 598
KEEP = ROOT / "build" / "fuzz"


def all_readers(folder: Path) -> list[Reader]:
    """Return the readers; they write their files into `folder`."""
    return [*fuzz_readers.readers(folder), *fuzz_submissions.readers(folder)]


def table(outcomes: dict[str, Outcome]) -> str:
    """Return the figures as Markdown."""
    titles = ("reader", "inputs", "refused in words", "read", "failed", "CPU seconds", "time at 4 × the length")
    lines = [f"| {' | '.join(titles)} |", "| --- " * len(titles) + "|"]
    for name, each in outcomes.items():
        counts = f"{each.inputs:,} | {each.refused:,} | {each.accepted:,} | {len(each.failures)}"
        lines.append(f"| {name} | {counts} | {each.seconds:.0f} | × {each.growth:.1f} |")
    inputs, refused, accepted, seconds = (
        sum(getattr(each, key) for each in outcomes.values()) for key in ("inputs", "refused", "accepted", "seconds")
    )
    failed = sum(len(each.failures) for each in outcomes.values())
    growth = max(each.growth for each in outcomes.values())
    lines.append(f"| all | {inputs:,} | {refused:,} | {accepted:,} | {failed} | {seconds:.0f} | × {growth:.1f} |")
    return "\n".join(lines)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=1_000_000, help="inputs of all readers together")
    parser.add_argument("--only", default="", help="the name of one reader")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    outcomes = {}
    with tempfile.TemporaryDirectory(prefix=f"nnlib-fuzz-{os.getpid()}-") as folder:
        for reader in all_readers(Path(folder)):
            if options.only in ("", reader.name):
                outcomes[reader.name] = found = fuzz(reader, round(options.n * reader.share), options.seed, KEEP)
                print(f"{reader.name}: {found.inputs:,} inputs, {len(found.failures)} kinds of failures", flush=True)
                for what, path in found.failures.items():
                    print(f"  {what} ({KEEP / path})", flush=True)
    print(table(outcomes))
    failed = sum(len(each.failures) for each in outcomes.values())
    if not options.only and options.seed == SEED:
        figures.write("fuzz", f"make fuzz N={options.n}", table(outcomes))
    raise SystemExit(failed > 0)


if __name__ == "__main__":
    main()
