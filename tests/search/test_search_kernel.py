"""A notebook with autoreload whose student edits layers and models between sweeps on two workers."""

import shutil
from pathlib import Path

import nbformat

from tools.kernels import execute

ROOT = Path(__file__).resolve().parents[2]

SETUP = """
%load_ext autoreload
%autoreload 2
from functools import partial
from pathlib import Path
import numpy as np
import nnlib
from nnlib import ConvNet
from nnlib.search import CodeError, TrialLog, select, sweep

PACKAGE = Path(nnlib.__file__).parent
assert PACKAGE.parent == Path.cwd()
rng = np.random.default_rng(0)
X, y = rng.normal(size=(40, 1, 6, 6)), rng.integers(0, 3, size=40)
data = {"X_train": X[:20], "y_train": y[:20], "X_val": X[20:], "y_val": y[20:]}
factory = partial(ConvNet, (1, 6, 6), 2, 3, 4, 3, weight_scale=None)
trial_log, ids = TrialLog("log.jsonl"), []

def run():
    before = len(trial_log.rows)
    options = {"n_jobs": 2, "trial_log": trial_log, "verbose": False, "solver": {"num_epochs": 1}}
    swept = sweep(factory, data, {"reg": [0.0, 0.1]}, **options)
    ids.append([row.id for row in swept])
    print(len(trial_log.rows) - before, "trained,", *{row.status for row in swept}, ids.index(ids[-1]))

def edit(file, old, new):
    text = (PACKAGE / file).read_text()
    assert old in text
    (PACKAGE / file).write_text(text.replace(old, new))
"""

POOL, MODEL = "layers/max_pool.py", "class ConvNet(Classifier):"
RELOADED = (
    "for _ in range(1):\\n    pass\\n\\n\\n" + MODEL
)  # autoreload can only load the whole module again, classes too

CELLS = [
    (SETUP, ""),
    ("run()", "2 trained, done 0"),
    (f"edit({POOL!r}, 'return dx', 'return 1 * dx')", ""),
    ("run()", "2 trained, done 1"),
    (f"edit({POOL!r}, 'return 1 * dx', 'return dx')", ""),
    ("run()", "0 trained, done 0"),
    (f"edit({POOL!r}, 'return dx', 'return return dx')", ""),
    ("try:\n    run()\nexcept CodeError as error:\n    print(error)", "max_pool.py: invalid syntax"),
    (f"edit({POOL!r}, 'return return dx', 'return dx')", ""),
    ("run()", "0 trained, done 0"),
    (f"edit('models.py', {MODEL!r}, '{RELOADED}')\nold = ConvNet", ""),
    ("run()\nprint(nnlib.models.ConvNet is not old)", "2 trained, done 4\nTrue"),
]


def test_edits_in_a_notebook_between_sweeps_on_two_workers(tmp_path):
    shutil.copytree(ROOT / "nnlib", tmp_path / "nnlib", ignore=shutil.ignore_patterns("__pycache__"))
    cells = [nbformat.v4.new_code_cell(source) for source, _ in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    execute(notebook, tmp_path, lambda number, total: None, variables={"PYTHONPATH": str(tmp_path)})
    for cell, (source, expected) in zip(cells, CELLS, strict=True):
        printed = "".join(output.text for output in cell.outputs if output.get("name") == "stdout")
        assert (expected in printed) if "CodeError" in source else (printed.strip() == expected), (source, printed)
