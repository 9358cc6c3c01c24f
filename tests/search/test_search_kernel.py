"""A notebook with autoreload whose student edits layers and models between sweeps on two workers."""

import asyncio
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
from my_model import MyNet
from nnlib import ConvNet
from nnlib.search import CodeError, TrialLog, select, sweep

PACKAGE = Path(nnlib.__file__).parent
assert PACKAGE.parent == Path.cwd()
rng = np.random.default_rng(0)
X, y = rng.normal(size=(40, 1, 6, 6)), rng.integers(0, 3, size=40)
data = {"X_train": X[:20], "y_train": y[:20], "X_val": X[20:], "y_val": y[20:]}
trial_log, ids = TrialLog("log.jsonl"), []

def run(factory):
    before = len(trial_log.rows)
    options = {"n_jobs": 2, "trial_log": trial_log, "verbose": False, "solver": {"num_epochs": 1}}
    swept = sweep(factory, data, {"reg": [0.0, 0.1]}, **options)
    ids.append([row.id for row in swept])
    print(len(trial_log.rows) - before, "trained,", *{row.status for row in swept}, ids.index(ids[-1]))

def edit(file, old, new):
    text = (PACKAGE / file).read_text()
    assert old in text, file
    (PACKAGE / file).write_text(text.replace(old, new))
"""

MY_MODEL = """from nnlib import ConvNet


class MyNet(ConvNet):
    def __init__(self, reg, rng):
        super().__init__((1, 6, 6), 2, 3, 4, 3, reg=reg, rng=rng)
"""

POOL, MODEL = "layers/max_pool.py", "class ConvNet(Classifier):"

EDITS = [  # a function and a new one, a method, a constant, a whole module, the factory
    (POOL, "    return dx", "    return _same(dx)\n\n\ndef _same(x):\n    return x"),
    ("network.py", "def __repr__(self):", "def __repr__(self):\n        self.rng"),
    ("optim.py", '"decay_rate": 0.99', '"decay_rate": 0.98'),
    ("models.py", MODEL, f"for _ in range(1):\n    pass\n\n\n{MODEL}"),  # with this autoreload makes new classes
    ("../my_model.py", "super().__init__(", "super(MyNet, self).__init__("),
]
SYNTAX_ERROR = POOL, "return dx", "return return dx"


def edits(*changes, undo=False):
    """Return a cell that makes changes, or takes them back."""
    return "\n".join(f"edit{(file, new, old) if undo else (file, old, new)!r}" for file, old, new in changes)


CELLS = [
    (SETUP, ""),
    ("run(MyNet)", "2 trained, done 0"),
    (edits(*EDITS) + "\nold = partial(ConvNet, (1, 6, 6), 2, 3, 4, 3)", ""),
    ("run(MyNet)", "2 trained, done 1"),
    ("run(old)\nprint(nnlib.models.ConvNet is not old.func)", "2 trained, done 2\nTrue"),
    (edits(*EDITS, undo=True), ""),
    ("run(MyNet)", "0 trained, done 0"),
    (edits(SYNTAX_ERROR), ""),
    ("try:\n    run(MyNet)\nexcept CodeError as error:\n    print(error)", "max_pool.py: invalid syntax"),
    (edits(SYNTAX_ERROR, undo=True), ""),
    ("run(MyNet)", "0 trained, done 0"),
]


def test_edits_in_a_notebook_between_sweeps_on_two_workers(tmp_path):
    shutil.copytree(ROOT / "nnlib", tmp_path / "nnlib", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "my_model.py").write_text(MY_MODEL)
    cells = [nbformat.v4.new_code_cell(source) for source, _ in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    asyncio.run(execute(notebook, tmp_path, variables={"PYTHONPATH": str(tmp_path)}))
    for cell, (source, expected) in zip(cells, CELLS, strict=True):
        printed = "".join(output.text for output in cell.outputs if output.get("name") == "stdout")
        if "CodeError as" in source:
            assert expected in printed
        else:
            assert printed.strip() == expected, source
