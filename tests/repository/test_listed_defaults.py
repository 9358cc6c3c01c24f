"""Each default and each constant of nnlib, tools and course stands in listed_defaults.txt as well: none changes unseen.

Defaults of arguments and of a class's fields, and the numbers and texts that modules assign to names in capitals. Of
explorers, playgrounds and sweeps also the controls with their ranges, the grids and the options of their trainings.
`python tests/repository/test_listed_defaults.py` writes the list from scratch; read its diff.
"""

import ast
import builtins
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("listed_defaults.txt")
FOLDERS = ("nnlib", "tools", "course", "course/release")  # not the answers in course/
FILES = sorted(
    {path for folder in FOLDERS for path in (ROOT / folder).glob("*.py" if "course" in folder else "**/*.py")}
)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)
SET_UP = [ROOT / "nnlib" / "homework" / f"{name}.py" for name in ("explorers", "playgrounds", "sweeps")]
CODE = (ast.Lambda, ast.JoinedStr, ast.comprehension)  # is tested, and ast.unparse writes it otherwise in each Python


def values(tree, name):
    """Yield (name, value) of the defaults and constants in a module, a class or a function."""
    if isinstance(tree, FUNCTIONS):
        positional = [*tree.args.posonlyargs, *tree.args.args]
        defaults = zip(positional[::-1], tree.args.defaults[::-1], strict=False)  # they belong to the last ones
        for argument, default in (*defaults, *zip(tree.args.kwonlyargs, tree.args.kw_defaults, strict=True)):
            if default is not None:
                yield f"{name}.{argument.arg}", default
    for node in tree.body:
        if isinstance(node, DEFINITIONS):
            yield from values(node, f"{name}.{node.name}")
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and not isinstance(tree, FUNCTIONS):
            targets = ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target)
            if node.value and (isinstance(tree, ast.ClassDef) or targets.isupper()):
                yield f"{name}.{targets}", node.value


def set_up(tree, module):
    """Yield (name, value) of the dictionaries in a module's functions, and of what its own names are called with."""
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        for node in ast.walk(ast.Module(function.body, [])):
            if isinstance(node, ast.Dict):
                yield f"{module}.{function.name}", node
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id not in dir(builtins):
                given = [*node.args, *(keyword.value for keyword in node.keywords)]
                simple = [each for each in given if not isinstance(each, (ast.Dict, ast.Call, *CODE))]
                if simple:
                    yield f"{module}.{function.name} {node.func.id}", ast.Tuple(simple, ast.Load())


def listed():
    """Return a line for each default and constant that holds a number, True, False, None or a text of one line.

    Of explorers, playgrounds and sweeps also for what holds names alone.
    """
    lines = []
    for path in FILES:
        module, tree = ".".join(path.relative_to(ROOT).with_suffix("").parts), ast.parse(path.read_text("utf-8"))
        for name, value in (*values(tree, module), *(set_up(tree, module) if path in SET_UP else ())):
            parts = list(ast.walk(value))
            texts = [node.value for node in parts if isinstance(node, ast.Constant)]
            plain = "\n" not in "".join(map(str, texts)) and not any(isinstance(node, CODE) for node in parts)
            if plain and (texts or path in SET_UP):
                lines.append(f"{name} = {' '.join(ast.unparse(value).split())}")
    return sorted(lines)


def test_the_defaults_and_constants_are_those_of_the_list():
    assert listed() == LIST.read_text(encoding="utf-8").splitlines()


def test_those_of_every_kind_are_found():
    found = dict(line.split(" = ", 1) for line in listed())
    assert found["nnlib.solver.Solver.__init__.batch_size"] == "100"  # of a keyword
    assert found["nnlib.models.ConvNet.__init__.filter_size"] == "7"  # of an argument that has a position
    assert found["nnlib.vgg.recipes.Recipe.seed"] == "598"  # of a field
    assert found["nnlib.held_out._SHARE"] == "0.01"  # of a module


if __name__ == "__main__":
    LIST.write_text("\n".join(listed()) + "\n", encoding="utf-8")
