"""What is packed: rewords, cut modules, links, and what a file's own formulas and statements say was cut."""

import ast
import hashlib
import json
import tomllib
import zipfile
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from course.items import Course, ReleaseError
from course.release import package

ITEM = {"id": "1.1", "title": "a layer", "notebook": "q1", "targets": ["nnlib.a:forward"]}
SOURCE = '"""A layer.\n\n    dX = G W^T\n    dW = X^T G\n"""\n\n\ndef forward(x):\n    return x @ x.T\n'


def course(item=ITEM, **changes):
    given = {"items": {"1.1": item}, "kept": {}, "trimmed": {}, "rewords": [], "include": [], "exclude": []}
    return Course(**{**given, **changes})


def test_a_formula_that_goes_with_a_docstring_was_cut_and_one_that_stays_was_not():
    files = {"nnlib/a.py": SOURCE.encode(), "nnlib/b.py": SOURCE.encode()}
    cut = package._cut_module(files, "nnlib/a.py", course({**ITEM, "docstring": "A layer: dX = G W^T"}))
    assert [each if isinstance(each, str) else ast.unparse(each) for each in cut] == ["return x @ x.T", "dW = X^T G"]
    assert files["nnlib/a.py"].startswith(b'"""A layer: dX = G W^T"""\n')
    assert package._cut_module(files, "nnlib/b.py", course()) == []
    assert files["nnlib/b.py"] == SOURCE.encode()


@pytest.mark.parametrize(("text", "becomes"), [("a b", "a c"), ("b b", None), ("a", None)])
def test_a_reword_is_there_once(text, becomes):
    made = course(rewords=[{"file": "a.md", "old": "b", "new": "c"}, {"file": "b.md", "old": "a", "new": "x"}])
    if becomes is None:
        with pytest.raises(ReleaseError, match=r"reword: a\.md holds [02] times, expected once: 'b'"):
            package._reworded("a.md", text, made)
    else:
        assert package._reworded("a.md", text, made) == becomes


def test_a_reword_of_a_notebook_is_written_as_its_text():
    made = course(rewords=[{"file": "a.ipynb", "old": 'say "x"\n', "new": 'say "y"\n'}])
    cells = json.dumps({"source": 'I say "x"\n'})
    assert json.loads(package._reworded("a.ipynb", cells, made)) == {"source": 'I say "y"\n'}


def test_a_link_to_what_the_copy_lacks_is_named():
    links = "[a](b.md) [b](../docs/) [c](b.m) [d](https://x) [e](#f) [g](../a.md) [h](/etc)"
    notebook = {
        "cells": [{"id": "x", "cell_type": "markdown", "metadata": {}, "source": "[a](no.py) [b](docs/b.md#c)"}]
    }
    whole = json.dumps({**notebook, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    files = {"docs/a.md": links, "docs/b.md": "", "x.py": "# [a](no.md)", "n.ipynb": whole}
    found = package._dead_links({name: text.encode() for name, text in files.items()})
    assert list(found) == ["docs/a.md: b.m", "docs/a.md: ../a.md", "docs/a.md: /etc", "n.ipynb: no.py"]


def test_a_packed_file_has_no_time_and_its_own_rights(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        package.add(packed, "a", b"1")
        package.add(packed, "b", b"2", 0o755)
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        found = [(each.filename, each.date_time, each.external_attr >> 16) for each in packed.infolist()]
    assert found == [("a", (1980, 1, 1, 0, 0, 0), 0o100644), ("b", (1980, 1, 1, 0, 0, 0), 0o100755)]


CHECKS = [
    {"name": "value", "visibility": "public", "points": 1, "after": []},
    {"name": "gradient", "visibility": "public", "points": 1},
    {"name": "economy", "visibility": "hidden", "points": 2},
]
ROW = {**ITEM, "points": 4, "kind": "code", "checks": 2, "cells": ["words"], "check": CHECKS}


def test_students_read_of_hidden_checks_the_number_alone():
    (row,) = tomllib.loads(package.exercises(course(ROW), {"1.1": "5a"}))["item"]
    assert row == {name: ROW[name] for name in package.STUDENT_FIELDS if name in ROW} | {
        "hidden": 1,
        "cell": "5a",
        "check": CHECKS[:2],
    }


def test_only_files_that_git_knows_and_no_pattern_excludes_are_copied_and_all_that_is_cut_is_kept(
    tmp_path, monkeypatch
):
    words = "<!-- answer 1.1 -->\nBecause."
    cells = [new_markdown_cell(words, id="words", metadata={"tags": ["solution"]})]
    texts = {"nnlib/a.py": SOURCE, "nnlib/secret.py": "x = 1\n", "course/student/Makefile": "x", "docs/b.md": "x"}
    texts["notebooks/q1.ipynb"] = nbformat.writes(new_notebook(cells=cells))
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    listed = "\0".join([*texts, "nnlib/gone.py", ""])
    monkeypatch.setattr(package.subprocess, "run", lambda *_, **__: SimpleNamespace(stdout=listed))
    rewords = [{"file": "nnlib/a.py", "old": "A layer", "new": "Yours"}, {"file": "Makefile", "old": "x", "new": "y"}]
    made = course(ROW, include=["nnlib/*", "notebooks/*"], exclude=["*/secret.*"], rewords=rewords)
    files, statements, texts = package.collect(tmp_path, made)
    own = {"nnlib/a.py", "notebooks/q1.ipynb", "Makefile"}
    assert set(files) == own | {"nnlib/check/exercises.toml", "tools/given.txt"}
    assert list(map(ast.unparse, statements)) == ["return x @ x.T"]
    assert texts == [words]
    assert files["nnlib/a.py"].startswith(b'"""Yours.')
    assert files["Makefile"] == b"y"
    assert b"raise NotImplementedError" in files["nnlib/a.py"]
    (cell,) = nbformat.reads(files["notebooks/q1.ipynb"].decode(), 4).cells
    assert cell.source == "<!-- answer 1.1 -->\n**Your answer:**"
    assert files["tools/given.txt"].decode() == f"{hashlib.sha256(files['nnlib/a.py']).hexdigest()}  nnlib/a.py\n"
