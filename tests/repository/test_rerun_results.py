"""A notebook that is run again has to find the accuracies that it stores, though nbval compares no measured output."""

import os
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from test_stored_results import ROW

from nnlib.homework.results import MIME, Results

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("stored", "passes"), [(ROW, True), (replace(ROW, test_acc=0.94), False)], ids=["same", "forged"]
)
def test_a_forged_row_fails_where_its_notebook_is_run(stored, passes, tmp_path):
    source = f"from nnlib.homework.results import ResultRow, Results\nResults([ResultRow(**{asdict(ROW)!r})])"
    results = Results([stored])
    shown = {"text/plain": repr(results), "text/html": results._repr_html_(), MIME: results.to_json()}
    output = new_output("execute_result", shown, execution_count=1)
    cell = new_code_cell(source, outputs=[output], execution_count=1, metadata={"tags": ["nbval-ignore-output"]})
    nbformat.write(new_notebook(cells=[cell]), tmp_path / "one.ipynb")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "conftest",
        "-p",
        "no:cacheprovider",
        "--nbval",
        "--nbval-current-env",
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    done = subprocess.run(
        [*command, f"--rootdir={ROOT}", "-c", str(ROOT / "pyproject.toml"), str(tmp_path / "one.ipynb")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (done.returncode == 0) == passes, done.stdout
    assert passes or "softmax, linear: stored test_acc 94.00%, now 92.00%" in done.stdout
