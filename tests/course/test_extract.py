"""What of a student's file reaches a worker: their code for the item, what it uses, and nothing that answers it."""

import ast
from pathlib import Path

import pytest

from course import items
from course.extract import extract
from course.statements import definitions

ROOT = items.ROOT
FILES = {path.relative_to(ROOT).as_posix(): path.read_text() for path in (ROOT / "nnlib").rglob("*.py")}
CODE = [id for id, row in items.load().items.items() if row["targets"] and "torch" not in row.get("given", ())]
FC = "nnlib/layers/fully_connected.py"


def of(item):
    row = items.load().items[item]
    module = row["targets"][0].partition(":")[0]
    return module, {target.partition(":")[2] for target in row["targets"]}


def bodies(text):
    """Return the normalised body of each function, without its docstring."""
    found = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            found.setdefault(node.name, set()).add("\n".join(map(ast.unparse, body)))
    return found


@pytest.mark.parametrize("item", CODE)
def test_nothing_beside_a_students_code_holds_the_items_answer(item):
    """With stubs handed in, the course's body of no target and of no helper that is cut stands anywhere in the root."""
    module, names = of(item)
    helpers = {target.partition(":")[2] for target in items.load().items[item].get("cut", ())}
    right = bodies(FILES[module.replace(".", "/") + ".py"])
    stubs = "".join(f"def {name}(*a, **k):\n    raise NotImplementedError\n" for name in names)
    found = extract({**FILES, module.replace(".", "/") + ".py": stubs}, item)
    assert found.status == ""
    inside = {body for text in found.sources.values() for each in bodies(text).values() for body in each}
    for name in names | helpers:
        assert not right.get(name, set()) & inside, name


@pytest.mark.parametrize("item", CODE)
def test_the_courses_own_file_is_a_submission(item):
    module, names = of(item)
    found = extract(FILES, item)
    assert found.status == ""
    assert names <= {name for each in definitions(found.sources[module]) for name in each.names}
    assert not [name for name in found.sources if name.startswith(("nnlib.fast", "nnlib.check.", "nnlib.search"))]


def with_code(code):
    return extract({**FILES, FC: code}, "1.1")


def test_only_what_the_targets_reach_is_taken():
    found = with_code(
        "import numpy as np\nimport os\nfrom scipy import linalg\n\nSCALE = 1.0\nOTHER = open('x')\n\n"
        "def helper(x):\n    return SCALE * x\n\ndef unused():\n    pass\n\nos.remove('x')\n\n"
        "def fc_forward(x, w, b):\n    return helper(x) @ w + b, (x, w)\n\n"
        "def fc_backward(dout, cache):\n    return np.dot(dout, cache[1].T), cache[0].T @ dout, dout.sum(0)\n"
    )
    text = found.sources["nnlib.layers.fully_connected"]
    assert "SCALE" in text
    assert "def helper" in text
    assert not any(word in text for word in ("OTHER", "unused", "os", "scipy"))


def test_the_courses_checks_stand_beside_it_whatever_was_handed_in():
    mine = "raise SystemExit\ndef matrix(*_):\n    pass\n"
    code = "from nnlib.checks import matrix\nfrom nnlib.layers import arguments\n"
    code += "def fc_forward(x, w, b):\n    return matrix(arguments.x)\ndef fc_backward(dout, cache):\n    pass\n"
    found = extract({**FILES, FC: code, "nnlib/checks.py": mine, "nnlib/layers/arguments.py": mine}, "1.1")
    assert found.sources["nnlib.checks"] == FILES["nnlib/checks.py"]
    assert found.sources["nnlib.layers.arguments"] == FILES["nnlib/layers/arguments.py"]


def test_a_syntax_error_costs_its_function_alone():
    broken = FILES["nnlib/layers/conv.py"].replace(
        "    out = w.reshape(f, -1) @ columns", "    out = w.reshape(f, -1 @ columns"
    )
    files = {**FILES, "nnlib/layers/conv.py": broken}
    found = extract(files, "1.5b")
    assert found.status == "syntax"
    line = broken[: broken.index("-1 @ columns")].count("\n") + 1
    assert f"line {line}:" in found.message
    assert extract(files, "1.5a").status == ""


def test_what_stands_around_a_function_that_does_not_parse_does_not_hide_it():
    code = "def fc_forward(x, w, b:\n    pass\n\n\nfc_forward = print(fc_forward)\n\n\n"
    assert with_code(code + "def fc_backward(dout, cache):\n    pass\n").status == "syntax"


def test_a_decorator_stays_with_its_function_where_the_file_does_not_parse():
    found = definitions("@np.vectorize\ndef f(x):\n    return x\n\n\ndef g(:\n    pass\n")
    assert [(each.names, each.line, bool(each.error)) for each in found] == [(("f",), 1, False), (("g",), 6, True)]
    assert found[0].text.startswith("@np.vectorize\ndef f")


def test_a_mark_of_a_merge_costs_its_function_alone():
    text = FILES["nnlib/losses.py"].replace("    losses = np.maximum(0", "<<<<<<< HEAD\n    losses = np.maximum(0")
    files = {**FILES, "nnlib/losses.py": text}
    assert extract(files, "3.1").status == "syntax"
    assert extract(files, "2.1").status == extract(files, "4.1").status == ""


@pytest.mark.parametrize(
    ("files", "status"),
    [({}, "missing"), ({FC: "def fc_forward(x, w, b):\n    return x\n"}, "missing"), ({FC: ""}, "missing")],
)
def test_what_is_not_there_is_missing(files, status):
    found = extract(files, "1.1")
    assert found.status == status
    assert "fully_connected.py" in found.message


def test_of_two_definitions_the_later_counts():
    twice = "def fc_forward(x, w, b):\n    return 1\n\n\ndef fc_forward(x, w, b):\n    return 3\n"
    text = with_code(twice + "def fc_backward(dout, cache):\n    return 2\n").sources["nnlib.layers.fully_connected"]
    assert "return 3" in text
    assert "return 1" not in text


def test_a_line_of_the_workers_file_is_told_as_the_students():
    code = "# one\n# two\n\n\ndef fc_backward(dout, cache):\n    pass\n\n\ndef fc_forward(x, w, b):\n    return x / 0\n"
    found = with_code(code)
    text = found.sources["nnlib.layers.fully_connected"].splitlines()
    number = next(i for i, line in enumerate(text, 1) if "x / 0" in line)
    assert found.own_line(f"fully_connected.py:{number}") == f"{FC}:10"


def test_given_items_are_the_students_or_the_courses():
    path = "nnlib/layers/batch_norm.py"
    own = FILES[path].replace("    sigma = np.sqrt(var + eps)", "    sigma = np.sqrt(var) + eps")
    files = {**FILES, path: own}
    assert "np.sqrt(var) + eps" in extract(files, "1.4c").sources["nnlib.layers.batch_norm"]
    assert "np.sqrt(var + eps)" in extract(files, "1.4c", ours=["1.4a"]).sources["nnlib.layers.batch_norm"]


def test_the_folder_is_readable_for_another_user(tmp_path):
    extract(FILES, "2.2").write(tmp_path)
    assert all(path.stat().st_mode & 0o044 == 0o044 for path in Path(tmp_path).rglob("*"))
    assert (tmp_path / "nnlib" / "__init__.py").is_file()
