"""An error names the argument that is wrong: a check's text is the name of what it is given."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "nnlib").rglob("*.py"))
# Values that the caller knows by another name: by function, what it is called there.
RENAMED = {
    "stand_in.kind": "kinds",
    "_check_point.value": "f(x)",
    "accuracy_of_scores.scores": "model.loss(X)",
    "forward.x": "X",
    "grid.values": "grid",
    "expand_grid.points": "grid",
    "arguments.rule": "update_rule",
    "__init__.samples": "num_train_samples",
    "set.name": "setting",
    "table.title": "titles",
    "largest_eigenvalue.hv": "product(v)",
}


def checked(source):
    """Yield (value, text) of the calls checks.f("text", value) whose value is a name, as function.name."""
    functions = [
        node for node in ast.walk(ast.parse(source)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    for function in functions:
        for call in ast.walk(function):
            of_checks = isinstance(call, ast.Call) and re.match(
                r"(solver_)?checks\.(?!require)", ast.unparse(call.func)
            )
            if of_checks and [type(each) for each in call.args[:2]] == [ast.Constant, ast.Name]:
                yield f"{function.name}.{call.args[1].id}", str(call.args[0].value)


def names(text, value):
    """Return whether a check's text is the name of a value, or an index of it as in config['rate']."""
    expected = RENAMED.get(value, value.rpartition(".")[2])
    return expected == text or expected in re.findall(r"\w+", text)


def wrong(source):
    """Return the calls whose text does not name the value."""
    return sorted(f"{value}: {text}" for value, text in checked(source) if not names(text, value))


@pytest.mark.parametrize(("text", "is_wrong"), [("rate", False), ("config['rate']", False), ("reg", True)])
def test_another_name_is_found(text, is_wrong):
    assert bool(wrong(f'def f(rate):\n    checks.positive("{text}", rate)')) is is_wrong


def test_every_check_names_what_it_is_given():
    sources = {path.relative_to(ROOT): path.read_text(encoding="utf-8") for path in FILES}
    assert sum(len(list(checked(source))) for source in sources.values()) > 50
    found = {str(path): wrong(source) for path, source in sources.items()}
    assert {path: calls for path, calls in found.items() if calls} == {}


def test_every_other_name_is_in_use():
    found = {value for path in FILES for value, _ in checked(path.read_text(encoding="utf-8"))}
    assert found >= RENAMED.keys()


def parameters():
    """Return the names of the arguments of public functions, methods and classes, and the fields of classes."""
    found = set()
    for path in (path for path in FILES if "widgets" not in path.parts):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and (node.name[0] != "_" or node.name == "__init__"):
                found |= {each.arg for each in (*node.args.args, *node.args.kwonlyargs)}
    return found


def written():
    """Yield (module, name) of the arguments that messages tell to write, as callbacks in "callbacks=[callback]"."""
    for path in FILES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        bodies = [
            node.body[0] for node in ast.walk(tree) if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        ]
        docstrings = {id(first.value) for first in bodies if isinstance(first, ast.Expr)}
        texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
        for text in (node.value for node in texts if id(node) not in docstrings and "<" not in node.value):
            yield from ((path.stem, name) for name in re.findall(r"(?<=[ (])([a-z_]\w*)=(?=[\['\w(])", text))


def test_what_a_message_tells_to_write_is_an_argument():
    found, known = set(written()), parameters()
    assert len(found) > 5
    assert {(module, name) for module, name in found if name not in known} == set()
