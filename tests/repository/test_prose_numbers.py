"""Numbers with a unit in the notebooks' prose: each is in an output or the code of its notebook, or recomputed here.

An output's number may have more digits than the prose gives: 98.42 % is "98.4 %". Numbers in words are not looked at.
"""

import math
import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from nnlib.homework.recorded import recorded

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
PATHS = sorted(FOLDER.rglob("q*.ipynb"))

UNITS = r"%|points?\b|seconds?\b|minutes?\b|times\b|ms\b|MB\b|standard errors?\b"
PROSE = re.compile(rf"(?<![\w.,^_{{\-−])(\d+(?:,\d{{3}})*(?:\.\d+)?)[  ]?({UNITS})")
FOUND = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]\d+)?")
OUTSIDE = re.compile(r"^#[^\n]*$|^\|[^\n]*$|<details>.*?</details>|```.*?```|\$\$.*?\$\$", re.M | re.S)

# Of other people's work, or of the mathematics beside it.
ALLOWED = {
    ("q1_layers", "0.05 %"): "the code beside it multiplies by 1.0005",
    ("q4_softmax", "95.9 %"): "a public report's figure",
}


def recomputed():
    """Return what the prose gives and no output does: by notebook and text the number, from the recorded results."""
    trainings, starts = recorded().trainings, {row[0]: row for row in recorded().beside["starts"]["rows"]}
    seeds = {row[0]: row for row in recorded().beside["seeds"]["rows"]}
    last = recorded().beside["starts"]["columns"].index("10")  # epochs
    rung = seeds["+ label smoothing"]
    return {
        ("q6_vgg_cifar10", "6 points"): 100 * (trainings["handout"].val_acc - trainings["+ ReLU"].val_acc),
        ("q6_vgg_cifar10", "17 points"): 100 * (trainings["+ flip at test"].test_acc - trainings["handout"].test_acc),
        ("q6_vgg_cifar10", "4 points"): float(starts["handout"][last]) - float(starts["+ ReLU"][last]),
        ("q6_vgg_cifar10", "0.3 points"): float(rung[recorded().beside["seeds"]["columns"].index("mean gain")]),
        ("q6_vgg_cifar10", "0.6 points"): 100 * math.sqrt(0.8 * 0.2 / 5000),
        ("q6_vgg_cifar10", "0.45 points"): 100 * math.sqrt(500) / 5000,
        ("q3_svm", "1.2 points"): 100 * 3 / 250,
        ("q6_extra", "138 MB"): 45_000 * 3 * 32 * 32 / 1e6,
    }


def number(text):
    return float(text.replace(",", ""))


def written(notebook):
    """Return all numbers in the outputs and in the code of a notebook."""
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    for output in (output for cell in notebook.cells for output in cell.get("outputs", ())):
        texts.append(output.get("text", "") or output.get("data", {}).get("text/plain", ""))
    return {number(found) for text in texts for found in FOUND.findall(text)}


def without_source(notebook):
    """Yield (number with its unit, context) in the prose for which neither an output nor the code has a number."""
    numbers = written(notebook)
    for cell in (cell for cell in notebook.cells if cell.cell_type == "markdown"):
        text = OUTSIDE.sub(" ", cell.source)
        for found in PROSE.finditer(text):
            value, digits = number(found[1]), len(found[1].partition(".")[2])
            fraction = value / 100 if found[2] == "%" else math.nan
            known = any(round(n, digits) == value or math.isclose(n, fraction) for n in numbers)
            if not known or found[2].startswith("point"):  # a difference, which small numbers elsewhere do not support
                context = text[max(0, found.start() - 60) : found.end() + 30]
                yield " ".join(found[0].split()), " ".join(context.split())


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_numbers_of_the_prose_have_a_source(path):
    found = [(text, context) for text, context in without_source(nbformat.read(path, 4))]
    known = ALLOWED.keys() | recomputed().keys()
    assert [each for each in found if (path.stem, each[0]) not in known] == []


def test_what_is_recomputed_is_what_the_prose_says():
    for (_, text), value in recomputed().items():
        digits = len(text.split()[0].partition(".")[2])
        assert round(value, digits) == number(text.split()[0]), text


def test_every_exception_is_used():
    used = {(path.stem, text) for path in PATHS for text, _ in without_source(nbformat.read(path, 4))}
    assert used == ALLOWED.keys() | recomputed().keys()


@pytest.mark.parametrize(
    ("prose", "sourced"),
    [
        ("The test accuracy is 98.4 %.", True),
        ("It takes 3.1 seconds.", True),
        ("A bound of 97.5 %.", True),
        ("The test accuracy is 98.5 %.", False),
        ("It takes 4 minutes.", False),
        ("It gains 3.1 points.", False),
    ],
)
def test_a_number_without_a_source_is_found(prose, sourced):
    code = new_code_cell("BOUND = 0.975", outputs=[new_output("stream", text="test 98.42%, 3.12 s\n")])
    found = list(without_source(new_notebook(cells=[new_markdown_cell(prose), code])))
    assert bool(found) is not sourced
