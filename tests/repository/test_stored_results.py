"""Stored results: every form of a row is the same row, and what else its notebook shows agrees with it."""

import html
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rerun_results import differences, rows_of
from test_listed_checks import PROMISED

from nnlib.homework.recorded import LABEL, ROWS, recorded
from nnlib.homework.recorded import SEED as RECORDED_SEED
from nnlib.homework.results import MIME, ResultRow, Results
from nnlib.homework.sweeps import SEED as SWEEPS_SEED

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("q*.ipynb"))
REPORT = {  # the report's test accuracies, in percent
    "2.3": 93.6,
    "2.4": 94.0,
    "3.3": 92.8,
    "3.4": 94.0,
    "4.3": 92.0,
    "4.4": 93.63,
    "5.3": 98.39,
    "5.4": 98.68,
    "6.2": 69,
    "6.3": 75,
}
SHOWS_ITS_TEST_ACCURACY_IN_A_FIGURE = {"q5_cnn"}


def outputs(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [output for cell in cells for output in cell.get("outputs", ())]


def text(output):
    data = output.get("data", {})
    return "".join(output.get("text", ())) + "".join(data.get("text/plain", ()))


WITH_ROWS = {path.stem: path for path in NOTEBOOKS if rows_of(outputs(path))}
ROWS_BY_NOTEBOOK = [(name, row) for name, path in WITH_ROWS.items() for row in rows_of(outputs(path))]
MEASURED = [(name, row) for name, row in ROWS_BY_NOTEBOOK if not row.data["name"].endswith(LABEL)]


def in_order(row, page):
    """Return the row with what was chosen in the order in which it is shown; JSON is stored with sorted keys."""
    shown = page[page.index(html.escape(row.model)) :]
    return replace(
        row, chosen={key: row.chosen[key] for key in sorted(row.chosen, key=lambda key: shown.find(f"{key} "))}
    )


def title(value):
    return value if isinstance(value, str) else value.model


def test_the_notebooks_with_results():
    assert list(WITH_ROWS) == ["q6_extra", "q2_logistic", "q3_svm", "q4_softmax", "q5_cnn", "q6_vgg_cifar10"]


@pytest.mark.parametrize("path", WITH_ROWS.values(), ids=WITH_ROWS)
def test_text_and_html_are_made_from_the_json(path):
    for output in (output for output in outputs(path) if MIME in output.get("data", {})):
        page = "".join(output["data"]["text/html"])
        made = Results(in_order(row, page) for row in rows_of([output]))
        assert text(output) == repr(made)
        assert page == made._repr_html_()


@pytest.mark.parametrize(("name", "row"), ROWS_BY_NOTEBOOK, ids=title)
def test_an_accuracy_is_a_count_of_examples(name, row):
    for accuracy, part in ((row.val_acc, "val"), (row.test_acc, "test")):
        count = accuracy * row.data[part]
        assert abs(count - round(count)) < 1e-6, f"{count} of {row.data[part]}"


@pytest.mark.parametrize(("name", "row"), ROWS_BY_NOTEBOOK, ids=title)
def test_the_reports_accuracy_and_the_promised_bound(name, row):
    assert row.reference == pytest.approx(REPORT[row.item] / 100, abs=1e-12)
    assert row.test_acc >= PROMISED.get(row.item, 0)


@pytest.mark.parametrize(("name", "row"), ROWS_BY_NOTEBOOK, ids=title)
def test_a_row_has_the_seed_of_its_question(name, row):
    seeds = {"2": 0, "3": 0, "4": SWEEPS_SEED, "5": SWEEPS_SEED, "6": RECORDED_SEED}
    assert row.seed == seeds[row.item[0]]


def lines_of_the_test(name, row):
    """Return what is printed of a row's test accuracy: of the lines after the opening, those about its item."""
    cells = json.loads(WITH_ROWS[name].read_text(encoding="utf-8"))["cells"]
    opened = next(i for i, cell in enumerate(cells) if "X_test, y_test = open_test" in "".join(cell["source"]))
    shown = [
        output for cell in cells[opened:] for output in cell.get("outputs", ()) if MIME not in output.get("data", {})
    ]
    lines = [line for output in shown for line in text(output).splitlines()]
    training = next((key for key, value in ROWS.items() if value[1] == row.model), None)
    about = (
        rf"{row.item}\b(?!  )",
        r".*\btest \d" if training is None else rf"{re.escape(training)}  ",
    )
    return next(filter(None, ([line for line in lines if re.match(start, line)] for start in about)))


def says(line, accuracy):
    """Return whether a line gives an accuracy, or a range that holds it."""
    ranges = [tuple(map(float, found)) for found in re.findall(r"from ([\d.]+)% to ([\d.]+)%", line)]
    given = re.search(rf"(?<![\d.])({accuracy:.2%}|{accuracy:.1%})", line)
    return bool(given) or any(low <= round(100 * accuracy, 1) <= high for low, high in ranges)


@pytest.mark.parametrize(("name", "row"), MEASURED, ids=title)
def test_the_notebook_shows_the_accuracies_elsewhere_too(name, row):
    others = [text(output) for output in outputs(WITH_ROWS[name]) if MIME not in output.get("data", {})]
    assert says("\n".join(others), row.val_acc), f"validation {row.val_acc:.2%}"
    if name not in SHOWS_ITS_TEST_ACCURACY_IN_A_FIGURE:
        lines = lines_of_the_test(name, row)
        assert any(says(line, row.test_acc) for line in lines), f"test {row.test_acc:.2%}: {lines}"


@pytest.mark.parametrize(("name", "row"), MEASURED, ids=title)
def test_the_notebook_chooses_what_the_row_says(name, row):
    others = "\n".join(text(output) for output in outputs(WITH_ROWS[name]) if MIME not in output.get("data", {}))
    for key, value in row.chosen.items():
        shown = f"{value:g}" if isinstance(value, (int, float)) else str(value)
        assert re.search(rf"(?<![\w.]){re.escape(shown)}(?![\w.]*\d)", others), f"{key} {shown}"


@pytest.mark.parametrize("name", ["q6_vgg_cifar10", "q6_extra"])
def test_q6s_rows_are_those_of_the_homework(name):
    rows = rows_of(outputs(WITH_ROWS[name]))
    assert [(row.item, row.model, row.reference) for row in rows] == list(ROWS.values())


ROW = ResultRow(
    item="4.3",
    model="softmax, linear",
    chosen={},
    val_acc=0.94,
    test_acc=0.92,
    reference=0.92,
    data={"name": "MNIST", "train": 54_000, "val": 6_000, "test": 10_000},
    seed=0,
    seconds=1.0,
)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ""),
        ({"seconds": 9.0, "chosen": {"learning_rate": 1}, "test_acc": 0.923}, ""),
        ({"test_acc": 0.94}, "softmax, linear: stored test_acc 94.00%, now 92.00%"),
        ({"val_acc": 0.97}, "softmax, linear: stored val_acc 97.00%, now 94.00%"),
        ({"reference": 0.9}, "softmax, linear: stored reference 0.9, now 0.92"),
        ({"data": {**ROW.data, "train": 60_000}}, "stored data"),
        ({"data": {**ROW.data, "name": "another set"}, "test_acc": 0.5}, ""),
        ({"seed": 3}, "softmax, linear: stored seed 3, now 0"),
        ({"model": "softmax"}, "stored rows of ['softmax'], now of ['softmax, linear']"),
    ],
)
def test_a_second_run_is_compared_with_what_is_stored(changes, said):
    found = differences([replace(ROW, **changes)], [ROW])
    assert bool(found) == bool(said)
    assert said in "\n".join(found)


def test_few_examples_may_differ_by_two_of_250():
    small = replace(ROW, data={**ROW.data, "val": 250, "test": 250})
    assert differences([replace(small, test_acc=0.928)], [small]) == []
    assert differences([replace(small, test_acc=0.936)], [small])


def number(cell):
    return float(cell.replace("−", "-"))


def table(name):
    shown = recorded().beside[name]
    return {row[0]: dict(zip(shown["columns"][1:], row[1:], strict=True)) for row in shown["rows"]}


def test_what_was_measured_beside_q6s_run_agrees_with_it():
    copies, seeds = table("copies"), table("seeds")
    for name, training in recorded().trainings.items():
        assert copies[name]["CPU, original"] == f"{100 * training.test_acc:.1f}"
        spread = number(seeds[name]["sd"])
        assert abs(number(copies[name]["H100, original"]) - 100 * training.test_acc) < 4.3 * spread + 0.3
        assert abs(training.val_acc - training.test_acc) < 0.02


def test_spreads_and_gains_over_the_seeds_fit_together():
    seeds, before = table("seeds"), {}
    for name, row in seeds.items():
        mean, low, high = (number(row[key]) for key in ("mean", "lowest", "highest"))
        assert low <= mean <= high
        assert 0 < number(row["sd"]) <= high - low
        assert abs(100 * recorded().trainings[name].val_acc - mean) < 3 * number(row["sd"]) + 0.1
        source = {"handout, tuned": "handout", "report, tuned": "+ width (the report)", "ours, short": "+ flip at test"}
        if row["mean gain"]:
            gain, start = number(row["mean gain"]), seeds[source.get(name, before.get("name"))]
            assert number(row["least"]) <= gain <= number(row["most"])
            assert abs(gain - (mean - number(start["mean"]))) < 0.16
        before = {"name": name}


def test_what_a_part_of_ours_brings_is_a_difference():
    (_, whole), *parts = table("ablation").items()
    for name, row in parts:
        lost = (number(row["seed 598"]) + number(row["seed 1"])) / 2
        assert abs(number(whole["mean"]) - lost - number(row["mean"])) < 0.11, name
