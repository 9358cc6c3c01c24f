"""nnlib.homework.listing: a notebook shows the code that runs, without its docstring."""

import ast
import inspect

import nnlib
from nnlib.homework.listing import show_source, source_without_docstring


def test_the_docstring_is_removed_and_the_code_is_not():
    for item in (nnlib.fc_forward, nnlib.Solver, nnlib.Solver.train, nnlib.Classifier.loss):
        shown = ast.parse(source_without_docstring(item)).body[0]
        whole = ast.parse(inspect.cleandoc("\n" + inspect.getsource(item))).body[0]
        assert ast.get_docstring(whole)
        assert ast.get_docstring(shown) is None
        assert [ast.dump(node) for node in shown.body] == [ast.dump(node) for node in whole.body[1:]]


def test_it_is_displayed_as_python_below_its_file_name(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    show_source(nnlib.relu_forward, nnlib.relu_backward)
    (markdown,) = shown
    assert markdown.data.startswith("`nnlib/layers/relu.py`\n\n```python\ndef relu_forward(")
    assert "\n\n\ndef relu_backward(" in markdown.data
    assert markdown.data.endswith("\n```")
