"""The kernels of nbval compare figures: a wrong one, a missing one and one that is not listed fail their cells."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

pytestmark = pytest.mark.xdist_group("watched")  # one process runs them all: what they share is slow to make

ROOT = Path(__file__).parents[2]
LOAD = """
import matplotlib.pyplot as plt
from IPython.display import HTML, Image
from nnlib.data import load_binary
from nnlib.homework.figures.q2 import draw_classes
from nnlib.plots import show
binary = load_binary()
X, y = binary["X_train"], binary["y_train"]
plt.imsave("dots.png", X)
ALT = "Left: means of 20 features by class, nearly equal. Right: histograms of the features' sums, two separate hills"
"""
WRONG = ("'class 0': expected", "got 'hills'")  # the figure and its alt text
NOTEBOOKS = (  # of the name of Q2's, whose list they must keep; by cell the source and what nbval has to say
    {
        "load": (LOAD, None),
        "classes-figure": ("show(draw_classes(X, y), ALT)", None),
        "unlisted": ("show(draw_classes(X, y), ALT); 'again'", "expected 0 of them, got 1"),
        "training-figure": ("figure = draw_classes(X, y)", "expected 1 of them, got 0"),
        "pyplot": ("_ = plt.plot(y)", "expected 0 of them, got 1"),
        "html": ("display(HTML('<p><img src=\"dots.png\"></p>'))", "expected 0 of them, got 1"),
        "value": ("draw_classes(X, y)", "the cell's value is a picture"),
        "units-figure": ("display(Image('dots.png'))", "its picture was not drawn by matplotlib in this cell"),
    },
    {"load": (LOAD, None), "classes-figure": ("show(draw_classes(X, 1 - y), 'hills')", WRONG)},
)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """What nbval says of all the notebooks, each in a folder of its own."""
    folder = tmp_path_factory.mktemp("watched")
    for number, cells in enumerate(NOTEBOOKS):
        folder.joinpath(str(number)).mkdir()
        notebook = new_notebook(cells=[new_code_cell(source, id=cell) for cell, (source, _) in cells.items()])
        nbformat.write(notebook, folder / str(number) / "q2_logistic.ipynb")
    command = [sys.executable, "-m", "pytest", "-p", "conftest", "-p", "nbval.plugin", "-p", "no:cacheprovider"]
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {"PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # nbval alone is needed
    return subprocess.run(
        [*command, "--nbval", "--nbval-current-env", "-rA", "-q", f"--rootdir={folder}", "."],
        cwd=folder, env=environment, capture_output=True, text=True,
    ).stdout  # fmt: skip


@pytest.mark.parametrize("number", range(len(NOTEBOOKS)))
def test_nbval_fails_the_cells_whose_figures_are_wrong(number, report):
    for index, (cell, (_, said)) in enumerate(NOTEBOOKS[number].items()):
        node = f"{number}/q2_logistic.ipynb::Cell {index}"
        assert f"{'FAILED' if said else 'PASSED'} {node}" in report, report
        if said:
            start = report.index(f"_ {node} _")
            own = report[start : report.find("\n____", start + 1)]
            assert f"the figures of cell {cell} are not" in own
            assert all(each in own for each in ((said,) if isinstance(said, str) else said))
