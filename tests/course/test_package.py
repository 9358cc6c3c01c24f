"""What is packed: rewords, cut modules, links, and what a file's own formulas and statements say was cut."""

import ast
import json
import zipfile
from types import SimpleNamespace

import pytest

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


def test_only_files_that_git_knows_and_no_pattern_excludes_are_copied(tmp_path, monkeypatch):
    for name in ("nnlib/a.py", "nnlib/secret.py", "course/student/Makefile", "docs/b.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x = 1\n" if name.endswith(".py") else "x")
    listed = "nnlib/a.py\0nnlib/secret.py\0nnlib/gone.py\0course/student/Makefile\0docs/b.md\0"
    monkeypatch.setattr(package.subprocess, "run", lambda *_, **__: SimpleNamespace(stdout=listed))
    made = course(
        {**ITEM, "points": 1, "kind": "text", "targets": [], "checks": 0, "cells": []},
        include=["nnlib/*"],
        exclude=["*/secret.*"],
    )
    files, statements, texts = package.collect(tmp_path, made)
    assert set(files) == {"nnlib/a.py", "Makefile", "nnlib/check/exercises.toml", "tools/given.txt"}
    assert (statements, texts) == ([], [])
    assert files["tools/given.txt"].decode().endswith("  nnlib/a.py\n")
