"""Notebook files: read, clear the outputs, bring into the committed form, write."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode

from nnlib.storage import write_text

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
"""All metadata of a committed notebook; the exact version of Python would change with every machine."""


def read(path: Path) -> NotebookNode:
    """Return the notebook at `path`."""
    return nbformat.read(path, as_version=4)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the notebook's code cells in order."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def clear_outputs(notebook: NotebookNode) -> None:
    """Remove every output and execution count."""
    for cell in code_cells(notebook):
        cell.outputs, cell.execution_count = [], None


WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def normalise(notebook: NotebookNode) -> None:
    """Strip what a commit does not need: all metadata but METADATA and the cells' tags, and views of widgets.

    A view points to a model that is gone with its kernel; its text and picture, for readers without widgets, stay.
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
