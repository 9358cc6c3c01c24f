"""Measure train steps in NumPy and in PyTorch, write build/bench/ (JSON, Markdown, a figure), print the table."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

from tqdm import tqdm

from nnlib.provenance.machine import processor
from tools.bench import report
from tools.notebook_files import write_text

ROOT = Path(__file__).resolve().parents[2]


def work(task: str, budget: float, processes: int = 1) -> list[dict]:
    """Return what worker processes at the same task measured, side by side; nothing else of ours runs meanwhile."""
    command = [sys.executable, "-m", "tools.bench.worker", task, "--budget", str(budget)]
    environment = {**os.environ, "TQDM_MININTERVAL": "0.5"}
    running = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(processes)
    ]
    printed = [process.communicate()[0] for process in running]
    for process in running:
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
    return [json.loads(text) for text in printed]


def crowd(rounds: int, budget: float) -> dict:
    """Return the time of a step alone and beside a second process, and the median of their ratios."""
    pairs = []
    for _ in range(rounds):
        alone, together = (
            statistics.median(outcome["rows"][0]["step"] for outcome in work("crowd", 4 * budget, processes))
            for processes in (1, 2)
        )
        pairs.append((alone, together))
    alone, together = map(statistics.median, zip(*pairs, strict=True))
    return {"alone": alone, "together": together, "ratio": statistics.median(b / a for a, b in pairs)}


def measure(rounds: int, budget: float) -> dict:
    """Return the whole result: the libraries alternate, round by round, so that both meet the same machine."""
    by_round, versions = [], {}
    for number in tqdm(range(rounds), desc="rounds", unit="round"):
        order = ("numpy", "torch") if number % 2 == 0 else ("torch", "numpy")
        one = {}
        for task in order:
            (outcome,) = work(task, budget)
            one[task], versions[task] = outcome["rows"], outcome["version"]
        by_round.append(one)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "machine": {"processor": processor(), "cores": cores, "python": platform.python_version()} | versions,
        "rounds": rounds,
        "steps": report.summarise(by_round),
        "products": work("products", budget)[0]["rows"][0],
        "epoch": work("epoch", budget)[0]["rows"][0],
        "crowd": crowd(rounds, budget),
        "sweep": work("sweep", budget)[0]["rows"][0],
        "growth": work("growth", budget)[0]["rows"],
    }


def main(argv: list[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="processes of each library, alternated (default 5)")
    parser.add_argument("--budget", type=float, default=0.5, metavar="SECONDS", help="for each median (default 0.5)")
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "bench", metavar="DIR", help="where output goes")
    arguments = parser.parse_args(argv)
    if arguments.rounds < 1:
        parser.error(f"--rounds: expected at least 1, got {arguments.rounds}")
    result = measure(arguments.rounds, arguments.budget)
    report.check_finite(result)
    text = report.markdown(result)
    arguments.build.mkdir(parents=True, exist_ok=True)
    report.draw_growth(result["growth"], arguments.build / "growth.png")
    write_text(arguments.build / "bench.json", json.dumps(result, indent=2, allow_nan=False) + "\n")
    write_text(arguments.build / "bench.md", text)
    print(text)


if __name__ == "__main__":
    main()
