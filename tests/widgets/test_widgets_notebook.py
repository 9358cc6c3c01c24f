"""An explorer in a notebook: what is saved, what readers without widgets see, and that nbval accepts it."""

import asyncio
import base64
import os
import subprocess
import sys

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from notebook_rules import IGNORE, violations

from tools import kernels
from tools.notebook_files import METADATA, WIDGET_VIEW, code_cells, normalise, write

EXPLORER = """\
from nnlib.homework.explorers import q2_explorer

explorer = q2_explorer()
row = explorer.run(wait=True, num_epochs=2)
explorer"""
BOUND = """\
losses = row.curve.losses
print("finite, and the loss fell:", all(loss is not None for loss in losses), losses[-1] < losses[0])"""
STEPPER = """\
from nnlib.homework.stepper import ConvolutionStepper

ConvolutionStepper()"""
LATER = "explorer.run(wait=True, num_epochs=1)\nprint('a later cell')"


pytestmark = pytest.mark.xdist_group("widgets notebook")  # one process runs them all: what they share is slow to make


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """A notebook with an explorer, its bound, a stepper and a later run: as committed, and its outputs as executed."""
    cells = [
        new_markdown_cell("# Q2"),
        new_code_cell(EXPLORER, metadata={"tags": [IGNORE]}),
        new_code_cell(BOUND),
        new_code_cell(STEPPER),
        new_code_cell(LATER),
    ]
    notebook = new_notebook(cells=cells, metadata=METADATA)
    variables = {"NNLIB_TRIAL_LOGS": str(tmp_path_factory.mktemp("trial_logs"))}
    asyncio.run(kernels.execute(notebook, tmp_path_factory.mktemp("notebook"), variables=variables))
    live = [[dict(output.get("data", {})) for output in cell.outputs] for cell in code_cells(notebook)]
    normalise(notebook)
    return notebook, live


def test_a_cell_shows_the_widgets_and_a_static_fallback(executed):
    _, live = executed
    widgets, picture, text = live[0]
    assert WIDGET_VIEW in widgets
    assert widgets["text/plain"].startswith("q2_logistic: run this cell for live controls")
    assert sorted(picture) == ["image/png", "text/plain"]
    assert sorted(text) == ["text/plain"]


def test_the_static_fallback_is_the_last_curve_and_the_table(executed):
    """The run in a later cell updated it, and that cell has its own output."""
    notebook, _ = executed
    first, _, _, later = code_cells(notebook)
    _, picture, text = first.outputs
    description, data, blank, headings, *rows = text.data["text/plain"].splitlines()
    assert description.startswith("Run 2 took 1.0 of 1 epochs: the training loss")
    assert "500 training and 250 validation examples" in data
    assert blank == ""
    assert headings.split("  ")[:3] == ["run", "validation", "training"]
    assert "hidden units  learning rate" in headings
    assert [row.split()[0] for row in rows] == ["1", "2"]
    assert len({len(row) for row in rows}) == 1
    assert sum("★" in row for row in rows) == 1
    assert base64.b64decode(picture.data["image/png"]).startswith(b"\x89PNG")
    assert picture.metadata["image/png"]["alt"] == description
    assert [output.get("text") for output in later.outputs] == ["a later cell\n"]


def test_the_committed_form_keeps_the_rules(executed):
    notebook, _ = executed
    assert violations(notebook, 1000) == []


def test_nbval_accepts_it(executed, tmp_path):
    """All cells but the tagged one are compared, the stepper's description among them."""
    notebook, _ = executed
    write(notebook, tmp_path / "q2.ipynb")
    command = [sys.executable, "-m", "pytest", "-p", "nbval.plugin", "--nbval", "--nbval-current-env", "-q"]
    environment = {**os.environ, "NNLIB_TRIAL_LOGS": str(tmp_path), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command += ["-p", "no:cacheprovider", f"--rootdir={tmp_path}", "q2.ipynb"]
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout
    assert "4 passed" in result.stdout
