"""Execute the notebooks, write the executed copies, print their results, build the book of pages."""

import argparse
import asyncio
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from nbformat import NotebookNode
from tqdm import tqdm

from nnlib.homework.results import MIME, Results
from nnlib.storage import REPOSITORY, file_lock, write_text
from tools import book, kernels, notebook_files

TRIAL_LOGS = "trial_logs"
CHECKPOINTS = "checkpoints"

# As in nnlib.vgg and nnlib.search, whose import would load torch and joblib.
PROFILES = ("quick", "lesson", "full")
PROFILE_VARIABLE = "NNLIB_PROFILE"
CHECKPOINTS_VARIABLE = "NNLIB_CHECKPOINTS"
TRIAL_LOGS_VARIABLE = "NNLIB_TRIAL_LOGS"

# Several notebooks at a time share the cores, and a kernel would start as many threads as there are.
_THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

_NOTES = """The build folder then holds notebooks/ (the executed copies, and in trial_logs/ their sweeps), results.json,
html/ (a book of the notebooks, those not executed as they are stored, the documents and the code: open index.html) and
checkpoints/ (Q6's trainings). Each run starts from scratch, except that the checkpoints of the profiles lesson and
full are kept: interrupt with Ctrl-C, and the same command goes on after the last whole epoch. A notebook of
notebooks/extra/ is executed only where it is named.

NNLIB_CHECKPOINTS names another folder for checkpoints, from which nothing is removed. NNLIB_DATA names a folder to
look in first for data files."""

_TURNS = "q5 q4 q7 q6 q1 q2 q3"  # the longest first; last, when one may run alone, those whose sweeps take all cores
_COLOUR_CODES = re.compile(r"\x1b\[[0-9;]*m")


class RunError(Exception):
    """The run cannot go on; the message is for the user."""


def run(notebooks: list[Path], build: Path, *, in_place: bool, profile: str, jobs: int = 1) -> Results:
    """Execute `notebooks`, each in its own folder, and return the rows that they displayed, in order.

    The copies go into `build`, where of an earlier run only checkpoints are kept; `in_place` also writes them back to
    the files. `profile`, one of PROFILES, says how much of Q6 is trained; `jobs`, how many run at a time. The first
    failure stops the others.

    Raises:
        RunError: another run is at work in `build`, a file cannot be written, a cell failed, or a notebook displayed
            invalid results.
    """
    loaded = [(path, notebook_files.read(path)) for path in notebooks]
    checkpoints = Path(os.environ.get(CHECKPOINTS_VARIABLE) or build / CHECKPOINTS).expanduser().absolute()
    variables = {PROFILE_VARIABLE: profile, CHECKPOINTS_VARIABLE: str(checkpoints)}
    variables[TRIAL_LOGS_VARIABLE] = str(build / "notebooks" / TRIAL_LOGS)
    if min(jobs, len(loaded)) > 1:
        threads = max(1, (os.cpu_count() or 1) // jobs)
        variables |= {name: os.environ.get(name, str(threads)) for name in _THREAD_VARIABLES}
    with _writing(build, "Name another folder with --build DIR."), _reserved(build):
        _remove_last_run(build)
        try:
            asyncio.run(_execute_all(loaded, build / "notebooks", variables, jobs, in_place))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        results = Results(row for path, notebook in loaded for row in collect(path, notebook).rows)
        text = json.dumps(results.to_json(), indent=2, ensure_ascii=False, allow_nan=False)
        write_text(build / "results.json", text + "\n")
    return results


async def _execute_all(
    loaded: list[tuple[Path, NotebookNode]], folder: Path, variables: Mapping[str, str], jobs: int, in_place: bool
) -> None:
    """Execute the notebooks, `jobs` at a time; an ExceptionGroup holds the first failure, which stops the others.

    If stderr is a terminal, a progress bar shows which are at work, the number of cells and the elapsed time.
    """
    cells, at_work = sum(len(notebook_files.code_cells(notebook)) for _, notebook in loaded), []
    pending = iter(sorted(loaded, key=lambda each: _TURNS.find(each[0].stem[:2])) if jobs > 1 else loaded)

    async def work() -> None:
        for path, notebook in pending:
            at_work.append(path.stem)
            await _execute(path, notebook, folder / path.name, variables, bar.update)
            at_work.remove(path.stem)
            collect(path, notebook)  # what is invalid is neither written back nor followed by the next notebook
            if in_place:
                with _writing(path, f"The executed notebook is in {folder}."):
                    notebook_files.write(notebook, path)

    async def show(bar: tqdm) -> None:
        while True:  # the elapsed time moves on while a cell takes minutes
            bar.set_description(", ".join(at_work))
            await asyncio.sleep(1.0)

    with tqdm(total=cells, leave=False, unit="cell", dynamic_ncols=True, disable=None) as bar:
        async with asyncio.TaskGroup() as group:
            showing = group.create_task(show(bar))
            await asyncio.gather(*(group.create_task(work()) for _ in range(jobs)))
            showing.cancel()


@contextlib.contextmanager
def _writing(target: Path, todo: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RunError(f"{target} cannot be written: {error.strerror or error}. {todo}") from None


@contextlib.contextmanager
def _reserved(build: Path) -> Iterator[None]:
    """Hold `build` for this run alone; an OSError is raised if files cannot be written to it."""
    try:
        lock = file_lock(build / "run", wait=False)
    except TimeoutError:
        todo = "Wait for it or name another folder with --build DIR."
        raise RunError(f"Another run is at work in {build}. {todo}") from None
    with lock:
        for folder in (build / "notebooks" / TRIAL_LOGS, build / "html"):
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder) as probe:
                probe.write(bytes(2**20))  # a full disk still takes an empty file
        yield


def _remove_last_run(build: Path) -> None:
    """Remove the files of an earlier run: after a failure, its results must not pass for this run's.

    Also the trial logs and the quick profile's checkpoints, because what is found there is not trained again.
    """
    shutil.rmtree(build / "html")
    patterns = ("results.json", "notebooks/*.ipynb", f"notebooks/{TRIAL_LOGS}/*", f"{CHECKPOINTS}/quick/*")
    for path in [path for pattern in patterns for path in build.glob(pattern)]:
        path.unlink(missing_ok=True)


async def _execute(
    path: Path, notebook: NotebookNode, copy: Path, variables: Mapping[str, str], executed: Callable[[], object]
) -> None:
    """Execute one notebook and write `copy`; when a cell fails, `copy` is the notebook up to that cell."""
    title, started = f"{path.stem}: {len(notebook_files.code_cells(notebook))} cells", time.perf_counter()
    tqdm.write(f"{title} ...", file=sys.stderr)
    try:
        await kernels.execute(notebook, path.parent, variables=variables, executed=executed)
        tqdm.write(f"{title} in {time.perf_counter() - started:.1f} s", file=sys.stderr)
    except kernels.CellFailure as failure:
        message = str(failure) if sys.stderr.isatty() else _COLOUR_CODES.sub("", str(failure))
        raise RunError(f"{path.name} failed in {message}\nThe notebook up to that cell: {copy}") from None
    except OSError as error:
        raise RunError(f"{path.name}: its kernel failed: {error}") from None
    finally:
        notebook_files.normalise(notebook)
        notebook_files.write(notebook, copy)


def collect(path: Path, notebook: NotebookNode) -> Results:
    """Return the rows that the executed notebook displays."""
    displayed = [output.get("data", {}) for cell in notebook_files.code_cells(notebook) for output in cell.outputs]
    try:
        return Results(row for data in displayed if MIME in data for row in Results.from_json(data[MIME]).rows)
    except (TypeError, ValueError) as error:
        raise RunError(f"{path.name} displays invalid results. {error}") from None


def select(names: list[str], folder: Path) -> list[Path]:
    """Return the notebooks of `folder` in order: all of them, or those in `names`; a RunError says what there is not.

    A name is a notebook's question ("q4"), its stem ("q4_softmax") or its path; in the folder's extra/, stem or path.
    """
    available = sorted(folder.glob("q*.ipynb"))
    if not available:
        raise RunError(f"{folder} holds no notebook q*.ipynb.")
    every, wanted = [*available, *sorted(folder.glob("extra/q*.ipynb"))], set()
    for name in names:
        stem = Path(name).name.removesuffix(".ipynb")
        by_question = [path for path in available if path.stem.startswith(f"{stem}_")]
        found = [path for path in every if path.stem == stem] or by_question
        if not found:
            raise RunError(f"no notebook {name!r}; there are: {', '.join(path.stem for path in every)}.")
        wanted.update(found)
    return [path for path in every if path in wanted] if names else available


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return the exit status: 0, 1 for a failure, 2 for a wrong name, 130 after Ctrl-C."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        "python -m tools.run_notebooks", description=__doc__, epilog=_NOTES, formatter_class=raw
    )
    add = parser.add_argument
    add("names", nargs="*", metavar="NAME", help="a notebook, such as q4 (default: all of them)")
    add("--in-place", action="store_true", help="also write them back in the committed form")
    add("--pages", action="store_true", help="execute nothing, build the pages of the last run again")
    named, usual = os.environ.get(PROFILE_VARIABLE), PROFILES[0]
    text = f"how much of Q6 is trained; full takes an hour (default: ${PROFILE_VARIABLE}, else {usual})"
    add("--profile", choices=PROFILES, default=named or usual, help=text)
    text = "notebooks at a time (default: 2 where there are two cores; 1 for lesson and full, which need all cores)"
    add("--jobs", type=int, choices=range(1, 9), metavar="N", help=text)
    add("--notebooks", type=Path, default=REPOSITORY / "notebooks", metavar="DIR", help="their folder")
    add("--build", type=Path, default=REPOSITORY / "build", metavar="DIR", help="the output folder")
    arguments = parser.parse_args(argv)
    if arguments.profile not in PROFILES:  # argparse does not check a default
        parser.error(f"{PROFILE_VARIABLE}={arguments.profile}: expected one of {', '.join(PROFILES)}.")
    jobs = arguments.jobs or (min(2, os.cpu_count() or 1) if arguments.profile == usual else 1)
    build = arguments.build.resolve()
    try:
        notebooks = select(arguments.names, arguments.notebooks.resolve())
    except RunError as error:
        parser.error(str(error))
    try:
        if not arguments.pages:
            results = run(notebooks, build, in_place=arguments.in_place, profile=arguments.profile, jobs=jobs)
            table = f"\n{results!r}\n\n{results.CAPTION}\n" if results.rows else ""
            print(f"{table}\nResults: {build / 'results.json'}", flush=True)
    except RunError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        goes_on = " The same command goes on after Q6's last checkpoint." if arguments.profile != "quick" else ""
        print(f"\nInterrupted; the kernel is stopped, and no results were written.{goes_on}", file=sys.stderr)
        return 130
    return _build_pages(arguments.notebooks.resolve(), build)


def _build_pages(notebooks: Path, build: Path) -> int:
    """Build the book and print where it is, or why there is none and what to do; return the exit status."""
    try:
        with _reserved(build):
            warnings = book.build(notebooks, build)
    except (OSError, RunError, subprocess.CalledProcessError, KeyboardInterrupt) as error:
        reason = getattr(error, "stderr", "").strip() or str(error) or "interrupted."
        print(f"\nThe pages were not built: {reason}\nThe option --pages builds them from this run.", file=sys.stderr)
        return 130 if isinstance(error, KeyboardInterrupt) else 1
    print(warnings, end="", file=sys.stderr)
    print(f"Pages: {build / 'html' / 'index.html'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
