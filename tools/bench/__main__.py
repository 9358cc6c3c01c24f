"""Time train steps in NumPy and in PyTorch, or in an older revision and in the working tree.

Prints the tables and writes them to build/bench/ as Markdown and JSON. Wants an idle machine.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

from nnlib.provenance.machine import processor
from nnlib.storage import REPOSITORY
from tools.bench import report
from tools.bench.measure import Side, alternate, checked_out, crowd, work
from tools.notebook_files import write_text


def machine() -> dict[str, object]:
    """Return the processor, its number of cores, and the versions of the libraries and of Python."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    versions = {title: importlib.metadata.version(name) for title, name in (("NumPy", "numpy"), ("PyTorch", "torch"))}
    return {"processor": processor(), "cores": cores, **versions, "Python": platform.python_version()}


def run(name: str, first: Side, second: Side, arguments: argparse.Namespace) -> bool:
    """Measure, print, and write `name`.json and `name`.md; return whether speed is as it has to be."""
    rounds, budget = arguments.rounds, arguments.budget
    result = {"machine": machine(), "rounds": rounds, "steps": alternate(first, second, rounds, budget)}
    text, verdicts = report.markdown(result, first.name, second.name), {}
    if name == "bench":
        result |= {task: work(Side(task, task), budget)[0] for task in ("products", "epoch", "sweep")}
        result |= {"crowd": crowd(rounds, budget), "growth": work(Side("growth", "growth"), budget)}
        text += report.details(result)
    elif name == "baseline":
        verdicts = report.verdicts(result["steps"])
        result |= {"baseline": arguments.baseline, "verdicts": verdicts}
        text = f"old: nnlib at git revision {arguments.baseline}; new: the working tree.\n\n{text}"
        text += "".join(f"- {'yes' if holds else 'NO'}: {bound}.\n" for bound, holds in verdicts.items())
    write_text(arguments.build / f"{name}.json", json.dumps(result, indent=2, allow_nan=False) + "\n")
    write_text(arguments.build / f"{name}.md", text)
    print(text)
    return all(verdicts.values())


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return the exit status: 0, or 1 for a failure or a loss of speed."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="processes of each side, alternating (default 5)")
    parser.add_argument("--budget", type=float, default=0.5, metavar="SECONDS", help="for each median (default 0.5)")
    parser.add_argument("--build", type=Path, default=REPOSITORY / "build" / "bench", metavar="DIR", help="for output")
    parser.add_argument(
        "--baseline",
        metavar="REV",
        help="time nnlib of this git revision against the working tree's, at batch 100; exit status 1 unless the "
        f"geometric mean of old / new is at least {report.LEAST_MEAN} and no network is below {report.LEAST_RATIO}",
    )
    parser.add_argument("--layers", choices=["plain"], help="time plain layers: against fast ones, or against REV")
    arguments = parser.parse_args(argv)
    if arguments.rounds < 1:
        parser.error(f"--rounds: expected at least 1, got {arguments.rounds}")
    name, sides = "bench", (Side("NumPy", "numpy"), Side("PyTorch", "torch"))
    if arguments.layers:
        name, sides = arguments.layers, (Side("plain", layers="plain"), Side("fast"))
    with contextlib.ExitStack() as stack:
        if arguments.baseline:
            try:
                old = stack.enter_context(checked_out(arguments.baseline))
            except ValueError as error:
                parser.error(f"--baseline: {error}")
            name, sides = "baseline", (Side("old", source=old), Side("new", layers=arguments.layers or "fast"))
        try:
            return 0 if run(name, *sides, arguments) else 1
        except subprocess.CalledProcessError as error:
            print(f"{' '.join(error.cmd[3:])} failed; its error is above.", file=sys.stderr)
            return 1


if __name__ == "__main__":
    raise SystemExit(main())
