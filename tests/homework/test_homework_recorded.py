"""nnlib.homework.recorded: the file holds what the committed notebooks show, and what is recorded says so."""

import json
import re
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from nnlib.homework import recorded as module
from nnlib.homework.recorded import FILE, LABEL, ROWS, from_notebooks, recorded, results, table
from nnlib.homework.results import MIME, Results
from nnlib.vgg.analysis import cost
from nnlib.vgg.recipes import LADDER, OURS, RECIPES, STARTS, TUNED

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
COMMITTED = [NOTEBOOKS / "q6_vgg_cifar10.ipynb", NOTEBOOKS / "extra" / "q6_extra.ipynb"]


def shown(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    return [row for output in outputs for row in Results.from_json(output.get("data", {}).get(MIME, [])).rows]


def test_the_file_is_what_the_committed_notebooks_show():
    data, trainings = from_notebooks(COMMITTED)
    assert data == recorded().data
    assert trainings == list(recorded().trainings.values())
    assert list(recorded().trainings) == [recipe.title for recipe in (*LADDER, *TUNED, *OURS)]


def test_recorded_costs_and_epochs_are_those_of_the_recipes():
    for recipe, training in zip((*LADDER, *TUNED, *OURS), recorded().trainings.values(), strict=True):
        found = cost(recipe.make_network())
        expected = (found.parameters, round(found.flops / 1e6, 1), recipe.epochs)
        assert (training.parameters, training.mflops, training.epochs) == expected, recipe.title


def test_the_command_writes_the_same_file(tmp_path, monkeypatch, capsys):
    copy = tmp_path / "copy.json"
    copy.write_bytes(FILE.read_bytes())
    monkeypatch.setattr(module, "FILE", copy)
    assert module.main([str(path) for path in COMMITTED]) == 0
    assert copy.read_bytes() == FILE.read_bytes()
    assert module.main([]) == 2
    assert "python -m nnlib.homework.recorded NOTEBOOK" in capsys.readouterr().err


def test_every_row_was_measured_in_one_of_the_two_and_is_recorded_in_the_other():
    one, other = map(shown, COMMITTED)
    assert [row.model for row in one] == [row.model for row in other] == [model for _, model, _ in ROWS.values()]
    for rows in zip(one, other, strict=True):
        here, there = sorted(rows, key=lambda row: len(row.data["name"]))
        assert (here.data["name"], there.data["name"]) == ("CIFAR-10", f"CIFAR-10{LABEL}")
        assert replace(here, chosen={}, data=there.data) == there


def test_what_is_not_measured_is_recorded_and_says_so():
    none = results({}, {})
    assert [row.item for row in none.rows] == ["6.2", "6.2", "6.3", "6.3", "6.3", "6.3", "6.3"]
    assert all(row.data["name"].endswith(LABEL) and row.chosen == {} for row in none.rows)
    assert results({}, {}, "handout").rows == none.rows  # nothing was chosen among what was not measured
    here = replace(recorded().trainings["handout"], val_acc=0.5, test_acc=0.25, seconds=3.0)
    first, *others = results({"handout": here}, {"name": "mine", "train": 4, "val": 3, "test": 2}, "handout").rows
    assert (first.val_acc, first.test_acc, first.seconds) == (0.5, 0.25, 3.0)
    assert (first.data["name"], first.chosen) == ("mine", {"rung": "handout"})
    assert others == list(none.rows[1:])


def test_tables_say_what_they_are_and_are_read_again():
    text = recorded().table(["handout", "ours, long"])
    heading, header, first, last = text.splitlines()
    assert heading == "recorded, CIFAR-10, AMD EPYC, 2 threads, PyTorch 2.15.0+cu132"
    assert header.split() == list(module.HEADER)
    assert re.split(" {2,}", first) == ["handout", "69.20%", "69.33%", "149,370", "5.2", "10", "71"]
    assert re.split(" {2,}", last)[0] == "ours, long"
    untested = recorded().table(["handout"], test=False).splitlines()[2]
    assert re.split(" {2,}", untested)[:3] == ["handout", "69.20%", "149,370"]
    assert table("a heading", []).splitlines()[0] == "a heading"


@pytest.mark.parametrize("name", ["seeds", "copies", "ablation", "starts"])
def test_what_was_measured_beside_the_run_is_a_table_of_known_trainings(name):
    lines = recorded().beside_table(name).splitlines()
    assert lines[0].startswith("recorded, ")
    rows = recorded().beside[name]["rows"]
    about = lines[: -len(rows) - 1]
    assert " ".join(about) == recorded().beside[name]["about"]
    assert max(map(len, about)) <= 100
    assert all(len(row) == len(recorded().beside[name]["columns"]) for row in rows)
    titles = [row[0] for row in rows]
    if name in ("seeds", "copies"):
        assert titles == [recipe.title for recipe in RECIPES.values()]
    if name == "starts":
        assert titles == ["handout", "+ ReLU", *(recipe.title for recipe in STARTS)]


@pytest.mark.parametrize("name", recorded().beside)
def test_a_committed_notebook_prints_what_was_measured_beside_the_run(name):
    outputs = [out for path in COMMITTED for cell in nbformat.read(path, 4).cells for out in cell.get("outputs", ())]
    assert any(recorded().beside_table(name) in output.get("text", "") for output in outputs)


def test_only_what_a_notebook_has_measured_is_taken(tmp_path):
    path, training = tmp_path / "executed.ipynb", replace(recorded().trainings["handout"], seconds=3.25)
    lines = {"text": table("measured here", [training])}, {"text": recorded().table(["handout, tuned"])}

    def executed(*rows):
        outputs = [*lines, {"data": {MIME: Results(rows).to_json()}}]
        path.write_text(json.dumps({"cells": [{"outputs": outputs}]}), encoding="utf-8")
        return from_notebooks([path])

    mine = {"name": "mine", "train": 4, "val": 3, "test": 2}
    here, *others = results({"handout": training}, mine).rows
    for rows in ([here, *others], [*others, here], [*others, here, *results({}, {}).rows]):
        assert executed(*rows) == (mine, [training])
    for rows in ([], others):
        with pytest.raises(ValueError, match="expected executed notebooks that show measured results"):
            executed(*rows)
