"""Notebook files: read, clear of outputs, bring into the form that is committed, write."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
from nbformat import NotebookNode

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
"""All that a committed notebook says about itself; the exact Python that ran it would change with every machine."""


def read(path: Path) -> NotebookNode:
    """Return the notebook at `path`."""
    return nbformat.read(path, as_version=4)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the notebook's code cells in order."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def clear_outputs(notebook: NotebookNode) -> None:
    """Remove every output and execution count, so that what is there afterwards was made by this run."""
    for cell in code_cells(notebook):
        cell.outputs = []
        cell.execution_count = None


WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def normalise(notebook: NotebookNode) -> None:
    """Strip what a commit does not need: metadata but the kernel's name and the cells' tags, and views of widgets.

    A saved view points to a model that died with its kernel; what stands beside it for readers without widgets stays.
    """
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata = NotebookNode({key: value for key, value in cell.metadata.items() if key == "tags"})
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(WIDGET_VIEW, None)


def write(notebook: NotebookNode, path: Path) -> None:
    """Write the notebook to `path`, checked against the notebook format."""
    nbformat.validate(notebook)
    write_text(path, nbformat.writes(notebook) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` whole or not at all: an interruption leaves the old file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
