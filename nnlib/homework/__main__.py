"""Run the homework's sweeps from a shell or a cluster job, on this machine or on a Dask cluster.

python -m nnlib.homework q5
python -m nnlib.homework q5 --scheduler tcp://HOST:PORT

Finished trials are in the trial log; after an interruption the same command runs the rest.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import sys
from collections.abc import Iterator
from pathlib import Path

from nnlib.homework import sweeps
from nnlib.homework.sweeps import NamedSweep
from nnlib.search import CodeError, Selection, TrialLog, TrialLogError, select


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m nnlib.homework", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sweep", nargs="?", help="a question, such as q5, or one of its sweeps; see --list")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster, tcp://HOST:PORT")
    parser.add_argument("--jobs", type=int, metavar="N", help="processes on this machine (default: all cores)")
    parser.add_argument(
        "--trial-log", type=Path, metavar="FILE", help="default: QUESTION.jsonl in $NNLIB_TRIAL_LOGS or build/"
    )
    parser.add_argument("--list", action="store_true", help="list the sweeps and stop")
    arguments = parser.parse_args(argv)
    if arguments.list:
        print("\n".join(map(_line, sweeps.SWEEPS.values())))
        return 0
    wanted = sweeps.of_question(arguments.sweep or "")
    if not wanted:
        parser.error(f"sweep: expected one of {', '.join(sweeps.SWEEPS)}, got {arguments.sweep}")
    if arguments.jobs == 0:
        parser.error("--jobs: expected at least 1, or -1 for all cores, got 0")
    try:
        return _run_all(wanted, arguments)
    except (CodeError, TrialLogError) as error:
        print(error, file=sys.stderr)
        return 1


def _line(named: NamedSweep) -> str:
    points = math.prod(map(len, named.grid.values()))
    grid = " x ".join(f"{name} {{{' | '.join(map(str, values))}}}" for name, values in named.grid.items())
    seeds = f"{len(named.seeds)} seed{'s' * (len(named.seeds) > 1)}"
    return f"{named.name:14} {named.title}\n{'':14} {grid}: {points} points, {seeds}"


def _run_all(wanted: list[NamedSweep], arguments: argparse.Namespace) -> int:
    question = wanted[0].name.partition("-")[0]
    trial_log = TrialLog.named(question) if arguments.trial_log is None else TrialLog(arguments.trial_log)
    print(f"trial log: {trial_log.path}")
    selections: dict[str, Selection] = {}
    try:
        with _cluster(arguments.scheduler):
            for named in wanted:
                _run(named, trial_log, arguments.jobs, selections)
    except KeyboardInterrupt:
        print(f"\nInterrupted. {trial_log.path} keeps what is finished; the same command runs the rest.")
        return 130
    return 0


@contextlib.contextmanager
def _cluster(scheduler: str | None) -> Iterator[None]:
    """Have sweeps run on the cluster of a scheduler; without one, on this machine."""
    if scheduler is None:
        yield
        return
    try:
        from distributed import Client
    except ImportError:
        todo = "--scheduler needs the package distributed, here and on the workers: pip install distributed"
        raise SystemExit(todo) from None
    import joblib

    with Client(scheduler) as client, joblib.parallel_config(backend="dask"):
        print(f"cluster: {scheduler}, {sum(client.nthreads().values())} threads on {len(client.nthreads())} workers")
        yield


def _run(named: NamedSweep, trial_log: TrialLog, jobs: int | None, selections: dict[str, Selection]) -> None:
    """Run one sweep, print its table, and put its selection into `selections`; first a sweep that it builds on."""
    if named.after is not None and named.after not in selections:
        _run(sweeps.SWEEPS[named.after], trial_log, jobs, selections)
    fixed = None if named.after is None else selections[named.after].settings
    swept = named.sweep(fixed=fixed, n_jobs=jobs, trial_log=trial_log)
    selections[named.name] = select(swept)
    print(f"\n{swept!r}\n{selections[named.name]}\n")


if __name__ == "__main__":
    raise SystemExit(main())
