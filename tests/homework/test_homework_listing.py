"""nnlib.homework.listing: a notebook shows the code that runs, with the first line of its docstring."""

import ast
import inspect

import nnlib
from nnlib.homework.listing import show_source, shown_source


def test_the_docstrings_first_line_stays_and_all_of_the_code():
    public = [item for item in map(vars(nnlib).get, nnlib.__all__) if inspect.isroutine(item) or inspect.isclass(item)]
    assert len(public) > 30
    for item in (*public, nnlib.Solver.train, nnlib.Classifier.loss):
        shown = ast.parse(shown_source(item)).body[0]
        whole = ast.parse(inspect.cleandoc("\n" + inspect.getsource(item))).body[0]
        assert ast.get_docstring(shown) == ast.get_docstring(whole).splitlines()[0]
        assert [ast.dump(node) for node in shown.body[1:]] == [ast.dump(node) for node in whole.body[1:]]


def test_it_is_displayed_as_python_below_its_file_name(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    show_source(nnlib.relu_forward, nnlib.relu_backward)
    (markdown,) = shown
    assert markdown.data.startswith("`nnlib/layers/relu.py`\n\n```python\ndef relu_forward(")
    assert "\n\n\ndef relu_backward(" in markdown.data
    assert markdown.data.endswith("\n```")
