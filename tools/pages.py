"""HTML pages of executed notebooks that open from disk without internet: MathJax lies in their folder."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

from nbconvert import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from nnlib.homework.results import Results
from nnlib.storage import REPOSITORY
from tools.notebook_files import write_text

TEMPLATE = (REPOSITORY / "tools" / "jupyter" / "page.html.j2").read_text(encoding="utf-8")


def write_page(notebook: NotebookNode, path: Path) -> None:
    """Write the executed notebook as the page `path`; its formulas need `add_mathjax` for the same folder."""
    body, _ = HTMLExporter(raw_template=TEMPLATE).from_notebook_node(
        notebook, resources={"metadata": {"name": path.stem}}
    )
    write_text(path, body)


def add_mathjax(folder: Path) -> None:
    """Copy MathJax to `folder`/mathjax, whole or not at all, unless it is there.

    Raises:
        OSError: it cannot be copied.
    """
    target, part = folder / "mathjax", folder / "mathjax.part"
    if target.exists():
        return
    source = Path(importlib.util.find_spec("jupyter_server_mathjax").origin)  # not imported: it brings a web server
    shutil.rmtree(part, ignore_errors=True)
    try:
        shutil.copytree(source.with_name("static"), part)
    except shutil.Error as error:  # one entry per file, at a full disk 600 of them
        raise OSError(error.args[0][0][-1]) from None
    part.rename(target)


def write_index(folder: Path, names: list[str], results: Results) -> None:
    """Write `folder`/index.html: links to the pages of the notebooks `names`, and the results."""
    links = "\n".join(f"- [{name}](<{name}.html>)" for name in names)
    table = f"{results.to_markdown()}\n\n{results.CAPTION}" if results.rows else ""
    cell = new_markdown_cell(f"# EECS 598 Homework 1\n\n{links}\n\n{table}")
    write_page(new_notebook(cells=[cell], metadata={"title": "EECS 598 Homework 1"}), folder / "index.html")
