"""Execute the notebooks in order, write the executed copies, print their results, build the book of pages."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from nbformat import NotebookNode

from nnlib.homework.results import MIME, Results
from nnlib.storage import REPOSITORY, file_lock
from tools import book, kernels, notebook_files
from tools.progress import Progress

TRIAL_LOGS = "trial_logs"
CHECKPOINTS = "checkpoints"

# As in nnlib.vgg and nnlib.search, whose import would load torch and joblib.
PROFILES = ("quick", "lesson", "full")
PROFILE_VARIABLE = "NNLIB_PROFILE"
CHECKPOINTS_VARIABLE = "NNLIB_CHECKPOINTS"
TRIAL_LOGS_VARIABLE = "NNLIB_TRIAL_LOGS"

_NOTES = """The build folder then holds notebooks/ (the executed copies, and in trial_logs/ their sweeps), results.json,
html/ (a book of the notebooks, those not executed as they are stored, the documents and the code: open index.html) and
checkpoints/ (Q6's trainings). Each run starts afresh, except that the checkpoints of the profiles lesson and full are
kept: interrupt with Ctrl-C, and the same command goes on after the last whole epoch. A notebook of notebooks/extra/ is
executed only where it is named.

NNLIB_CHECKPOINTS names another folder for checkpoints, from which nothing is removed. NNLIB_DATA names a folder to
look in first for data files."""

_COLOUR_CODES = re.compile(r"\x1b\[[0-9;]*m")


class RunError(Exception):
    """The run cannot go on; the message is for the user."""


def run(notebooks: list[Path], build: Path, *, in_place: bool, profile: str) -> Results:
    """Execute `notebooks` in order into the folder `build`; of an earlier run only checkpoints are kept.

    Args:
        notebooks: the files, each executed with its own folder as the working directory.
        build: made if it is missing.
        in_place: also write each executed notebook back to its file.
        profile: how much of Q6 is trained, one of PROFILES.

    Returns:
        The rows that the notebooks displayed, in order.

    Raises:
        RunError: another run is at work in `build`, a file cannot be written, a cell failed, or a notebook displayed
            invalid results.
    """
    loaded = [(path, notebook_files.read(path)) for path in notebooks]
    variables = _variables(build, profile)
    results = Results([])
    with _writing(build, "Name another folder with --build DIR."), _reserved(build):
        _remove_last_run(build)
        with Progress(sum(len(notebook_files.code_cells(notebook)) for _, notebook in loaded)) as progress:
            for path, notebook in loaded:
                _execute(path, notebook, build / "notebooks" / path.name, variables, progress)
                results = Results([*results.rows, *collect(path, notebook).rows])
                if in_place:
                    with _writing(path, f"The executed notebook is in {_shown(build / 'notebooks')}."):
                        notebook_files.write(notebook, path)
        text = json.dumps(results.to_json(), indent=2, ensure_ascii=False, allow_nan=False)
        notebook_files.write_text(build / "results.json", text + "\n")
    return results


@contextlib.contextmanager
def _writing(target: Path, todo: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RunError(f"{_shown(target)} cannot be written: {error.strerror or error}. {todo}") from None


@contextlib.contextmanager
def _reserved(build: Path) -> Iterator[None]:
    """Hold `build` for this run alone; an OSError is raised if files cannot be written to it."""
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(file_lock(build / "run", wait=False))
        except TimeoutError:
            raise RunError(
                f"Another run is at work in {_shown(build)}. Wait for it or name another folder with --build DIR."
            ) from None
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


def _variables(build: Path, profile: str) -> dict[str, str]:
    """Return variables for the kernels: the profile, and absolute folders for trial logs and for checkpoints."""
    checkpoints = Path(os.environ.get(CHECKPOINTS_VARIABLE) or build / CHECKPOINTS).expanduser()
    folders = {TRIAL_LOGS_VARIABLE: build / "notebooks" / TRIAL_LOGS, CHECKPOINTS_VARIABLE: checkpoints}
    return {PROFILE_VARIABLE: profile, **{variable: str(folder.absolute()) for variable, folder in folders.items()}}


def _execute(path: Path, notebook: NotebookNode, copy: Path, variables: Mapping[str, str], progress: Progress) -> None:
    """Execute one notebook and write `copy`; when a cell fails, `copy` is the notebook up to that cell."""
    try:
        with progress.notebook(path.stem, len(notebook_files.code_cells(notebook))) as on_cell:
            kernels.execute(notebook, path.parent, on_cell, variables=variables)
    except kernels.CellFailure as failure:
        message = str(failure) if sys.stderr.isatty() else _COLOUR_CODES.sub("", str(failure))
        raise RunError(f"{path.name} failed in {message}\nThe notebook up to that cell: {_shown(copy)}") from None
    except OSError as error:
        raise RunError(f"{path.name}: its kernel failed: {error}") from None
    finally:
        notebook_files.normalise(notebook)
        notebook_files.write(notebook, copy)


def collect(path: Path, notebook: NotebookNode) -> Results:
    """Return the rows that the executed notebook displays."""
    outputs = [output for cell in notebook_files.code_cells(notebook) for output in cell.outputs]
    displayed = [output.data[MIME] for output in outputs if MIME in output.get("data", {})]
    try:
        return Results([row for rows in displayed for row in Results.from_json(rows).rows])
    except (TypeError, ValueError) as error:
        raise RunError(f"{path.name} displays invalid results. {error}") from None


def select(names: list[str], folder: Path) -> list[Path]:
    """Return the notebooks of `folder` in order: all of them, or those in `names`.

    A name is a notebook's question ("q4"), its stem ("q4_softmax") or its path. Those in the folder's extra/ are named
    by stem or path.

    Raises:
        RunError: no notebook has that name, or there is none at all.
    """
    available = sorted(folder.glob("q*.ipynb"))
    if not available:
        raise RunError(f"{_shown(folder)} holds no notebook q*.ipynb.")
    every, wanted = [*available, *sorted(folder.glob("extra/q*.ipynb"))], set()
    for name in names:
        stem = Path(name).name.removesuffix(".ipynb")
        found = [path for path in every if path.stem == stem]
        found = found or [path for path in available if path.stem.startswith(f"{stem}_")]
        if not found:
            raise RunError(f"no notebook {name!r}; there are: {', '.join(path.stem for path in every)}.")
        wanted.update(found)
    return [path for path in every if path in wanted] if names else available


def _shown(path: Path) -> Path:
    """Return `path` relative to the current folder if it lies below it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.run_notebooks",
        description=__doc__,
        epilog=_NOTES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="a notebook, such as q4 (default: all of them)")
    parser.add_argument("--in-place", action="store_true", help="also write them back in the committed form")
    parser.add_argument("--pages", action="store_true", help="execute nothing, build the pages of the last run again")
    parser.add_argument(
        "--profile",
        choices=PROFILES,
        default=os.environ.get(PROFILE_VARIABLE) or PROFILES[0],
        help=f"how much of Q6 is trained; full takes an hour (default: ${PROFILE_VARIABLE}, else {PROFILES[0]})",
    )
    parser.add_argument("--notebooks", type=Path, default=REPOSITORY / "notebooks", metavar="DIR", help="their folder")
    parser.add_argument("--build", type=Path, default=REPOSITORY / "build", metavar="DIR", help="the output folder")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return the exit status: 0, 1 for a failure, 2 for a wrong name, 130 after Ctrl-C."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    if arguments.profile not in PROFILES:  # argparse does not check a default
        parser.error(f"{PROFILE_VARIABLE}={arguments.profile}: expected one of {', '.join(PROFILES)}.")
    build = arguments.build.resolve()
    try:
        notebooks = select(arguments.names, arguments.notebooks.resolve())
    except RunError as error:
        parser.error(str(error))
    try:
        if not arguments.pages:
            results = run(notebooks, build, in_place=arguments.in_place, profile=arguments.profile)
            table = f"\n{results!r}\n\n{results.CAPTION}\n" if results.rows else ""
            print(f"{table}\nResults: {_shown(build / 'results.json')}", flush=True)
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
    except (OSError, RunError, book.BookError, KeyboardInterrupt) as error:
        reason = str(error) or "interrupted."
        print(f"\nThe pages were not built: {reason}\nThe option --pages builds them from this run.", file=sys.stderr)
        return 130 if isinstance(error, KeyboardInterrupt) else 1
    print(warnings, end="", file=sys.stderr)
    print(f"Pages: {_shown(build / 'html' / 'index.html')}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
