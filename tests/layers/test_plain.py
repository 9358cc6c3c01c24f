"""The plain rooms stay plain: short bodies, no threads, no `out=`, nothing of the fast ones."""

import ast
from pathlib import Path

import pytest

import nnlib

PACKAGE = Path(nnlib.__file__).parent
FILES = [*sorted((PACKAGE / "layers").glob("*.py")), PACKAGE / "losses.py", PACKAGE / "optim.py"]
FILES = [path for path in FILES if path.name not in ("__init__.py", "arguments.py")]
FUNCTIONS = {
    f"{path.stem}.{node.name}": node
    for path in FILES
    for node in ast.parse(path.read_text(encoding="utf-8")).body
    if isinstance(node, ast.FunctionDef)
}


def is_check(statement):
    """Whether a statement only checks arguments: a call of `arguments` or `checks`, perhaps with its result named."""
    value = getattr(statement, "value", None)
    return isinstance(value, ast.Call) and ast.unparse(value.func).partition(".")[0] in ("arguments", "checks")


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_a_body_is_at_most_15_lines_after_its_checks(function):
    body = [statement for statement in function.body if not is_check(statement)]
    body = body[1:] if ast.get_docstring(function) else body
    assert sum(statement.end_lineno - statement.lineno + 1 for statement in body) <= 15


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_is_done_for_speed(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        name
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
    }
    assert not {name for name in imported if "fast" in name or "thread" in name or name == "runtime"}
    keywords = {keyword.arg for node in ast.walk(tree) if isinstance(node, ast.Call) for keyword in node.keywords}
    assert not keywords & {"out", "order"}


def test_backward_stands_under_forward():
    names = list(FUNCTIONS)
    for forward in (name for name in names if name.endswith("_forward")):
        assert names[names.index(forward) + 1] == forward.replace("_forward", "_backward")
