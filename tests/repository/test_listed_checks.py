"""The code of every check cell, and each bound, stands in listed_checks.txt as well: none is loosened or lost unseen.

python tests/repository/test_listed_checks.py writes the list anew; read its diff.
"""

import ast
import re
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("listed_checks.txt")
METHODS = {"true", "equal", "close", "at_least", "below", "raises", "gradient", "code"}

# What the homework promises: the least test accuracy of each result, and Q6's for the full profile.
PROMISED = {
    "2.3": 0.932,
    "2.4": 0.928,
    "3.3": 0.92,
    "3.4": 0.928,
    "4.3": 0.924,
    "4.4": 0.98,
    "5.3": 0.989,
    "5.4": 0.991,
}


def listed():
    """Return a line for each statement of a check cell, each check elsewhere, and what a check is given from elsewhere.

    That are the constants that it names, and the functions of the notebook that are not a student's to write.
    """
    lines = []
    for path in sorted((ROOT / "notebooks").rglob("q*.ipynb")):
        cells = [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
        trees = [ast.parse(re.sub(r"^(?=[%!])", "#", cell.source, flags=re.M)) for cell in cells]
        checking = ["check" in cell.metadata.get("tags", ()) for cell in cells]
        used = {"BOUNDS"}
        for cell, tree, whole in zip(cells, trees, checking, strict=True):
            item = re.search(r'checks\("(.*?)"\)', cell.source)
            found = list(statements(tree)) if whole else [node for node in ast.walk(tree) if is_check(node)]
            used |= {node.id for part in found for node in ast.walk(part) if isinstance(node, ast.Name)}
            lines += [f"{path.stem} {item[1] if item else '-'} {line}" for part in found for line in shown(part)]
        for cell, tree in zip(cells, trees, strict=True):
            given = "given" in cell.metadata.get("tags", ()) and [
                n for n in tree.body if isinstance(n, ast.FunctionDef)
            ]
            constants = [node for node in ast.walk(tree) if assigned(node) & {name for name in used if name.isupper()}]
            functions = [node for node in given or () if node.name in used]
            lines += [f"{path.stem} - {line}" for part in (*functions, *constants) for line in shown(part)]
    return lines


def statements(tree):
    """Yield the statements of a cell, of a with statement its head and its body's."""
    for node in tree.body:
        if isinstance(node, ast.With):
            yield from (item.context_expr for item in node.items)
            yield from statements(node)
        else:
            yield node


def assigned(node):
    """Return the names that a statement assigns."""
    targets = getattr(node, "targets", [getattr(node, "target", None)])
    return {target.id for target in targets if isinstance(target, ast.Name)}


def shown(node):
    """Return the lines of a piece of code, without comments and in one form."""
    return ast.unparse(node).splitlines()


def is_check(node):
    function = getattr(node, "func", None)
    return isinstance(function, ast.Attribute) and function.attr in METHODS and ast.unparse(function.value) == "check"


def test_the_checks_are_those_of_the_list():
    assert listed() == LIST.read_text(encoding="utf-8").splitlines()


def calls():
    """Yield (item, call) of the checks in the list."""
    for line in listed():
        _, item, code = line.split(" ", 2)
        if code.lstrip().startswith("check."):
            yield item, ast.parse(code.strip()).body[0].value


def test_no_condition_is_a_constant():
    found = [call for _, call in calls() if call.func.attr != "code"]
    assert len(found) > 250
    for call in found:
        assert any(isinstance(node, (ast.Name, ast.Lambda)) for arg in call.args[1:] for node in ast.walk(arg)), call


def test_the_promised_accuracies_are_bounds():
    found = {}
    for item, call in calls():
        name, *_ = (argument.value if isinstance(argument, ast.Constant) else "" for argument in call.args or [call])
        about = re.fullmatch(r"test accuracy(?:, (5\.[34]))?", str(name))
        if about and call.func.attr == "at_least":
            found[about[1] or item] = call.args[2].value
    assert found == PROMISED


if __name__ == "__main__":
    LIST.write_text("\n".join(listed()) + "\n", encoding="utf-8")
