"""Build the book: the notebooks, documents and code as pages that open from disk without internet.

`make run` builds it at its end; `python -m tools.book` builds it again from what the last run left in build/. A notebook
that was not executed is shown as it is stored.
"""

from __future__ import annotations

import argparse
import ast
import itertools
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from nbformat.v4 import new_markdown_cell

from nnlib.homework.results import Results
from nnlib.storage import REPOSITORY
from tools import notebook_files

COPIED = ("README.md", "CONTRIBUTING.md", "LICENSE", "docs/*.md", "docs/*.png", "datasets/README.md")
STORED = "```{note}\nThe last run did not execute this notebook: this is how it is stored.\n```"
INDEX = """\
# EECS 598 Homework 1

```{{toctree}}
:caption: Homework
:maxdepth: 1

{notebooks}
```

```{{toctree}}
:caption: Documents
:maxdepth: 1
:glob:

README
CONTRIBUTING
docs/*
datasets/README
nnlib
```

{results}
"""
_LINK_TO_HEADING = re.compile(r"(\]\([^()\s#:]*#)((?:[^()\s]|\([^()\s]*\))+)\)")


class BookError(Exception):
    """Sphinx did not build the book; the message is what it wrote."""


def build(notebooks: Path, folder: Path) -> str:
    """Build the book in `folder`/html, of the files in `notebooks` or, where a run executed them, its copies.

    Returns:
        Sphinx's warnings, one per line.

    Raises:
        OSError: a file cannot be read or written.
        BookError: Sphinx failed.
    """
    shutil.rmtree(folder / "html", ignore_errors=True)
    with tempfile.TemporaryDirectory() as source:
        write_source(notebooks, folder, Path(source))
        command = [sys.executable, "-m", "sphinx", "-q", "-j", "auto", "-c", REPOSITORY / "tools" / "sphinx"]
        command += ["-d", Path(source, ".doctrees"), source, folder / "html"]
        sphinx = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    if sphinx.returncode:
        raise BookError(sphinx.stderr.strip())
    return sphinx.stderr


def write_source(notebooks: Path, folder: Path, source: Path) -> None:
    """Write the files that Sphinx reads to `source`, in the repository's folders, so that links between them hold."""
    for path in itertools.chain.from_iterable(map(REPOSITORY.glob, COPIED)):
        copy = source / path.relative_to(REPOSITORY)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    contents = ["# Source code of nnlib"]
    for package, paths in itertools.groupby(modules(), key=lambda path: path.parent.relative_to(REPOSITORY).as_posix()):
        contents.append(f"\n## `{package}/`\n")
        for path in paths:
            page = f"{package}/{path.stem}.md"
            notebook_files.write_text(source / page, "\n".join(_code_page(path)))
            summary = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))).partition("\n")[0]
            contents.append(f"- [`{path.name}`](<{page}>): {summary}")
    notebook_files.write_text(source / "nnlib.md", "\n".join(contents))
    names = []
    for path in sorted([*notebooks.glob("q*.ipynb"), *notebooks.glob("extra/q*.ipynb")]):
        names.append(f"notebooks/{path.relative_to(notebooks)}")
        executed = folder / "notebooks" / path.name
        notebook = notebook_files.read(executed if executed.exists() else path)
        notebook_files.normalise(notebook)
        if not executed.exists():
            notebook.cells.insert(1, new_markdown_cell(STORED))
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = _LINK_TO_HEADING.sub(lambda link: f"{link[1]}{_slug(link[2])})", cell.source)
        notebook_files.write(notebook, source / names[-1])
    rows = folder / "results.json"
    results = Results.from_json(json.loads(rows.read_text(encoding="utf-8")) if rows.exists() else [])
    table = f"## Results of the last run\n\n{results.to_markdown()}\n\n{results.CAPTION}" if results.rows else ""
    notebook_files.write_text(source / "index.md", INDEX.format(notebooks="\n".join(names), results=table))


def _slug(heading: str) -> str:
    """Return GitHub's anchor of a heading; JupyterLab's anchor, which keeps capitals and punctuation, gives the same."""
    return re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-"))


def modules() -> list[Path]:
    """Return nnlib's modules; of two that define the same name, the plain one is first."""
    return sorted(REPOSITORY.glob("nnlib/**/*.py"), key=lambda path: ("fast" in path.parts, path.parent, path))


def sections(path: Path) -> Iterator[tuple[str, int, int]]:
    """Yield (name, first line, last line) of a module's public functions and classes; what precedes them has no name.

    What follows a definition, such as its private helpers, belongs to it.
    """
    body = ast.parse(path.read_text(encoding="utf-8")).body
    starts = [("", 1)]
    for before, node in itertools.pairwise(body):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            starts.append((node.name, before.end_lineno + 1))
    for (name, first), (_, following) in itertools.pairwise([*starts, ("", body[-1].end_lineno + 1)]):
        yield name, first, following - 1


def _code_page(path: Path) -> Iterator[str]:
    """Yield the lines of a module's page in Markdown: a heading, then its source in sections."""
    yield f"---\norphan: true\n---\n# `{path.relative_to(REPOSITORY).as_posix()}`"
    lines = path.read_text(encoding="utf-8").splitlines()
    for definition, first, last in sections(path):
        while not lines[first - 1].strip():
            first += 1
        yield f"\n## `{definition}`\n" if definition else ""
        yield from ("``````{code-block} python", f":lineno-start: {first}", *lines[first - 1 : last], "``````")


def main() -> int:
    """Run the command line; return the exit status: 0, or 1 for a failure."""
    parser = argparse.ArgumentParser(prog="python -m tools.book", description=__doc__)
    parser.add_argument("--notebooks", type=Path, default=REPOSITORY / "notebooks", metavar="DIR", help="their folder")
    parser.add_argument("--build", type=Path, default=REPOSITORY / "build", metavar="DIR", help="the run's folder")
    arguments = parser.parse_args()
    try:
        print(build(arguments.notebooks, arguments.build), end="", file=sys.stderr)
    except (OSError, ValueError, BookError) as error:
        print(f"The book was not built: {error}", file=sys.stderr)
        return 1
    print(f"Open {arguments.build / 'html' / 'index.html'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
