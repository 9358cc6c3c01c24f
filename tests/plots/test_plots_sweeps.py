"""nnlib.plots of sweeps: what is drawn where, for rows made by hand and for a real sweep."""

import math

import matplotlib.style
import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from search_toy import GRID, SOLVER, make, toy_data, trial_row

from nnlib import plots
from nnlib.plots.style import LINES
from nnlib.search import sweep
from nnlib.search.rows import Curve


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


def test_parallel_coordinates_end_at_the_errors_logarithm(ax):
    rows = [row({"a": a, "b": b}, accuracy) for a, b, accuracy in ((1, "x", 0.84), (2, "y", 0.96), (3, "x", 0.92))]
    assert plots.plot_parallel_coordinates(ax, [*rows, row({"a": 2, "b": "x"}, None)]) is ax
    lines = {tuple(line.get_ydata()[:2]): line for line in ax.lines if line.get_marker() != "x"}
    ends = {start: line.get_ydata()[2] for start, line in lines.items() if len(line.get_ydata()) == 3}
    # errors 16 %, 8 %, 4 %: each half of the one before
    assert ends == {(0.0, 0.0): pytest.approx(0), (1.0, 0.0): pytest.approx(0.5), (0.5, 1.0): pytest.approx(1)}
    best = lines[0.5, 1.0]
    assert (best.get_color(), best.get_linewidth()) == ("black", 2.5)
    assert labels(ax) == ["best, 96.00%"]
    assert lines[0.5, 0.0].get_linestyle() == ":"  # failed: no end
    assert [line.get_ydata().tolist() for line in ax.lines if line.get_marker() == "x"] == [[0.0]]
    written = [text.get_text() for text in ax.texts]
    assert written == ["1", "2", "3", "x", "y", "84.00%", "92.00%", "96.00%"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["a", "b", "validation accuracy"]


def test_parallel_coordinates_without_errors_or_of_equals(ax):
    plots.plot_parallel_coordinates(ax, [row({"a": 1}, 1.0), row({"a": 2}, 0.5)])  # no logarithm of zero
    assert all(np.isfinite(line.get_ydata()).all() for line in ax.lines)
    plots.plot_parallel_coordinates(Figure().subplots(), [row({"a": 1}, 0.5), row({"a": 2}, 0.5)])
    with pytest.raises(ValueError, match="rows: expected points that differ in a hyper-parameter, got 1 that do not"):
        plots.plot_parallel_coordinates(ax, [row({"a": 1}, 0.5)])
    with pytest.raises(ValueError, match="rows: expected a point with a trial that is done, got none"):
        plots.plot_parallel_coordinates(ax, [row({"a": 1}, None), row({"a": 2}, None)])


def test_the_best_curves_are_means_over_seeds_the_best_first(ax):
    rows = [row({"a": a}, 0.5 + a / 100, seed, (0.1 * seed, 0.2 + a / 100)) for a in range(8) for seed in (0, 1)]
    assert plots.plot_best_curves(ax, [*rows, row({"a": 9}, None)]) is ax
    assert labels(ax) == [f"a {a}: {0.5 + a / 100:.2%}" for a in (7, 6, 5, 4, 3)]
    first = ax.lines[0]
    assert first.get_xdata().tolist() == [1, 2]
    np.testing.assert_allclose(first.get_ydata(), [0.05, 0.27])
    assert len({(line.get_color(), str(line.get_linestyle())) for line in ax.lines}) == 5
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "validation accuracy")


def test_curves_of_losses_are_running_means_over_their_steps(ax):
    curve = Curve(list(range(0, 110, 10)), [float(i) for i in range(11)], [0.3, 0.4], [0.1, 0.2])
    one = trial_row({"a": 1}, 0.5, curve=curve)
    plots.plot_best_curves(ax, [one, row({"a": 2}, 0.4)], count=1, curve="losses", label=False)
    (line,) = ax.lines
    assert line.get_xdata().tolist() == [40, 50, 60]  # the middle of each nine
    np.testing.assert_allclose(line.get_ydata(), [4, 5, 6])
    assert (ax.get_xlabel(), ax.get_yscale(), ax.get_legend()) == ("step", "log", None)
    plots.plot_best_curves(ax, [one], curve="train_acc")
    assert ax.lines[-1].get_ydata().tolist() == [0.3, 0.4]
    assert labels(ax)[-1] == "all seeds: 50.00%"
    with pytest.raises(ValueError, match="curve: expected one of 'val_acc', 'train_acc', 'losses', got 'loss'"):
        plots.plot_best_curves(ax, [one], curve="loss")
    with pytest.raises(ValueError, match="a point with a trial that is done"):
        plots.plot_best_curves(ax, [row({"a": 1}, None)])


def test_a_real_sweep_goes_through_all_of_them(tmp_path):
    grid = {**GRID, "learning_rate": [0.5, 1e200]}
    swept = sweep(make, toy_data(), grid, seeds=(0, 1), solver=SOLVER, n_jobs=1, verbose=False)
    figure = Figure(figsize=(6, 6), dpi=50)
    axes = figure.subplots(3, 2)
    fixed = {"reg": 0.0, "learning_rate": 0.5}
    plots.plot_hyperparameter(axes[0, 0], swept, "hidden_dim", fixed=fixed)
    plots.plot_hyperparameter(axes[0, 1], swept, "hidden_dim", by="learning_rate", fixed=fixed)
    plots.plot_heat_map(axes[1, 0], swept, "hidden_dim", "learning_rate", fixed=fixed)
    plots.plot_parallel_coordinates(axes[1, 1], swept)
    plots.plot_best_curves(axes[2, 0], swept)
    plots.plot_best_curves(axes[2, 1], swept, curve="losses")
    figure.savefig(tmp_path / "all.png")
    assert (tmp_path / "all.png").stat().st_size > 10_000


def test_neutral_lines_are_seen_in_a_dark_style():
    with matplotlib.style.context("dark_background"):
        dark = Figure().subplots()
        plots.plot_parallel_coordinates(dark, [row({"a": 1}, 0.9), row({"a": 2}, 0.8)])
    drawn = [*(line.get_color() for line in dark.lines), *(tuple(c) for c in dark.collections[0].get_colors())]
    assert all(to_rgba(colour)[:3] != to_rgba(dark.get_facecolor())[:3] for colour in drawn)
    assert all(to_rgba(text.get_bbox_patch().get_facecolor())[:3] == (0, 0, 0) for text in dark.texts)
