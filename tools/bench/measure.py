"""Worker processes, and medians over rounds in which two sides alternate, so that both meet the same machine."""

from __future__ import annotations

import contextlib
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from nnlib.backend import VARIABLE
from nnlib.storage import REPOSITORY
from tools.bench.worker import medians


@dataclass(frozen=True)
class Side:
    """One side of a comparison: its name, a worker's task, the folder whose nnlib is timed, and which layers."""

    name: str
    task: str = "compare"
    source: Path = REPOSITORY
    layers: str = "fast"


def work(side: Side, budget: float, processes: int = 1) -> list[dict]:
    """Return the rows of all worker processes; they run at the same time, and nothing else of ours does."""
    command = [sys.executable, "-P", "-m", "tools.bench.worker", side.task, str(budget)]
    path = os.pathsep.join(filter(None, [str(side.source), str(REPOSITORY), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "TQDM_MININTERVAL": "0.5", "PYTHONPATH": path, VARIABLE: side.layers}
    running: list[subprocess.Popen] = []
    try:
        for _ in range(processes):
            running.append(subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True))
        printed = [process.communicate()[0] for process in running]
    finally:
        for process in running:
            process.kill()  # after Ctrl-C; it does nothing to one that has ended
    for process in running:
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
    return [row for text in printed for row in json.loads(text)]


def alternate(first: Side, second: Side, rounds: int, budget: float) -> list[dict]:
    """Return one row per network and batch size: medians over the rounds of both sides, and of first / second."""
    by_round = []
    for number in tqdm(range(rounds), desc="rounds", unit="round"):
        order = (first, second) if number % 2 == 0 else (second, first)
        rows = {side.name: work(side, budget) for side in order}
        by_round.append(list(zip(rows[first.name], rows[second.name], strict=True)))
    table = []
    for pairs in zip(*by_round, strict=True):
        row = {key: pairs[0][0][key] for key in ("model", "batch_size")}
        for what in ("train", "forward"):
            row[what] = medians([(a[what], b[what]) for a, b in pairs], first.name, second.name)
        table.append(row)
    return table


def crowd(rounds: int, budget: float) -> dict[str, float]:
    """Return the median time of the CNN's step next to a second process and alone, and of their ratios."""
    pairs = []
    for _ in range(rounds):
        rows = (work(Side("crowd", "crowd"), 4 * budget, processes) for processes in (2, 1))
        pairs.append([statistics.mean(row["step"] for row in both) for both in rows])
    return medians(pairs, "together", "alone")


@contextlib.contextmanager
def checked_out(revision: str) -> Iterator[Path]:
    """Yield a temporary folder with nnlib as of a git revision, without a change to the repository.

    Raises:
        ValueError: there is no such revision, or no nnlib in it.
    """
    command = ["git", "archive", "--format=zip", revision, "nnlib"]
    try:
        archive = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        reason = getattr(error, "stderr", b"").decode(errors="replace").strip() or error
        raise ValueError(f"no nnlib at git revision {revision!r}: {reason}") from None
    with tempfile.TemporaryDirectory(prefix="nnlib-baseline-") as folder:
        zipfile.ZipFile(io.BytesIO(archive)).extractall(folder)
        yield Path(folder)
