"""nnlib.plots of sweeps: what is drawn where, for rows made by hand and for a real sweep."""

import math

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from search_toy import GRID, SOLVER, make, toy_data, trial_row

from nnlib import plots
from nnlib.plots.style import LINES
from nnlib.search import sweep


@pytest.fixture
def ax():
    return Figure().subplots()


def row(settings, accuracy, seed=0, epochs=(0.1, 0.2), losses=(2.0, 1.0)):
    return trial_row(settings, accuracy, seed=seed, val_accs=epochs, losses=losses)


ROWS = [
    row({"width": 100, "rate": 0.1}, 0.90, 0),
    row({"width": 100, "rate": 0.1}, 0.94, 1),
    row({"width": 10, "rate": 0.1}, 0.80, 0),
    row({"width": 10, "rate": 0.1}, 0.80, 1),
    row({"width": 10, "rate": 0.5}, 0.70, 0),
    row({"width": 10, "rate": 0.5}, 0.72, 1),
    row({"width": 100, "rate": 0.5}, None, 0),
    row({"width": 100, "rate": 0.5}, None, 1),
]


def labels(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_accuracy_against_one_hyperparameter_has_bars_over_the_seeds(ax):
    assert plots.plot_hyperparameter(ax, ROWS, "width", fixed={"rate": 0.1}) is ax
    (bars,) = ax.containers
    line, _, (segments,) = bars.lines
    assert line.get_xdata().tolist() == [0, 1]  # in the order of the values, not of the rows
    np.testing.assert_allclose(line.get_ydata(), [0.80, 0.92])
    spread = math.sqrt(2) * 0.02
    np.testing.assert_allclose([s[:, 1] for s in segments.get_segments()], [[0.8, 0.8], [0.92 - spread, 0.92 + spread]])
    dots = [line.get_ydata().tolist() for line in ax.lines if line.get_marker() == "."]
    assert dots == [[0.80, 0.80], [0.90, 0.94]]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["10", "100"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("width", "validation accuracy")


def test_one_seed_has_no_bars_and_words_keep_their_order(ax):
    rows = [row({"kind": kind}, accuracy) for kind, accuracy in (("b", 0.5), ("a", 0.6))]
    plots.plot_hyperparameter(ax, rows, "kind")
    assert not ax.containers[0].has_yerr
    assert [label.get_text() for label in ax.get_xticklabels()] == ["b", "a"]


def test_another_hyperparameter_has_a_line_for_each_value_and_failures_are_crosses(ax):
    plots.plot_hyperparameter(ax, ROWS, "width", by="rate")
    first, second = (container.lines[0] for container in ax.containers)
    assert len(first.get_xdata()) == 2
    np.testing.assert_allclose(second.get_ydata(), [0.71])
    assert labels(ax) == ["failed", "rate 0.1", "rate 0.5"]
    assert first.get_color() != second.get_color()
    assert first.get_linestyle() != second.get_linestyle()
    assert first.get_xdata()[0] < 0 < second.get_xdata()[0]  # side by side, so that bars do not hide each other
    (cross,) = (line for line in ax.lines if line.get_marker() == "x")
    assert cross.get_xdata()[0] == pytest.approx(second.get_xdata()[0] + 1)
    assert to_rgba(cross.get_color()) == to_rgba(second.get_color())


def test_what_differs_and_is_not_fixed_is_named(ax):
    with pytest.raises(
        ValueError, match=r"fixed: expected values of rate, which differ between points, got None\. Fix"
    ):
        plots.plot_hyperparameter(ax, ROWS, "width")
    with pytest.raises(ValueError, match="name: expected one of rate, width, got 'depth'"):
        plots.plot_hyperparameter(ax, ROWS, "depth")
    with pytest.raises(ValueError, match=r"fixed: expected values that were tried, got \{'rate': 0\.2\}"):
        plots.plot_hyperparameter(ax, ROWS, "width", fixed={"rate": 0.2})
    plots.plot_hyperparameter(ax, ROWS, "width", fixed={"width": 10, "rate": 0.1})  # a whole choice may be given


def test_a_heat_map_writes_every_mean_and_frames_the_best(ax):
    assert plots.plot_heat_map(ax, ROWS, "width", "rate") is ax
    (image,) = ax.images
    np.testing.assert_allclose(image.get_array().filled(np.nan), [[0.80, 0.92], [0.71, np.nan]])
    assert [text.get_text() for text in ax.texts] == ["80.00", "92.00", "71.00", "failed"]
    (frame,) = ax.patches
    assert (frame.get_x() + 0.48, frame.get_y() + 0.48) == pytest.approx((1, 0))
    assert to_rgba(frame.get_edgecolor()) == to_rgba(LINES[1]["color"])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["0.1", "0.5"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("width", "rate")


def test_a_cell_that_was_not_tried_is_empty(ax):
    plots.plot_heat_map(ax, ROWS[:6], "width", "rate")
    assert [text.get_text() for text in ax.texts] == ["80.00", "92.00", "71.00", ""]


def test_a_real_sweep_goes_through_all_of_them(tmp_path):
    grid = {**GRID, "learning_rate": [0.5, 1e200]}
    swept = sweep(make, toy_data(), grid, seeds=(0, 1), solver=SOLVER, n_jobs=1, verbose=False)
    figure = Figure(figsize=(6, 6), dpi=50)
    axes = figure.subplots(1, 3)
    fixed = {"reg": 0.0, "learning_rate": 0.5}
    plots.plot_hyperparameter(axes[0], swept, "hidden_dim", fixed=fixed)
    plots.plot_hyperparameter(axes[1], swept, "hidden_dim", by="learning_rate", fixed=fixed)
    plots.plot_heat_map(axes[2], swept, "hidden_dim", "learning_rate", fixed=fixed)
    figure.savefig(tmp_path / "all.png")
    assert (tmp_path / "all.png").stat().st_size > 10_000
