"""The student copy as a whole: what is in it, what is not, and that the same repository gives the same bytes."""

import ast
import io
import json
import os
import random
import re
import subprocess
import sys
import tomllib
import zipfile

import nbformat
import pytest

from course.items import ROOT, rubrics
from course.leaks import Fingerprints, refused
from course.release import __main__ as command
from course.release import package
from nnlib.check.exercises import checksum

pytestmark = pytest.mark.xdist_group("release")  # one process runs them all: what they share is slow to make

ANSWER = re.compile(r"<!-- answer [\d.a-z]+(, revised)? -->\n\*\*Your (answer|derivation):\*\*")


def notebooks_of(files):
    return {name: nbformat.reads(text.decode(), 4) for name, text in files.items() if name.endswith(".ipynb")}


def test_two_releases_are_the_same_to_the_byte(released, course, tmp_path):
    """Made here and by the command, which is a process of its own: the order of a set is another there."""
    seeds = {"PYTHONHASHSEED": "1" if os.environ.get("PYTHONHASHSEED") == "0" else "0"}
    options = {"cwd": ROOT, "env": os.environ | seeds, "capture_output": True, "text": True}
    (tmp_path / "student").mkdir()
    (tmp_path / "student" / "old.py").write_text("of an earlier release")
    done = subprocess.run([sys.executable, "-m", "course.release", "--build", tmp_path], **options)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "hw1-student.zip").read_bytes() == released[1]
    description = json.dumps(package.description(course, *released), indent=1)
    assert (tmp_path / "release.json").read_text() == f"{description}\n"
    made = {path.relative_to(tmp_path / "student").as_posix(): path for path in (tmp_path / "student").rglob("*")}
    assert {name: path.read_bytes() for name, path in made.items() if path.is_file()} == released[0]


def test_the_archive_holds_the_files_below_one_folder(released):
    files, packed = released
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    assert held == {f"hw1/{name}": content for name, content in files.items()}


def test_nothing_of_the_instructor_is_in_it(released):
    names = list(released[0])
    others = ("course/", "tests/", ".ci/", ".git/", "nnlib/fast/", "notebooks/extra/", "build/")
    assert not [
        name for name in names if name.startswith(others) or name.endswith(("recorded.json", "data.pkl", ".png"))
    ]
    assert "tools/submit.py" in names
    assert len([name for name in names if name.startswith("docs/")]) == 2


def test_every_target_says_which_item_it_waits_for(released, course):
    for item, row in course.items.items():
        for target in row["targets"]:
            module, _, name = target.partition(":")
            tree = ast.parse(released[0][module.replace(".", "/") + ".py"])
            (node,) = (node for node in tree.body if getattr(node, "name", None) == name)
            assert ast.get_docstring(node), target
            functions = [node] if isinstance(node, ast.FunctionDef) else node.body
            for function in (each for each in functions if isinstance(each, ast.FunctionDef)):
                last = ast.unparse(function.body[-1])
                assert last.startswith(f"raise NotImplementedError('{item} ") or last.startswith(
                    f'raise NotImplementedError("{item} '
                ), target


def test_notebooks_hold_prompts_checks_and_empty_answers(released, course):
    for name, notebook in notebooks_of(released[0]).items():
        roles = [tag for cell in notebook.cells for tag in cell.metadata.tags]
        assert roles.count("prompt") >= 7, name
        assert all(cell.outputs == [] for cell in notebook.cells if cell.cell_type == "code"), name
        kept = {cell.id for cell in notebook.cells if "after" in cell.metadata.tags}
        assert kept == course.kept.get(name[len("notebooks/") : -len(".ipynb")], set()), name
        for cell in notebook.cells:
            if "solution" in cell.metadata.tags and cell.cell_type == "markdown":
                assert ANSWER.fullmatch(cell.source), cell.id


def test_students_items_hold_neither_hidden_checks_nor_what_is_cut(released, course):
    mine = tomllib.loads(released[0]["nnlib/check/exercises.toml"].decode())["item"]
    assert [row["id"] for row in mine] == list(course.items)
    cells = [cell for notebook in notebooks_of(released[0]).values() for cell in notebook.cells]
    sums = [checksum(cell.source) for cell in cells if "check" in cell.metadata.tags]
    assert [row["cell"] for row in mine if row["checks"]] == sums
    for row in mine:
        checks = course.items[row["id"]].get("check", [])
        assert not {"cut", "docstring"} & row.keys()
        assert row.get("check", []) == [check for check in checks if check["visibility"] == "public"]
        assert row["hidden"] == len(checks) - len(row.get("check", []))
    assert sum(row["hidden"] for row in mine) >= 15


@pytest.fixture(scope="module")
def collected(course):
    """The files of the copy, and what was cut."""
    return package.collect(ROOT, course)


@pytest.fixture(scope="module")
def found(collected):
    """The fingerprints of what was cut."""
    return Fingerprints(*collected[1:])


@pytest.mark.parametrize("seed", range(5))
def test_what_was_really_cut_is_found_again_under_other_names(seed, collected, found):
    """A statement of the solutions, its variables renamed, is put into a file of the copy."""
    files = collected[0]
    rng = random.Random(seed)
    source, formula = rng.choice(sorted(found.code.values())), rng.choice(sorted(found.formulas.values()))
    tree = ast.parse(source)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and id(node) not in called and node.id not in ("np", "torch", "nn"):
            node.id += "_renamed"
    planted = f"def mine(x):\n    {ast.unparse(tree)}\n".replace("    return", "    return ")
    before = set(found.scan("a.py", files["nnlib/optim.py"]))
    assert set(found.scan("a.py", files["nnlib/optim.py"] + planted.encode())) - before, source
    assert list(found.scan("a.md", f"As we saw, $${formula}$$".encode())), formula


def test_a_leak_fails_the_release(monkeypatch, capsys, tmp_path, collected):
    def with_a_solution(root, course):
        """Of few files: that all others hold no leak is what `released` finds."""
        files, statements, texts = collected
        few = {name: files[name] for name in ("README.md", "nnlib/optim.py", "notebooks/q2_logistic.ipynb")}
        leaks = b"Try `grad = inputs.T @ upstream`.", rb"Here $\frac{\partial L}{\partial W} = X^T G$."
        return few | dict(zip(("docs/a.md", "docs/b.md"), leaks, strict=True)), statements, texts

    monkeypatch.setattr(command, "collect", with_a_solution)
    assert command.main(["--build", str(tmp_path)]) == 1
    assert re.match(r"2 leaks:\nhw1/docs/a\.md: dw = x\.T @ dout\nhw1/docs/b\.md: \S", capsys.readouterr().err)
    assert not list(tmp_path.iterdir())


def test_every_allowed_leak_is_there(released, found):
    """A row that allows nothing any more goes."""
    leaks = list(found.scan("", released[1]))
    allowed = tomllib.loads((ROOT / "course" / "leaks.toml").read_text(encoding="utf-8"))["allow"]
    assert all(row["why"] for row in allowed)
    assert [row for row in allowed if len(refused(leaks, [row])) == len(leaks)] == []


def test_release_json_holds_points_and_checksums(released, course):
    text = package.description(course, *released)
    assert sum(text["points"].values()) == 100
    assert text["files"].keys() == released[0].keys()
    assert json.loads(json.dumps(text)) == text


def test_no_rubric_is_in_the_copy(released):
    files, _ = released
    lines = [line.partition(": ")[2] for text in rubrics().values() for line in text.splitlines()]
    text = "\n".join(content.decode(errors="replace") for content in files.values())
    assert [line for line in lines if line in text] == []
