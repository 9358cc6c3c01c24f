"""The receipt of `make submit`: what counts as written, piece by piece, and which files are packed or named."""

import hashlib
import importlib.util
import json
import sys
from types import SimpleNamespace

import pytest

from course.items import ROOT

ITEM = {"id": "1.1", "title": "fc", "targets": ["nnlib.fc:f"], "notebook": "q1", "cells": ["own"]}
STUB = 'raise NotImplementedError("1.1 fc. Its task: above")'
NOTEBOOK = "notebooks/q1.ipynb"
EMPTY, MORE = "<!-- answer 1.1 -->\n**Your derivation:**", "<!-- answer 1.1, revised -->\n**Your answer:**"


@pytest.fixture
def submit(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "tools", SimpleNamespace(ROOT=tmp_path))
    spec = importlib.util.spec_from_file_location("submit", ROOT / "course" / "student" / "tools" / "submit.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def cells(*sources, own="y = 1"):
    found = [{"id": "own", "source": own}, *({"id": str(n), "source": text} for n, text in enumerate(sources))]
    return json.dumps({"cells": found})


@pytest.mark.parametrize(
    ("sources", "answer"),
    [
        ((), "missing, with its comment"),
        ((MORE + "\nx",), "missing, with its comment"),
        ((EMPTY,), "not written"),
        ((EMPTY.partition("\n")[0],), "not written"),
        ((EMPTY, MORE), "not written"),
        ((EMPTY + "\nx",), "written"),
        ((EMPTY + "\nx", MORE), "written"),
        ((EMPTY, MORE + "\nx"), "written"),
        (("about <!-- answer 1.1 -->", EMPTY.replace("1.1", "1.2") + "\nx"), "missing, with its comment"),
    ],
)
def test_an_answer_is_written_if_one_of_its_cells_is(submit, tmp_path, sources, answer):
    write(tmp_path, {NOTEBOOK: cells(*sources)})
    assert submit.pieces(ITEM, tmp_path)["answer"] == answer


@pytest.mark.parametrize(
    ("own", "state"),
    [
        (f"y = ...\n{STUB}", "not written"),
        ("y = 2", "written"),
        ("import math\n\ny = math.pi", "written"),
        (STUB.replace("1.1", "1.2"), "written"),
        ("from nnlib import f\n\nshow_source(f)", None),
        (EMPTY, None),
    ],
)
def test_a_cell_is_written_without_its_stub(submit, tmp_path, own, state):
    write(tmp_path, {NOTEBOOK: cells(own=own)})
    assert submit.pieces(ITEM, tmp_path).get("own") == state


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (f"def f(x):\n    {STUB}\n", "not written"),
        ("def f(x):\n    return x\n", "written"),
        (f"def f(x):\n    {STUB}\n\n\ndef f(x):\n    return x\n", "written"),  # the later one counts
        (f"def f(x):\n    return x\n\n\ndef f(x):\n    {STUB}\n", "not written"),
        ("def g(x):\n    return x\n", "missing in fc.py"),
        ("def f(x:\n", "fc.py cannot be read: line 1: '(' was never closed"),
    ],
)
def test_a_function_is_written_if_its_last_definition_is(submit, tmp_path, code, state):
    write(tmp_path, {"nnlib/fc.py": code})
    assert submit.pieces(ITEM, tmp_path)["nnlib.fc:f"] == state


def test_what_is_packed_and_what_is_said_to_be_left(submit, tmp_path):
    given = {"nnlib/fc.py": "f = 1\n", "nnlib/same.py": "g = 1\n", "nnlib/other.py": "h = 1\n"}
    sums = "".join(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in given.items())
    mine = {"nnlib/fc.py": "f = 2\n", "nnlib/other.py": "h = 2\n", "nnlib/mine.py": "m = 1\n"}
    write(tmp_path, {**given, **mine, "tools/given.txt": sums, NOTEBOOK: cells(), "notes.txt": ""})
    assert list(submit.submission([ITEM], tmp_path)) == ["nnlib/fc.py", NOTEBOOK, "nnlib/mine.py"]
    assert submit.changed([ITEM], tmp_path) == ["nnlib/other.py"]
