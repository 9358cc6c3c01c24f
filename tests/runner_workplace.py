"""A folder of tiny notebooks and the runner pointed at it, for the tests of the runner. No test is in here."""

from nbformat.v4 import new_code_cell, new_notebook

from tools.notebook_files import code_cells, read, write
from tools.run_notebooks import main


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
        return main(self.command(*arguments))

    def copy(self, stem):
        return read(self.build / "notebooks" / f"{stem}.ipynb")

    def page(self, stem):
        return (self.build / "html" / f"{stem}.html").read_text(encoding="utf-8")


def texts(notebook):
    return [output.get("text", "") for cell in code_cells(notebook) for output in cell.outputs]
