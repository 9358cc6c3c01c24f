"""Numbers in the notebooks' prose: each is in an output or the code of its notebook, or recomputed or explained here.

An output's number may have more digits than the prose gives: 98.42 % is "98.4 %". Numbers in words, and whole numbers
below 10 without a unit, stand in listed_numbers.txt as well: `python tests/repository/test_prose_numbers.py` writes it
from scratch; read its diff.
"""

import math
import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from nnlib.data import load_binary
from nnlib.homework.recorded import recorded

LIST = Path(__file__).with_name("listed_numbers.txt")
WORDS = "none|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|hundred|thousand|half|thirds?|quarters?|twice"
SMALL = re.compile(rf"(?:\S+ )?(?<![\w.,])(?:\d|{WORDS})\b(?![.,]\d)(?: \S+)?", re.I)
FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
PATHS = sorted(FOLDER.rglob("q*.ipynb"))

UNITS = r"%|points?\b|seconds?\b|minutes?\b|times\b|ms\b|MB\b|standard errors?\b"
PROSE = re.compile(rf"(?<![\w.,^_{{\-−])(\d+(?:,\d{{3}})*(?:\.\d+)?)[  ]?({UNITS})")
FOUND = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]\d+)?")
OUTSIDE = re.compile(r"^#[^\n]*$|^\|[^\n]*$|<details>.*?</details>|```.*?```|\$\$.*?\$\$", re.M | re.S)

# Of other people's work, or of the mathematics beside it.
ALLOWED = {
    ("q1_layers", "0.05 %"): "the code beside it multiplies by 1.0005",
}
GAIN = 100 * (recorded().trainings["+ flip at test"].test_acc - recorded().trainings["handout"].test_acc)

# Without a unit: by notebook and number what it is, or what it is computed from.
PLAIN = {
    ("q1_layers", "0.05"): 100 * (1.0005 - 1),
    ("q2_logistic", "0.56"): load_binary()["X_train"].mean(),
    ("q4_softmax", "60,000"): 54_000 + 6_000,
    ("q4_softmax", "28"): math.sqrt(784),
    ("q4_softmax", "709.8"): math.log(1.7976931348623157e308),
    ("q4_softmax", "104"): -math.log(2**-149 / 2),
    ("q5_cnn", "60,000"): 54_000 + 6_000,
    ("q5_cnn", "484"): (28 - 7 + 1) ** 2,
    ("q6_vgg_cifar10", "50,000"): 45_000 + 5_000,
    ("q6_vgg_cifar10", "150,000"): round(recorded().trainings["handout"].parameters, -4),
    ("q6_vgg_cifar10", "0.91"): 1 - 0.1 + 0.1 / 10,
    ("q6_vgg_cifar10", "17"): GAIN,
    ("q6_vgg_cifar10", "7.1"): "an item",
    ("q6_extra", "138"): 45_000 * 3 * 32 * 32 / 1e6,
    ("q6_extra", "31"): 32 - 2 + 1,
    ("q6_extra", "0.867"): -(0.82 * math.log(0.82) + 9 * 0.02 * math.log(0.02)),
    ("q6_extra", "28"): "of the recipe's sizes of images",
    ("q6_extra", "256"): "of the recipe's channels",
    ("q6_extra", "96"): "of the recipe's channels",
    ("q6_extra", "320"): "of the recipe's channels",
    ("q6_extra", "4,500"): 10 * 45_000 / 100,
    ("q6_extra", "1,080"): 12 * 45_000 / 500,
    ("q7_short_answers", "120"): "the words of an answer",
    ("q7_short_answers", "7.12"): "a section of a book",
}
POINTS = re.compile(r"^#[^\n]*$|^\| \[\d[^\n]*$|```.*?```|\$\$.*?\$\$", re.M | re.S)  # test_roles.py has those
DISPLAYED = re.compile(r"```.*?```|\$\$.*?\$\$", re.S)
BARE = re.compile(r"(?<![\w.,^_{\-−])(\d+(?:,\d{3})*(?:\.\d+)?)(?![\w.]*\d)")
NO_NUMBERS = re.compile(r"\$[^$]*\$|`[^`]*`|\]\([^)]*\)|<!--.*?-->|\b(?:19|20)\d\d\b(?=[\])])", re.S)


def recomputed():
    """Return what the prose gives and no output does: by notebook and text the number, from the recorded results."""
    trainings, starts = recorded().trainings, {row[0]: row for row in recorded().beside["starts"]["rows"]}
    seeds = {row[0]: row for row in recorded().beside["seeds"]["rows"]}
    last = recorded().beside["starts"]["columns"].index("10")  # epochs
    rung = seeds["+ label smoothing"]
    return {
        ("q6_vgg_cifar10", "6 points"): 100 * (trainings["handout"].val_acc - trainings["+ ReLU"].val_acc),
        ("q6_vgg_cifar10", "17 points"): GAIN,
        ("q6_vgg_cifar10", "4 points"): float(starts["handout"][last]) - float(starts["+ ReLU"][last]),
        ("q6_vgg_cifar10", "0.3 points"): float(rung[recorded().beside["seeds"]["columns"].index("mean gain")]),
        ("q6_vgg_cifar10", "0.6 points"): 100 * math.sqrt(0.8 * 0.2 / 5000),
        ("q6_vgg_cifar10", "0.45 points"): 100 * math.sqrt(500) / 5000,
        ("q3_svm", "1.2 points"): 100 * 3 / 250,
        ("q6_extra", "138 MB"): 45_000 * 3 * 32 * 32 / 1e6,
    }


def small():
    """Return a line for each number in words, and for each below 10 without a unit, with the words around it."""
    lines = []
    for path in PATHS:
        for cell in (cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "markdown"):
            text = " ".join(NO_NUMBERS.sub(" ", DISPLAYED.sub(" ", cell.source)).split())
            lines += [f"{path.stem} {found[0]}" for found in SMALL.finditer(text)]
    return lines


def test_small_numbers_of_the_prose_are_those_of_the_list():
    assert small() == LIST.read_text(encoding="utf-8").splitlines()


def number(text):
    return float(text.replace(",", ""))


def written(notebook):
    """Return all numbers in the outputs and in the code of a notebook, without how long it took here."""
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    for output in (output for cell in notebook.cells for output in cell.get("outputs", ())):
        texts.append(output.get("text", "") or output.get("data", {}).get("text/plain", ""))
    texts = [re.sub(r"this notebook took \d+ s", "", text) for text in texts]
    return {number(found) for text in texts for found in FOUND.findall(text)}


def bare_without_source(notebook):
    """Yield the numbers of the prose, with a unit or without, that are in neither an output nor the code."""
    numbers = written(notebook)
    for cell in (cell for cell in notebook.cells if cell.cell_type == "markdown"):
        for found in BARE.findall(NO_NUMBERS.sub(" ", POINTS.sub(" ", cell.source))):
            value, digits = number(found), len(found.partition(".")[2])
            known = any(round(n, digits) == value or math.isclose(n, value / 100) for n in numbers)
            if (value >= 10 or digits) and not known:
                yield found


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


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_bare_numbers_of_the_prose_have_a_source(path):
    assert set(bare_without_source(nbformat.read(path, 4))) == {text for stem, text in PLAIN if stem == path.stem}


@pytest.mark.parametrize(("at", "value"), PLAIN.items(), ids=str)
def test_what_a_bare_number_is(at, value):
    digits = len(at[1].partition(".")[2])
    assert isinstance(value, str) or round(value, digits) == number(at[1])


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


if __name__ == "__main__":
    LIST.write_text("\n".join(small()) + "\n", encoding="utf-8")
