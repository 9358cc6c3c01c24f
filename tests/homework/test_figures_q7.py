"""nnlib.homework.figures.q7 and q7_rates: what is drawn is what was given."""

import numpy as np
import pytest

from nnlib.homework.cures import CURES, smoothed
from nnlib.homework.depth import COLOURS, propagate
from nnlib.homework.figures import q7, q7_rates
from nnlib.homework.gains import Factors
from nnlib.homework.masks import masked_outputs, moments


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def lines(ax):
    return {line.get_label(): (list(line.get_xdata()), list(line.get_ydata())) for line in ax.lines}


def legend(owner):
    found = owner.get_legend() if hasattr(owner, "get_legend") else owner.legends[0]
    return [text.get_text() for text in found.get_texts()]


def test_arrival_draws_norms_by_layer_and_shares_by_depth(rng):
    X, y = rng.normal(size=(6, 5)), rng.integers(0, 10, size=6)
    traces = {name: propagate((X, y), depth=4, activation="sigmoid", width=7) for name in ("sigmoid", "with norm")}
    shares = {"sigmoid": [0.5, 0.1], "with norm": [1.0, 0.9]}
    left, right = q7.draw_arrival(traces, shares, (3, 4)).axes
    assert lines(left) == {name: ([1, 2, 3, 4], trace.weight_norms.tolist()) for name, trace in traces.items()}
    assert lines(right) == {name: ([3, 4], share) for name, share in shares.items()} | {
        "1/4 per layer": ([3, 4], [1 / 4, 1 / 16])
    }
    assert legend(right) == ["sigmoid", "with norm", "1/4 per layer"]
    assert [line.get_color() for line in left.lines] == [COLOURS["sigmoid"], q7.PURPLE]
    assert (left.get_yscale(), right.get_yscale()) == ("log", "log")


def test_gain_window_draws_the_factors_and_accuracy_over_their_product():
    factors = Factors(np.array([1.0, 8, 20]), np.array([0.25, 0.125, 0.1]), np.array([1.0, 8, 20]), np.zeros(3))
    accuracies = {0.1: [0.1, 0.6, 0.3], 0.3: [0.2, 0.7, 0.1]}
    left, right = q7.draw_gain_window(factors, accuracies, predicted=8.0).axes
    drawn = lines(left)
    assert drawn["slope of the sigmoids"] == ([1, 8, 20], [0.25, 0.125, 0.1])
    assert drawn["gain of the weights"] == ([1, 8, 20], [1, 8, 20])
    assert drawn["their product"] == ([1, 8, 20], [0.25, 1, 2])
    assert drawn["product 1 at $g$ = 8.0"][0] == [8, 8]
    assert lines(right)["rate 0.1"] == ([0.25, 1, 2], [0.1, 0.6, 0.3])
    assert lines(right)["rate 0.3"] == ([0.25, 1, 2], [0.2, 0.7, 0.1])
    assert [(text.get_text(), text.xy) for text in right.texts] == [
        ("1", (0.25, 0.2)),
        ("8", (1, 0.7)),
        ("20", (2, 0.3)),
    ]
    assert legend(right) == ["rate 0.1", "rate 0.3"]
    assert right.get_ylim() == (0, 1)


def test_deep_training_draws_means_of_ten_steps_at_their_centres():
    losses = {"a": np.arange(30.0), "b": np.ones(50)}
    (ax,) = q7.draw_deep_training(losses, steps=20).axes
    centres = np.arange(5.5, 15.6)  # of the steps 1 to 10, ..., 11 to 20
    assert lines(ax)["a"] == (centres.tolist(), pytest.approx(centres - 1))  # the loss of step t is t - 1
    assert lines(ax)["b"] == (centres.tolist(), pytest.approx(np.ones(11)))
    assert legend(ax) == ["a", "b", "guessing, $\\log 10$"]


def test_paths_are_drawn_from_start_to_target_on_contours():
    paths = {"sigmoid": np.array([[0.0, 0], [0.5, -0.2]]), "tanh": np.array([[0.0, 0], [0.9, -1.0]])}
    axes = q7.draw_paths(paths, {name: np.eye(2) for name in paths}).axes
    for ax, (name, path) in zip(axes, paths.items(), strict=True):
        drawn = lines(ax)
        assert drawn["one example per step"] == (path[:, 0].tolist(), path[:, 1].tolist())
        assert (drawn["start"], drawn["target"]) == (([0], [0]), ([1], [-1]))
        assert ax.get_title() == f"{name} inputs"
        assert len(ax.collections) == 1


def test_units_lie_in_the_band_that_so_many_masks_allow(rng):
    x, w, b = rng.normal(size=60), rng.normal(size=(60, 40)), np.zeros(40)
    ax = q7.draw_units((x, w, b), keep=0.5, masks=400).axes[1]
    (band,) = ax.collections
    corners = band.get_paths()[0].vertices
    mean, variance = moments(x, w, b, 0.5)
    outputs = np.maximum(masked_outputs(x, w, b, 0.5, masks=400, rng=0), 0)
    at_zero = corners[np.abs(corners[:, 0]) < 1e-9, 1]
    middle, error = 1 / np.sqrt(2 * np.pi), 2 * np.sqrt((0.5 - 1 / (2 * np.pi)) / 400)
    assert (at_zero.min(), at_zero.max()) == pytest.approx((middle - error, middle + error))
    missing = (outputs.mean(axis=0) - np.maximum(mean, 0)) / np.sqrt(variance)
    assert ax.lines[0].get_ydata() == pytest.approx(missing)
    assert legend(ax)[-1] == "± 2 standard errors, 400 masks"


def test_distances_by_number_of_masks():
    given = {(0.5, "geometric"): [0.05, 0.01], (0.2, "arithmetic"): [0.05, 0.04]}
    (ax,) = q7.draw_distances(given, (1, 10)).axes
    assert lines(ax) == {
        "keep 0.5, geometric": ([1, 10], [0.05, 0.01]),
        "keep 0.2, arithmetic": ([1, 10], [0.05, 0.04]),
    }
    assert legend(ax) == list(lines(ax))
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")


def test_ways_stand_side_by_side_with_gaps():
    judged = {("a", "scaled"): (0.9, 0.1), ("a", "one mask"): (0.8, 0.3), ("b", "one mask"): (0.7, 0.2)}
    accuracy, loss = q7.draw_ways(judged).axes
    assert lines(accuracy) == {"a": ([0, 1], [0.9, 0.8]), "b": ([1], [0.7])}
    assert lines(loss) == {"a": ([0, 1], [0.1, 0.3]), "b": ([1], [0.2])}
    assert [label.get_text() for label in loss.get_xticklabels()] == ["scaled", "one\nmask"]
    assert legend(accuracy) == ["a", "b"]
    assert loss.get_ylim()[0] == 0


def run(losses, sharpness, bound=2.0, every=1):
    return q7_rates.Descent(np.array(losses, dtype=float), np.array(sharpness, dtype=float), bound, every)


def test_a_run_is_sound_until_its_loss_has_doubled():
    assert [part.tolist() for part in run([1, 0.5, 1, 3, 4], range(6)).until_doubled] == [[0, 1, 2], [0, 1, 2]]
    assert [part.tolist() for part in run([1, 0.5, 0.2], range(4)).until_doubled] == [[0, 1, 2], [0, 1, 2]]
    assert [part.tolist() for part in run([1, 0.5, 1, 3], [7, 8, 9], every=2).until_doubled] == [[0, 2], [7, 8]]


def test_bounds_draws_losses_sharpness_and_each_bound():
    runs = {"rate 1": run([1, 0.5], [3, 4, 5]), "rate 4": run([1, 3], [3, 4, 5], bound=0.5)}
    left, middle, right = q7_rates.draw_bounds({"0.9": [1.0, 0.5], "1.1": [1.0, 4.0]}, runs).axes
    assert lines(left) == {"0.9": ([0, 1], [1, 0.5]), "1.1": ([0, 1], [1, 4])}
    assert lines(middle) == {"rate 1": ([0, 1], [1, 0.5]), "rate 4": ([0, 1], [1, 3])}
    assert [line.get_ydata() for line in right.lines[1::2]] == [[2, 2], [0.5, 0.5]]
    assert [line.get_ydata().tolist() for line in right.lines[::2]] == [[3, 4], [3]]
    assert [text.get_text() for text in right.texts] == ["bound, rate 1", "bound, rate 4"]
    assert (legend(left), legend(middle)) == (["0.9", "1.1"], ["rate 1", "rate 4"])


def test_momentum_draws_losses_and_the_sharpness_in_bounds():
    left, right = q7_rates.draw_momentum({"a": run([1, 0.5, 0.2], [3, 4], every=2), "b": run([1, 3], [8, 9, 9])}).axes
    assert lines(left) == {"a": ([0, 1, 2], [1, 0.5, 0.2]), "b": ([0, 1], [1, 3])}
    drawn = lines(right)
    assert (drawn["a"], drawn["b"]) == (([0, 2], [1.5, 2.0]), ([0], [4.0]))
    assert legend(right) == ["a", "b"]


def test_cures_draws_the_first_steps_of_a_and_means_of_ten_of_all(rng):
    curves = {("A", cure): rng.uniform(1, 2, size=60) for cure in CURES if cure != "momentum 0.5"}
    curves |= {("B", cure): rng.uniform(1, 2, size=30) for cure in CURES}
    figure = q7_rates.draw_cures(curves, first=12)
    first, a, b = figure.axes
    drawn = lines(first)
    assert list(drawn) == ["as it is", "warm-up"]
    for cure, (x, values) in drawn.items():
        assert (x, values) == (list(range(1, 13)), curves["A", cure][:12].tolist())
    for ax, case in ((a, "A"), (b, "B")):
        assert list(lines(ax)) == [cure for cure in CURES if (case, cure) in curves]
        for cure, (x, values) in lines(ax).items():
            assert values == smoothed(curves[case, cure]).tolist()
            assert (x[0], x[-1]) == (5.5, len(curves[case, cure]) - 4.5)
    assert legend(figure) == list(CURES) == list(q7_rates.CURES)
