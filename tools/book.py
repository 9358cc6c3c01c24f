"""Build the book: the notebooks, documents and code as pages that open from disk without internet, by docs/conf.py."""

import itertools
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from nbformat.v4 import new_markdown_cell

from nnlib.homework.results import Results
from nnlib.storage import REPOSITORY, write_text
from tools import notebook_files

COPIED = ("README.md", "CONTRIBUTING.md", "LICENSE", "docs/*.md", "docs/*.png", "datasets/README.md")
STORED = "```{note}\nThe last run did not execute this notebook: this is how it is stored.\n```"


def build(notebooks: Path, folder: Path) -> str:
    """Build the book in `folder`/html, and return Sphinx's warnings, one per line.

    It is made of the files in `notebooks` or, where the last run executed them, of its copies in `folder`.

    Raises:
        OSError: a file cannot be read or written.
        CalledProcessError: Sphinx failed, its `stderr` says why. `folder`/html is as it was.
    """
    with tempfile.TemporaryDirectory(dir=folder, prefix="book-") as scratch:
        source, html = Path(scratch, "source"), Path(scratch, "html")
        _write_source(notebooks, folder, source)
        command = [sys.executable, "-m", "sphinx", "-q", "-j", "auto", "-c", REPOSITORY / "docs"]
        command += ["-d", Path(scratch, "doctrees"), source, html]
        sphinx = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
        shutil.rmtree(folder / "html", ignore_errors=True)
        html.rename(folder / "html")
    return sphinx.stderr


def _write_source(notebooks: Path, folder: Path, source: Path) -> None:
    """Write what Sphinx reads to `source`, in the repository's own folders, so that links between files hold."""
    for path in itertools.chain.from_iterable(map(REPOSITORY.glob, COPIED)):
        copy = source / path.relative_to(REPOSITORY)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    (source / "docs" / "index.md").rename(source / "index.md")
    for path in (*notebooks.glob("q*.ipynb"), *notebooks.glob("extra/q*.ipynb")):
        executed = folder / "notebooks" / path.name
        notebook = notebook_files.read(executed if executed.exists() else path)
        notebook_files.normalise(notebook)
        if not executed.exists():
            notebook.cells.insert(1, new_markdown_cell(STORED))
        notebook_files.write(notebook, source / "notebooks" / path.relative_to(notebooks))
    rows = folder / "results.json"
    results = Results.from_json(json.loads(rows.read_text(encoding="utf-8")) if rows.exists() else [])
    table = f"## Results of the last run\n\n{results.to_markdown()}\n\n{results.CAPTION}\n" if results.rows else ""
    write_text(source / "results.txt", table)
