r"""Every formula of the notebooks and of nnlib's docstrings stands in listed_formulas.txt as well.

The boxed ones are computed, in test_formulas.py; the steps between them cannot all be, and are listed instead:
displayed formulas, and those in the text with a relation such as = or \le in them; of docstrings, each line with a
power, a root, a sum or an equation.

python tests/repository/test_listed_formulas.py writes the list anew; read its diff.
"""

import ast
import re
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("listed_formulas.txt")
FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<![\\$])\$([^$\n]+(?:\n[^$\n]+)*?)\$(?!\d)", re.S)
RELATION = re.compile(r"[=<>]|\\(?:le|ge|ne|in|to|approx|propto|sim)(?![a-z])")

EQUATION = re.compile(r"\*\*|\w\^|\bsqrt|\bsum[(_]|\S \+?= \S|\w \* \w|\w/\w+ \*")
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def of_docstrings():
    """Yield a line for each line of a docstring that holds a formula."""
    for path in sorted((ROOT / "nnlib").rglob("*.py")):
        nodes = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, DOCUMENTED)]
        for text in filter(None, map(ast.get_docstring, nodes)):
            found = [" ".join(line.split()) for line in text.splitlines() if EQUATION.search(line)]
            yield from (f"{path.relative_to(ROOT / 'nnlib')} {line}" for line in found)


def listed():
    """Return a line for each formula, in the order of the notebooks and their cells."""
    lines = []
    for path in sorted((ROOT / "notebooks").rglob("q*.ipynb")):
        for cell in (cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "markdown"):
            text = re.sub(r"`[^`\n]*`|^( {4}|\|).*$", "", cell.source, flags=re.M)
            for display, inline in FORMULA.findall(text):
                if display or RELATION.search(inline):
                    lines.append(f"{path.stem} {' '.join((display or inline).split())}")
    return [*lines, *of_docstrings()]


def test_the_formulas_are_those_of_the_list():
    assert listed() == LIST.read_text(encoding="utf-8").splitlines()


def test_formulas_are_found_in_every_notebook():
    found = [line.split()[0] for line in listed()]
    least = {"q1_layers": 60, "q2_logistic": 20, "q3_svm": 20, "q4_softmax": 20, "q5_cnn": 10, "q7_short_answers": 40}
    assert {name: found.count(name) >= count for name, count in least.items()} == dict.fromkeys(least, True)


if __name__ == "__main__":
    LIST.write_text("\n".join(listed()) + "\n", encoding="utf-8")
