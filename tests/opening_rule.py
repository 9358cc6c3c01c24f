"""The rule that a notebook opens the test set once, after its last training; see notebook_rules.py for the others."""

import ast
from collections.abc import Iterator

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

from tools.notebook_files import code_cells

OPENING = {"open_test", "open_test_logged"}
EXPLORERS = {f"q{question}_explorer" for question in (2, 3, 4, 5)}
TRAINING = {"Solver", "train", "sweep", "run_trial", "train_trial", "replay", "explore", "run", "finish"} | EXPLORERS


def opened_once_and_last(notebook: NotebookNode) -> Iterator[str]:
    """`open_test` is called at one place at most, and nothing is trained after it.

    Calls are followed through functions that the notebook itself defines.
    """
    calls, defined = _calls(notebook)
    opening = [place for place, (_, name) in enumerate(calls) if _reaches(name, OPENING, defined)]
    if len(opening) > 1:
        cells = [calls[place][0] for place in opening]
        yield f"the test set is opened at {len(opening)} places (code cells {cells}); open it once, at the end"
    for number, name in calls[opening[0] + 1 :] if opening else ():
        if _reaches(name, TRAINING, defined):
            yield f"code cell {number} calls {name}, which trains, after the test set was opened"


def _calls(notebook: NotebookNode) -> tuple[list[tuple[int, str]], dict[str, set[str]]]:
    """Return the calls made when the notebook runs, as (code cell, name), and the names that each function calls."""
    calls, defined = [], {}
    for number, cell in enumerate(code_cells(notebook), start=1):
        tree = ast.parse(TransformerManager().transform_cell(cell.source))
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        inside = set()
        for function in functions:
            nodes = [node for statement in function.body for node in ast.walk(statement)]
            inside.update(nodes)
            defined.setdefault(function.name, set()).update(_names(nodes))
        outside = [node for node in ast.walk(tree) if node not in inside]
        calls += [(number, name) for name in _names(outside)]
    return calls, defined


def _names(nodes: list[ast.AST]) -> list[str]:
    """Return the names of the functions and methods called among `nodes`, in the order of the source."""
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    calls.sort(key=lambda call: (call.end_lineno, call.end_col_offset))
    return [
        call.func.id if isinstance(call.func, ast.Name) else call.func.attr
        for call in calls
        if isinstance(call.func, (ast.Name, ast.Attribute))
    ]


def _reaches(name: str, targets: set[str], defined: dict[str, set[str]]) -> bool:
    """Tell whether calling `name` calls one of `targets`, directly or through the notebook's own functions."""
    seen, waiting = set(), [name]
    while waiting:
        current = waiting.pop()
        if current in targets:
            return True
        if current not in seen:
            seen.add(current)
            waiting.extend(defined.get(current, ()))
    return False
