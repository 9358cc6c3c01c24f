"""The committed notebooks keep the rules of notebook_rules.py, and a violation of every rule is found."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from notebook_rules import IGNORE, MAX_BYTES, violations

from nnlib.homework import results
from tools.notebook_files import METADATA, WIDGET_VIEW, normalise, read

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
EXPECTED = ["q1_layers", "q2_logistic", "q3_svm", "q4_softmax", "q5_cnn", "q6_vgg_cifar10", "q7_short_answers"]
EXTRA = ["extra/q6_extra"]  # executed by `make test`, and by `make run` where it is named
OPENS_WITHOUT_A_RESULT = {"q1_layers": False, "q7_short_answers": True}  # 7.2 measures its networks on the test digits


def committed(name):
    path = FOLDER / f"{name}.ipynb"
    assert path.exists(), f"notebooks/{name}.ipynb is missing"
    return path


def test_the_homework_is_complete():
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == EXPECTED
    assert sorted(f"extra/{path.stem}" for path in FOLDER.glob("extra/*.ipynb")) == EXTRA


@pytest.mark.parametrize("name", [*EXPECTED, *EXTRA])
def test_committed_notebook(name):
    path = committed(name)
    assert violations(read(path), path.stat().st_size) == []


@pytest.mark.parametrize("name", [*EXPECTED, *EXTRA])
def test_committed_notebook_is_as_the_runner_writes_it(name):
    notebook = read(committed(name))
    nbformat.validate(notebook)
    before = nbformat.writes(notebook)
    normalise(notebook)
    assert nbformat.writes(notebook) == before


def rows_and_whether_it_opens_the_test_set(name):
    cells = read(committed(name)).cells
    outputs = [output for cell in cells for output in cell.get("outputs", ()) if results.MIME in output.get("data", {})]
    rows = [row for output in outputs for row in results.Results.from_json(output.data[results.MIME]).rows]
    return rows, any("open_test" in cell.source for cell in cells if cell.cell_type == "code")


@pytest.mark.parametrize("name", [name for name in EXPECTED if name not in OPENS_WITHOUT_A_RESULT])
def test_committed_results_are_valid_and_from_the_test_set(name):
    rows, opens_test_set = rows_and_whether_it_opens_the_test_set(name)
    assert {row.item.partition(".")[0] for row in rows} == {name[1]}
    assert opens_test_set


@pytest.mark.parametrize(("name", "opens"), OPENS_WITHOUT_A_RESULT.items())
def test_a_notebook_that_reports_no_result_opens_the_test_set_only_where_it_is_asked_to(name, opens):
    assert rows_and_whether_it_opens_the_test_set(name) == ([], opens)


def executed(cells):
    """Number the code cells as an execution from top to bottom does."""
    code = [cell for cell in cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, start=1):
        cell.execution_count = number
    return new_notebook(cells=cells, metadata=METADATA)


def printed(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def good():
    """A small notebook that keeps every rule: train, measure, check the bound, open the test set."""
    return executed(
        [
            new_markdown_cell("# Softmax\nSee https://example.org/home/page for $a/b$."),
            new_code_cell("%matplotlib inline\nimport nnlib\ndef fit():\n    return nnlib.Solver(model, data).train()"),
            new_code_cell("fit()", metadata={"tags": [IGNORE]}, outputs=[printed("accuracy 93.12%\n")]),
            new_code_cell("print(True)", outputs=[printed("at least 92 %: True\n")]),
            new_code_cell("X_test, y_test = nnlib.data.open_test(data)"),
        ]
    )


def test_a_good_notebook_has_no_violations():
    assert violations(good(), 1000) == []


def plant(*, code=None, output=None, source=None, metadata=None, cell_metadata=None, execution_count=0, tags=None):
    """Return a change of the good notebook: an added code cell, or something else about cell 4 (code cell 3)."""

    def change(notebook):
        cell = notebook.cells[3]
        if code is not None:
            notebook.cells.append(new_code_cell(code, execution_count=5))
        if output is not None:
            cell.outputs.append(output)
        if execution_count != 0:
            cell.execution_count = execution_count
        cell.source = source or cell.source
        cell.metadata.update(cell_metadata or {})
        cell.metadata.update({"tags": tags} if tags else {})
        notebook.metadata.update(metadata or {})

    return change


def repeat_id(notebook):
    notebook.cells[3].id = notebook.cells[4].id


def drop_id(notebook):
    del notebook.cells[3]["id"]


def drop_bound(notebook):
    notebook.cells[3].outputs.clear()


def end_on_a_measurement(notebook):
    notebook.cells[4].metadata["tags"] = [IGNORE]


def open_twice(notebook):
    notebook.cells[3].source = "X, y = open_test(data)"


def open_through_a_function(notebook):
    notebook.cells[1].source += "\ndef peek():\n    return nnlib.data.open_test(data)"
    notebook.cells[3].source = "peek()"


html = new_output("display_data", data={"text/html": "<img src='/tmp/figure.png'>", "text/plain": "figure"})
image = new_output("display_data", data={"text/html": "<img src='data:image/png;base64,AA+/tmp/BB=='>"})
view = new_output("display_data", data={WIDGET_VIEW: {"model_id": "1"}, "text/plain": "a slider"})
traceback = new_output("error", ename="ValueError", evalue="no", traceback=["ValueError: no"])

PLANTED = {
    "never executed": (plant(execution_count=None), "code cell 3 was not executed"),
    "executed out of order": (plant(execution_count=7), "code cell 3 was executed out of order, as number 7"),
    "empty code cell": (lambda notebook: notebook.cells.append(new_code_cell("")), "code cell 5 was not executed"),
    "error": (plant(output=traceback), "code cell 3 holds the error ValueError"),
    "warning": (plant(output=printed("UserWarning: beware", "stderr")), "code cell 3 holds stderr output"),
    "path in the source": (plant(source="open('/home/ann/data.pkl')"), "cell 4 names an absolute path: /home/ann/"),
    "path on Windows": (plant(source=r"open('C:\\data.pkl')"), "cell 4 names an absolute path"),
    "path in the home folder": (plant(source="open('~/data.pkl')"), "cell 4 names an absolute path"),
    "path of this checkout": (plant(source=f"open('{FOLDER.parent}/x')"), "cell 4 names an absolute path"),
    "path in text": (plant(output=printed("found in /work/nnlib")), "cell 4 names an absolute path: /work/nnlib"),
    "path in HTML": (plant(output=html), "cell 4 names an absolute path: /tmp/figure"),
    "another kernel": (
        plant(metadata={"kernelspec": {"name": "my-env", "display_name": "mine"}}),
        "the kernel is 'my-env', not 'python3'",
    ),
    "jupytext": (plant(metadata={"jupytext": {"formats": "ipynb,py"}}), "carries other metadata: ['jupytext']"),
    "version of Python": (plant(metadata={"language_info": {"name": "python", "version": "3.11.7"}}), "language_info"),
    "timing of a cell": (plant(cell_metadata={"execution": {}}), "cell 4 carries other metadata: ['execution']"),
    "repeated id": (repeat_id, "cell ids are missing or repeated"),
    "no id": (drop_id, "cell ids are missing or repeated"),
    "skipped": (plant(tags=["nbval-skip"]), "code cell 3 has the tags ['nbval-skip']"),
    "comment marker": (plant(source="# NBVAL_IGNORE_OUTPUT\n1"), "code cell 3 steers nbval by a comment"),
    "measurement without a bound": (drop_bound, "code cell 2 is not compared, and the next"),
    "measurement at the end": (end_on_a_measurement, "code cell 4 is not compared, and the next"),
    "clear_output": (plant(source="clear_output(wait=True)"), "code cell 3 calls clear_output"),
    "progress bar": (plant(output=printed(" 40%|####      |")), "code cell 3 holds a progress bar"),
    "view of a widget": (plant(output=view), "code cell 3 holds the view of a widget"),
    "opened twice": (open_twice, "opened at 2 places (code cells [3, 4])"),
    "opened in a function": (open_through_a_function, "opened at 2 places (code cells [3, 4])"),
    "trained after opening": (plant(code="Solver(model, data)"), "code cell 5 calls Solver, which trains"),
    "explored after opening": (plant(code="q4_explorer(data)"), "code cell 5 calls q4_explorer, which trains"),
    "swept after opening": (plant(code="SWEEPS['q4'].sweep(mnist)"), "code cell 5 calls sweep, which trains"),
    "replayed after opening": (plant(code="print(replay(rows[0]))"), "code cell 5 calls replay, which trains"),
    "tried after opening": (plant(code="run_trial(trial, mnist)"), "code cell 5 calls run_trial, which trains"),
    "run after opening": (plant(code="run(RECIPES['handout'], data)"), "code cell 5 calls run, which trains"),
    "tuned after opening": (plant(code="best = [fit() for _ in range(3)]"), "code cell 5 calls fit, which trains"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_each_planted_violation_is_found(name):
    change, expected = PLANTED[name]
    notebook = good()
    change(notebook)
    found = violations(notebook, 1000)
    assert len(found) == 1, found
    assert expected in found[0]


def test_too_large_a_file():
    assert violations(good(), MAX_BYTES) == []
    assert "lower the dpi" in violations(good(), MAX_BYTES + 1)[0]


def test_base64_is_not_taken_for_a_path():
    notebook = good()
    plant(output=image)(notebook)
    assert violations(notebook, 1000) == []
