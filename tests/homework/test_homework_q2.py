"""Q2's notebook sweeps the grid that `python -m nnlib.homework q2` sweeps."""

import ast
from pathlib import Path

import nbformat

from nnlib.homework.sweeps import SWEEPS

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "q2_logistic.ipynb"


def test_the_notebooks_grid_is_the_named_sweeps():
    (source,) = [cell.source for cell in nbformat.read(NOTEBOOK, 4).cells if cell.id == "code-2-4"]
    (grid,) = [
        ast.literal_eval(node.value)
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "GRID"
    ]
    assert grid == SWEEPS["q2"].grid
    assert list(grid) == list(SWEEPS["q2"].grid)
