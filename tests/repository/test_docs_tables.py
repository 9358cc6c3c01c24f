"""The measured tables of docs/: every ratio, mean and rate agrees with the figures that it is made of.

The figures are rounded, and a ratio is the median of rounds, so a tolerance is left; operations are counted again.
"""

import ast
import math
import re
import statistics
import tracemalloc
from pathlib import Path

import pytest

from nnlib.homework.recorded import recorded
from nnlib.vgg.recipes import LADDER
from tools.bench import models, trainings, worker

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
BENCH = (DOCS / "bench.md").read_text(encoding="utf-8")
LADDER_TITLES = [recipe.title for recipe in LADDER]
Q6 = (DOCS / "q6.md").read_text(encoding="utf-8")
OF_ROUNDS = 0.08  # a median of ratios against the ratio of medians


def rows(text, columns):
    """Return the rows of a page's Markdown tables that have so many columns, without headings and rules."""
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    return [row for row in found if len(row) == columns and re.search(r"\d", row[-1])]


def number(cell):
    return float(re.search(r"[\d.,]+(?:e[-+]?\d+)?", cell)[0].replace(",", ""))


STEPS = rows(BENCH, 8)


@pytest.mark.parametrize("row", STEPS, ids=lambda row: f"{row[0]}, {row[1]}")
def test_a_ratio_is_that_of_its_times(row):
    for first, second, ratio in (row[2:5], row[5:8]):
        assert number(first) / number(second) == pytest.approx(number(ratio), rel=OF_ROUNDS)


def test_every_network_and_batch_is_there():
    assert len(STEPS) == 16 + 4
    sizes = {(row[0], row[1]) for row in STEPS[:16]}
    assert {size for _, size in sizes} == {"1", "10", "100", "1000"}
    assert len(sizes) == 16


@pytest.mark.parametrize(("part", "order"), [(STEPS[:16], 0), (STEPS[16:], 1)])
def test_the_mean_is_that_of_the_ratios_at_batch_100(part, order):
    mean = statistics.geometric_mean(float(row[4]) for row in part if row[1] == "100")
    said = re.findall(r"Geometric mean .*: \*\*([\d.]+)\*\*", BENCH)
    assert float(said[order]) == pytest.approx(mean, abs=0.011)


@pytest.mark.parametrize("sentence", re.findall(r"^- .*\d times.*\(.* against .*\)", BENCH, re.M))
def test_so_many_times_is_the_ratio_of_the_two_times(sentence):
    times = float(re.search(r"([\d.]+) times", sentence)[1])
    first, second = (float(each) for each in re.search(r"\(([\d.]+) m?s against ([\d.]+) m?s\)", sentence).groups())
    assert max(first, second) / min(first, second) == pytest.approx(times, rel=OF_ROUNDS)


GROWTH = rows(BENCH, 6)


@pytest.mark.parametrize("row", GROWTH, ids=lambda row: f"{row[0]} {row[1]}")
def test_operations_are_counted_and_the_rate_is_theirs(row):
    quantity, value, operations, step, rate, _ = row
    network = models.CNN | {"batch_size": 100, worker.GROWTH[quantity][0]: int(value)}
    count = 2 * sum(map(math.prod, models.product_shapes(network, network["batch_size"])))
    assert operations == f"{count / 1e6:,.0f} million"
    assert number(operations) / number(step) == pytest.approx(number(rate), rel=0.02)


@pytest.mark.parametrize("row", GROWTH, ids=lambda row: f"{row[0]} {row[1]}")
def test_the_memory_of_a_step_is_what_it_takes_here_to_two_mebibytes(row):
    network = models.CNN | {"batch_size": 100, worker.GROWTH[row[0]][0]: int(row[1])}
    batch_size = network.pop("batch_size")
    step, _ = models.numpy_steps(network, batch_size)
    step()
    tracemalloc.start()
    step()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert -0.3 <= number(row[5]) - peak / 2**20 <= 2.2  # each thread has a slice of its own


def test_the_trainings_of_both_kinds_of_layers_agree():
    found = rows(BENCH, 5)
    assert [row[0] for row in found] == ["q2", "q3", "q4-rate", "q4", "q5-size", "q5-regularise"]
    for _, _, plain, fast, gap in found:
        assert plain == fast
        assert float(gap) < 1e-6


def test_every_fast_function_has_its_row_and_each_fast_file_names_its_rows():
    functions = rows(BENCH, 4)
    assert [row[0] for row in functions] == [row[0] for row in trainings.compare_functions(repeats=1)]
    for _, plain, fast, ratio in functions:
        assert float(plain) / float(fast) == pytest.approx(float(ratio), rel=0.03)
    text = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "nnlib/fast").glob("*.py")}
    named = [name for source in text.values() for name in re.findall(r"`(\w+)`", ast.get_docstring(ast.parse(source)))]
    assert {row[0] for row in functions} <= set(named)
    assert all("docs/bench.md" in source for name, source in text.items() if name != "runtime")


def test_q6s_page_says_what_is_recorded():
    shown = recorded().beside["copies"]
    long = dict(zip(shown["columns"], shown["rows"][-1], strict=True))
    seeds = recorded().beside["seeds"]
    best = dict(zip(seeds["columns"], seeds["rows"][-1], strict=True))["highest"]
    assert f"in {long['H100, seconds']} seconds" in Q6
    validation, test = re.search(r"to ([\d.]+)% on validation.*tested it: ([\d.]+)% ± 0\.23", Q6, re.S).groups()
    assert f"{float(validation):.1f}" == best
    assert f"{float(test):.1f}" == long["H100, original"]
    seconds = {name: training.seconds for name, training in recorded().trainings.items()}
    assert f"{seconds['handout']:.0f} seconds each" in Q6
    extra = [name for name in seconds if name not in LADDER_TITLES]
    minutes = sum(seconds[name] for name in LADDER_TITLES) / 60
    assert f"Q6 takes {round(minutes, -1):.0f} minutes" in Q6
    assert round(sum(seconds[name] for name in extra) / 3600) == 1
    assert "another hour" in Q6
    whole = sum(float(row[-1]) for row in shown["rows"])
    assert f"all trainings in under {('two', 'three', 'four', 'five')[int(whole // 60) - 1]} minutes" in Q6
