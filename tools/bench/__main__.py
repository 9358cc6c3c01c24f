"""Time train steps in NumPy and in PyTorch, or in an older revision and in the working tree.

Prints the tables and writes them to build/bench/ as Markdown and JSON. Needs an idle machine. The two sides alternate
in rounds, each alone in a process of its own, so that both meet the same machine.
"""

import argparse
import importlib.metadata
import io
import json
import os
import platform
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import joblib
from tqdm import tqdm

from nnlib.backend import VARIABLE
from nnlib.provenance.machine import processor
from nnlib.storage import REPOSITORY, write_text
from tools.bench import report
from tools.bench.worker import medians


@dataclass(frozen=True)
class Side:
    """One side of a comparison: its name, a worker's task, the folder whose nnlib is timed, and which layers."""

    name: str
    task: str = "compare"
    source: Path = REPOSITORY
    layers: str = "fast"


def work(side: Side, budget: float) -> list[dict]:
    """Return the rows of a worker process; nothing else of ours runs beside it."""
    command = [sys.executable, "-P", "-m", "tools.bench.worker", side.task, str(budget)]
    path = os.pathsep.join(filter(None, [str(side.source), str(REPOSITORY), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "TQDM_MININTERVAL": "0.5", "PYTHONPATH": path, VARIABLE: side.layers}
    return json.loads(subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout)


def alternate(first: Side, second: Side, rounds: int, budget: float) -> list[dict]:
    """Return one row per network and batch size: medians over the rounds of both sides, and of first / second."""
    by_round = []
    for number in tqdm(range(rounds), desc="rounds", unit="round"):
        rows = {side.name: work(side, budget) for side in ((first, second), (second, first))[number % 2]}
        by_round.append(zip(rows[first.name], rows[second.name], strict=True))
    table = []
    for pairs in zip(*by_round, strict=True):
        row = {key: pairs[0][0][key] for key in ("model", "batch_size")}
        for what in ("train", "forward"):
            row[what] = medians([(a[what], b[what]) for a, b in pairs], first.name, second.name)
        table.append(row)
    return table


def check_out(revision: str, folder: str) -> None:
    """Write nnlib as of a git revision into a folder; a ValueError says that there is none."""
    command = ["git", "archive", "--format=zip", revision, "nnlib"]
    try:
        archive = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        reason = getattr(error, "stderr", b"").decode(errors="replace").strip() or error
        raise ValueError(f"no nnlib at git revision {revision!r}: {reason}") from None
    zipfile.ZipFile(io.BytesIO(archive)).extractall(folder)


def run(name: str, first: Side, second: Side, arguments: argparse.Namespace) -> bool:
    """Measure, print, and write `name`.json and `name`.md; return whether speed is as it has to be."""
    rounds, budget = arguments.rounds, arguments.budget
    versions = {title: importlib.metadata.version(key) for title, key in (("NumPy", "numpy"), ("PyTorch", "torch"))}
    machine = {"processor": processor(), "cores": joblib.cpu_count(), **versions, "Python": platform.python_version()}
    result = {"machine": machine, "rounds": rounds, "steps": alternate(first, second, rounds, budget)}
    text, verdicts = report.markdown(result, first.name, second.name), {}
    if name == "bench":
        result |= {task: work(Side(task, task), budget)[0] for task in ("products", "epoch", "sweep")}
        result["growth"] = work(Side("growth", "growth"), budget)
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
    parser = argparse.ArgumentParser("python -m tools.bench", description=__doc__)
    add, bounds = parser.add_argument, f"at least {report.LEAST_MEAN} and no network is below {report.LEAST_RATIO}"
    add("--rounds", type=int, choices=range(1, 100), default=5, metavar="N", help="processes of each side (default 5)")
    add("--budget", type=float, default=0.5, metavar="SECONDS", help="for each median (default 0.5)")
    add("--build", type=Path, default=REPOSITORY / "build" / "bench", metavar="DIR", help="for output")
    text = "time nnlib of this git revision against the working tree's, at batch 100; exit status 1 unless the "
    add("--baseline", metavar="REV", help=f"{text}geometric mean of old / new is {bounds}")
    add("--layers", choices=["plain"], help="time plain layers: against fast ones, or against REV")
    arguments = parser.parse_args(argv)
    name, sides = "bench", (Side("NumPy", "numpy"), Side("PyTorch", "torch"))
    if arguments.layers:
        name, sides = arguments.layers, (Side("plain", layers="plain"), Side("fast"))
    with tempfile.TemporaryDirectory(prefix="nnlib-baseline-") as folder:
        if arguments.baseline:
            try:
                check_out(arguments.baseline, folder)
            except ValueError as error:
                parser.error(f"--baseline: {error}")
            name, old = "baseline", Side("old", source=Path(folder))
            sides = old, Side("new", layers=arguments.layers or "fast")
        try:
            return 0 if run(name, *sides, arguments) else 1
        except subprocess.CalledProcessError as error:
            print(f"{' '.join(error.cmd[3:])} failed; its error is above.", file=sys.stderr)
            return 1


if __name__ == "__main__":
    raise SystemExit(main())
