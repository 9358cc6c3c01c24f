"""A notebook that is run again has to find the accuracies that it stores, though nbval compares no measured output."""

import os
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_output
from test_stored_results import ROW

from nnlib.homework.results import MIME, Results

ROOT = Path(__file__).resolve().parents[2]


def test_a_forged_row_fails_where_its_notebook_is_run(tmp_path):
    """Of two notebooks that find the same row, one stores it and the other a forged one."""
    source = f"from nnlib.homework.results import ResultRow, Results\nResults([ResultRow(**{asdict(ROW)!r})])"
    for name, stored in {"same": ROW, "forged": replace(ROW, test_acc=0.94)}.items():
        results = Results([stored])
        shown = {"text/plain": repr(results), "text/html": results._repr_html_(), MIME: results.to_json()}
        output = new_output("execute_result", shown, execution_count=1)
        cell = new_code_cell(source, outputs=[output], execution_count=1, metadata={"tags": ["nbval-ignore-output"]})
        nbformat.write(new_notebook(cells=[cell]), tmp_path / f"{name}.ipynb")
    command = [sys.executable, "-m", "pytest", "-p", "conftest", "-p", "nbval.plugin", "-p", "no:cacheprovider", "-rA"]
    options = ["--nbval", "--nbval-current-env", f"--rootdir={tmp_path}"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # nbval alone: the others take seconds to load
    report = subprocess.run(
        [*command, *options, "."], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300
    ).stdout
    assert "PASSED same.ipynb::Cell 0" in report, report
    assert "FAILED forged.ipynb::Cell 0" in report, report
    assert "softmax, linear: stored test_acc 94.00%, now 92.00%" in report
