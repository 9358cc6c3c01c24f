"""Every check of the notebooks, with its bound, stands in listed_checks.txt as well: none is loosened or lost unseen.

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
    """Return a line for each check, as it stands in its notebook, and for each constant that one is given."""
    lines = []
    for path in sorted((ROOT / "notebooks").glob("q*.ipynb")):
        cells = [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
        trees = [ast.parse(re.sub(r"^(?=[%!])", "#", cell.source, flags=re.M)) for cell in cells]
        constants = set()
        for cell, tree in zip(cells, trees, strict=True):
            item = re.search(r'checks\("(.*?)"\)', cell.source)
            calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and is_check(node)]
            for call in calls:
                lines.append(f"{path.stem[:2]} {item[1] if item else '-'} {ast.unparse(call)}")
                constants |= {node.id for node in ast.walk(call) if isinstance(node, ast.Name) and node.id.isupper()}
        for tree in trees:
            for node in tree.body:
                names = {target.id for target in getattr(node, "targets", ()) if isinstance(target, ast.Name)}
                lines += [f"{path.stem[:2]} - {ast.unparse(node)}"] if names & constants else []
    return lines


def is_check(call):
    function = call.func
    return isinstance(function, ast.Attribute) and function.attr in METHODS and ast.unparse(function.value) == "check"


def test_the_checks_are_those_of_the_list():
    assert listed() == LIST.read_text(encoding="utf-8").splitlines()


def test_no_condition_is_a_constant():
    for line in listed():
        call = ast.parse(line.split(" ", 2)[2]).body[0]
        if isinstance(call, ast.Expr) and call.value.func.attr != "code":
            judged = call.value.args[1:]
            assert any(isinstance(node, (ast.Name, ast.Lambda)) for arg in judged for node in ast.walk(arg)), line


def test_the_promised_accuracies_are_bounds():
    found = {}
    for line in listed():
        bound = re.search(r"^q\d (\S+) check\.at_least\('test accuracy(?:, (5\.[34]))?', .*, ([\d.]+)\)$", line)
        if bound:
            found[bound[2] or bound[1]] = float(bound[3])
    assert found == PROMISED


if __name__ == "__main__":
    LIST.write_text("\n".join(listed()) + "\n", encoding="utf-8")
