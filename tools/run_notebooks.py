"""Execute the notebooks in order, write the executed copies and HTML pages, collect and print their results."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from nbformat import NotebookNode

from nnlib.homework.results import MIME, Results
from nnlib.search import trial_log
from tools import kernels, notebook_files, pages
from tools.progress import Progress

ROOT = Path(__file__).resolve().parents[1]
LEDGERS = "trial_logs"
CHECKPOINTS = "checkpoints"

# Q6's profiles and nnlib.vgg's name for its folder, named again: nnlib.vgg imports torch, and the runner needs none.
PROFILES = ("quick", "full")
PROFILE_VARIABLE = "NNLIB_PROFILE"
CHECKPOINTS_VARIABLE = "NNLIB_CHECKPOINTS"

_EXAMPLES = """examples:
  python -m tools.run_notebooks                 all of them (`make run`)
  python -m tools.run_notebooks q1 q4           two of them
  python -m tools.run_notebooks --in-place q4   one, written back to notebooks/ in the form that is committed
  python -m tools.run_notebooks --profile full  with all of Q6's trainings, for hours (`make run PROFILE=full`)

BUILD then holds notebooks/ (the executed copies, and in trial_logs/ their sweeps), html/ (open index.html),
results.json and checkpoints/ (Q6's trainings). Nothing in them is left over from an earlier run, except
checkpoints/full/: interrupt the full profile with Ctrl-C, and the same command goes on after the last whole epoch.

NNLIB_CHECKPOINTS names another folder for checkpoints, in which nothing is removed. NNLIB_DATA names a folder to look
in first for data files."""

_COLOUR_CODES = re.compile(r"\x1b\[[0-9;]*m")


class RunError(Exception):
    """The run cannot go on; the message is for the user."""


def run(notebooks: list[Path], build: Path, *, in_place: bool, profile: str) -> Results:
    """Execute `notebooks` in order into the folder `build`, which then holds this run and nothing of an earlier one.

    Except the checkpoints of the full profile: they are the work of hours, and a run exists to add to them.

    Args:
        notebooks: the files, each executed with its own folder as the working directory.
        build: made when it is not there.
        in_place: also write each executed notebook back to its file.
        profile: how much of Q6 is trained, one of PROFILES.

    Returns:
        The rows that the notebooks displayed, in order.

    Raises:
        RunError: a cell failed, or a notebook displayed results that are not valid; the message says where.
    """
    _forget_last_run(build)
    pages.add_mathjax(build / "html")
    loaded = [(path, notebook_files.read(path)) for path in notebooks]
    variables = _variables(build, profile)
    results = Results([])
    with Progress(sum(len(notebook_files.code_cells(notebook)) for _, notebook in loaded)) as progress:
        for path, notebook in loaded:
            _execute(path, notebook, build / "notebooks" / path.name, variables, progress)
            results = Results([*results.rows, *collect(path, notebook).rows])
            pages.write_page(notebook, build / "html" / f"{path.stem}.html")
            if in_place:
                notebook_files.write(notebook, path)
    text = json.dumps(results.to_json(), indent=2, ensure_ascii=False, allow_nan=False)
    notebook_files.write_text(build / "results.json", text + "\n")
    pages.write_index(build / "html", [path.stem for path in notebooks], results)
    return results


def _forget_last_run(build: Path) -> None:
    """Remove what an earlier run wrote: after a failure, its results must not pass for this run's.

    The trial logs too, and the quick profile's checkpoints: what is found there is not trained.
    """
    old = [build / "results.json", *build.glob("notebooks/*.ipynb"), *build.glob("html/*.html")]
    old += [*build.glob(f"notebooks/{LEDGERS}/*"), *build.glob(f"{CHECKPOINTS}/quick/*")]
    for path in old:
        path.unlink(missing_ok=True)


def _variables(build: Path, profile: str) -> dict[str, str]:
    """Return what the kernels are told: the profile, and the folders for trial logs and for checkpoints.

    A relative folder of the user's is meant from where they are; the notebooks run in their own.
    """
    named = os.environ.get(CHECKPOINTS_VARIABLE)
    checkpoints = Path(named).expanduser() if named else build / CHECKPOINTS
    return {
        PROFILE_VARIABLE: profile,
        trial_log.FOLDER_VARIABLE: str((build / "notebooks" / LEDGERS).absolute()),
        CHECKPOINTS_VARIABLE: str(checkpoints.absolute()),
    }


def _execute(path: Path, notebook: NotebookNode, copy: Path, variables: Mapping[str, str], progress: Progress) -> None:
    """Execute one notebook and write `copy`; when a cell fails, `copy` is the notebook as far as it got."""
    cells = len(notebook_files.code_cells(notebook))
    progress.start(path.stem, cells)
    try:
        kernels.execute(
            notebook,
            path.parent,
            lambda number, total: progress.cell(path.stem, number, total),
            variables=variables,
        )
    except kernels.CellFailure as failure:
        error = failure.error if sys.stderr.isatty() else _COLOUR_CODES.sub("", failure.error)
        raise RunError(
            f"{path.name} failed in code cell {failure.number} of {failure.total}, which begins\n"
            f"    {failure.line}\n{error}\nThe notebook as far as it got: {_shown(copy)}"
        ) from None
    finally:
        notebook_files.normalise(notebook)
        notebook_files.write(notebook, copy)
    progress.end(path.stem, cells)


def collect(path: Path, notebook: NotebookNode) -> Results:
    """Return the rows that the executed notebook displays."""
    outputs = [output for cell in notebook_files.code_cells(notebook) for output in cell.outputs]
    displayed = [output.data[MIME] for output in outputs if MIME in output.get("data", {})]
    try:
        return Results([row for rows in displayed for row in Results.from_json(rows).rows])
    except (TypeError, ValueError) as error:
        raise RunError(f"{path.name} displays results that are not valid. {error}") from None


def select(names: list[str], folder: Path) -> list[Path]:
    """Return the notebooks of `folder` in their order: all of them, or those that `names` asks for.

    A name is a notebook's question ("q4"), its stem ("q4_softmax") or its path.

    Raises:
        RunError: no notebook of that name, or none at all.
    """
    available = sorted(folder.glob("q*.ipynb"))
    if not available:
        raise RunError(f"{_shown(folder)} holds no notebook q*.ipynb.")
    wanted = set()
    for name in names:
        stem = Path(name).name.removesuffix(".ipynb")
        found = [path for path in available if path.stem == stem or path.stem.startswith(f"{stem}_")]
        if not found:
            raise RunError(f"no notebook {name!r}; there are: {', '.join(path.stem for path in available)}.")
        wanted.update(found)
    return [path for path in available if path in wanted] if names else available


def _shown(path: Path) -> Path:
    """Return `path` as the user would type it: relative to where they are, if it lies below."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.run_notebooks",
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="a notebook, such as q4 (default: all of them)")
    parser.add_argument("--in-place", action="store_true", help="also write the executed notebooks back to their files")
    parser.add_argument(
        "--profile",
        choices=PROFILES,
        default=os.environ.get(PROFILE_VARIABLE) or PROFILES[0],
        help=f"how much of Q6 is trained (default: ${PROFILE_VARIABLE}, else {PROFILES[0]})",
    )
    parser.add_argument("--notebooks", type=Path, default=ROOT / "notebooks", metavar="DIR", help="where they are")
    parser.add_argument("--build", type=Path, default=ROOT / "build", metavar="DIR", help="where the output goes")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return the exit status: 0, 1 for a failure, 2 for a wrong name, 130 after Ctrl-C."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    if arguments.profile not in PROFILES:  # argparse lets a default pass
        parser.error(f"{PROFILE_VARIABLE}={arguments.profile}: expected {' or '.join(PROFILES)}.")
    build = arguments.build.resolve()
    try:
        notebooks = select(arguments.names, arguments.notebooks.resolve())
    except RunError as error:
        parser.error(str(error))
    try:
        results = run(notebooks, build, in_place=arguments.in_place, profile=arguments.profile)
    except RunError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        goes_on = " The same command takes up Q6 where its checkpoints end." if arguments.profile == "full" else ""
        print(f"\nInterrupted; the kernel is stopped, and no results were written.{goes_on}", file=sys.stderr)
        return 130
    if results.rows:
        print(f"\n{results!r}\n\n{results.CAPTION}")
    print(f"\nPages: {_shown(build / 'html' / 'index.html')}   Results: {_shown(build / 'results.json')}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
