"""A folder of tiny notebooks and the runner pointed at it, for the tests of the runner. No test is in here."""

import contextlib
import io
import os
from unittest import mock

from nbformat.v4 import new_code_cell, new_notebook, new_output

from tools import run_notebooks
from tools.kernels import CellFailure
from tools.notebook_files import clear_outputs, code_cells, read, write


class Workplace:
    """A folder with notebooks, and the runner pointed at it."""

    def __init__(self, folder):
        self.notebooks, self.build = folder / "notebooks", folder / "build"
        self.notebooks.mkdir()

    def add(self, stem, *sources):
        cells = [source if not isinstance(source, str) else new_code_cell(source) for source in sources]
        metadata = {"jupytext": {"formats": "py"}, "kernelspec": {"name": "elsewhere", "display_name": "elsewhere"}}
        path = self.notebooks / f"{stem}.ipynb"
        write(new_notebook(cells=cells, metadata=metadata), path)
        return path

    def command(self, *arguments):
        return [*arguments, "--notebooks", str(self.notebooks), "--build", str(self.build)]

    def run(self, *arguments):
        return run_notebooks.main(self.command(*arguments))

    def copy(self, stem):
        return read(self.build / "notebooks" / f"{stem}.ipynb")

    def written(self):
        """Return the names of all files in the build folder except the lock."""
        files = sorted(str(path.relative_to(self.build)) for path in self.build.rglob("*") if path.is_file())
        return [name for name in files if name != "run.lock"]


def texts(notebook):
    return [output.get("text", "") for cell in code_cells(notebook) for output in cell.outputs]


def without_kernels(monkeypatch):
    """Run cells in this process and build no pages, for tests of what the runner does around them."""
    monkeypatch.setattr(run_notebooks.kernels, "execute", execute_here)
    without_pages(monkeypatch)


def without_pages(monkeypatch):
    """Build no pages."""
    monkeypatch.setattr(run_notebooks.book, "build", lambda notebooks, folder: "")


async def execute_here(notebook, folder, *, variables, executed):
    """Run the cells as kernels.execute does, in this process.

    A cell's outputs are what it prints, and those that it leaves in the variable `outputs`.
    """
    clear_outputs(notebook)
    cells, names = code_cells(notebook), {}
    with mock.patch.dict(os.environ, variables), contextlib.chdir(folder):
        for number, cell in enumerate(cells, start=1):
            printed = io.StringIO()
            try:
                with contextlib.redirect_stdout(printed):
                    exec(cell.source, names)
            except Exception as error:
                raise CellFailure(number, len(cells), cell.source, repr(error)) from None
            finally:
                cell.outputs = [new_output("stream", text=printed.getvalue())] if printed.getvalue() else []
            cell.outputs += names.pop("outputs", [])
