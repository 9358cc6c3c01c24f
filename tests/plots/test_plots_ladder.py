"""nnlib.plots of a model improved rung by rung, and of learning rates."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from nnlib import plots
from nnlib.plots.style import LINES

NAMES = ["handout", "ReLU", "wider"]
VALIDATION, TEST = [0.70, 0.80, 0.78], [0.69, 0.785, 0.7835]


@pytest.fixture
def ax():
    return Figure(layout="constrained").subplots()


def dots(ax):
    return {line.get_label(): (line.get_xdata().tolist(), line.get_ydata().tolist()) for line in ax.lines}


def written(ax):
    return [text.get_text() for text in ax.texts]


def test_a_ladder_goes_down_the_rungs_with_validation_and_test(ax):
    assert plots.plot_ladder(ax, NAMES, VALIDATION, TEST) is ax
    assert dots(ax) == {"validation": (VALIDATION, [0, 1, 2]), "test": (TEST, [0, 1, 2])}
    assert [label.get_text() for label in ax.get_yticklabels()] == NAMES
    bottom, top = ax.get_ylim()
    assert top < 0 < 2 < bottom  # the first rung at the top
    validation, test = ax.lines
    assert [to_rgba(line.get_color()) for line in ax.lines] == [to_rgba(style["color"]) for style in LINES[:2]]
    assert validation.get_marker() != test.get_marker()
    assert {line.get_linestyle() for line in ax.lines} == {"None"}
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["validation", "test"]
    assert ax.xaxis.get_major_formatter()(0.7) == "70.0%"


def test_test_accuracies_and_gains_stand_beside_their_rungs(ax):
    plots.plot_ladder(ax, NAMES, VALIDATION, TEST)
    assert written(ax) == ["test", "gain", "69.00%", "", "78.50%", "+9.50", "78.35%", "-0.15"]
    assert [text.xy for text in ax.texts[2:]] == [(1, rung) for rung in (0, 0, 1, 1, 2, 2)]
    accuracy, gain = ax.texts[4:6]
    assert gain.get_fontsize() < accuracy.get_fontsize()


def test_without_test_the_validation_accuracies_are_written(ax):
    plots.plot_ladder(ax, NAMES, VALIDATION)
    assert list(dots(ax)) == ["validation"]
    assert written(ax) == ["validation", "gain", "70.00%", "", "80.00%", "+10.00", "78.00%", "-2.00"]
    assert (ax.get_xlabel(), ax.get_legend()) == ("validation accuracy", None)


@pytest.mark.parametrize("rungs", [1, 9])
def test_nothing_written_beside_a_ladder_overlaps_or_is_cut(rungs):
    figure = Figure(figsize=(8, 3.4), dpi=90, layout="constrained")
    ax = figure.subplots()
    plots.plot_ladder(ax, [f"the rung of number {i}" for i in range(rungs)], [1.0] * rungs)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text()]
    boxes += [label.get_window_extent() for label in ax.get_yticklabels()]
    assert not any(one.overlaps(other) for i, one in enumerate(boxes) for other in boxes[:i])
    assert not any(box.overlaps(ax.get_window_extent()) for box in boxes)
    assert all(box.x0 >= 0 and box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1 for box in boxes)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], []), "names: expected at least one rung, got none"),
        ((NAMES, [0.5]), r"validation: expected 3 accuracies, one per name, got shape \(1,\)"),
        ((NAMES, VALIDATION, [[0.5] * 3]), r"test: expected 3 accuracies, one per name, got shape \(1, 3\)"),
        ((NAMES, [0.5, np.nan, 0.5]), r"validation: expected finite fractions from 0 to 1, got nan\.$"),
        ((NAMES, [0.5, -0.1, 0.5]), r"validation: expected finite fractions from 0 to 1, got -0\.1\.$"),
        ((NAMES, VALIDATION, [69.0, 78.5, 78.35]), r"test: .* got 69\.0\. Divide percentages by 100\."),
    ],
)
def test_what_is_no_ladder_is_refused(ax, arguments, message):
    with pytest.raises(ValueError, match=message):
        plots.plot_ladder(ax, *arguments)


def test_learning_rates_of_several_schedules_differ_in_style(ax):
    assert plots.plot_learning_rate(ax, [0.1, 0.1, 0.1], "constant") is ax
    plots.plot_learning_rate(ax, np.array([0.2, 0.1, 0.0]), label="linear")
    assert dots(ax) == {"constant": ([1, 2, 3], [0.1, 0.1, 0.1]), "linear": ([1, 2, 3], [0.2, 0.1, 0.0])}
    first, second = ax.lines
    assert (first.get_color(), first.get_linestyle()) != (second.get_color(), second.get_linestyle())
    assert first.get_linestyle() != second.get_linestyle()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["constant", "linear"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("step", "learning rate")
    assert ax.get_ylim()[1] > 0.2  # the second, higher one is not cut


def test_a_schedule_without_a_label_has_no_legend(ax):
    plots.plot_learning_rate(ax, [1e-3])
    assert ax.get_legend() is None


@pytest.mark.parametrize(
    ("rates", "message"),
    [
        ([], r"rates: expected the rate of at least one step, got shape \(0,\)"),
        ([[0.1, 0.2]], r"rates: expected the rate of at least one step, got shape \(1, 2\)"),
        ([0.1, np.inf], "rates: expected finite numbers of at least 0, got inf"),
        ([0.1, -0.5, np.nan], r"rates: expected finite numbers of at least 0, got -0\.5"),
    ],
)
def test_what_is_no_schedule_is_refused(ax, rates, message):
    with pytest.raises(ValueError, match=message):
        plots.plot_learning_rate(ax, rates)
