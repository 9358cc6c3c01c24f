"""The figures of Q2 draw what they are given: curves, contours, histograms, labels, legends."""

from types import SimpleNamespace

import numpy as np
import pytest
from drawn import drawn, legend

from nnlib.homework.figures import q2


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def counts(ax):
    """The heights of all bars, in the order in which they were drawn."""
    return [patch.get_height() for patch in ax.patches if hasattr(patch, "get_height")]


def test_classes_are_means_with_deviations_and_histograms_of_the_sums(rng):
    X, y = rng.random((40, 3)), np.repeat([0, 1], 20)
    left, right = q2.draw_classes(X, y).axes
    for container, label, shift in zip(left.containers, (0, 1), (-0.15, 0.15), strict=True):
        line, _, (bars,) = container.lines
        own = X[y == label]
        np.testing.assert_allclose(line.get_xydata(), np.column_stack([np.arange(1, 4) + shift, own.mean(axis=0)]))
        ends = np.array([segment[:, 1] for segment in bars.get_segments()])
        np.testing.assert_allclose(ends[:, 1] - ends[:, 0], 2 * own.std(axis=0))
    assert legend(left) == legend(right) == ["class 0", "class 1"]
    assert sum(counts(right)) == 40
    assert right.get_xlabel() == "sum of the 3 features"


def test_losses_in_nats_and_bits_their_slopes_and_errors_within_the_axes():
    margins, wide = np.array([-1.0, 0.0, 1.0]), np.array([-90.0, 0.0, 30.0])
    losses, slopes = np.array([1.3, 0.7, 0.3]), np.array([-0.7, -0.5, -0.3])
    errors = {"textbook": np.array([np.inf, 0.0, 1.0]), "logistic_loss": np.full(3, 1e-8)}
    left, middle, right = q2.draw_losses(margins, losses, slopes, wide, errors).axes
    np.testing.assert_allclose(drawn(left)["logistic, in bits"][:, 1], losses / np.log(2))
    np.testing.assert_array_equal(drawn(left)["zero-one"][:, 1], [1, 0, 0])
    np.testing.assert_array_equal(drawn(middle)[r"logistic, $-\sigma(-m)$"][:, 1], slopes)
    np.testing.assert_allclose(drawn(right)["textbook"], np.column_stack([wide, [2.0, 1e-9, 1.0]]))
    assert legend(right) == ["textbook", "logistic_loss"]


def test_each_rate_has_its_curve_and_each_panel_its_bounds():
    curves = {name: {rate: np.array([0.7, rate]) for rate in (0.2, 1.0, 2.0, 20.0, 60.0)} for name in ("raw", "scaled")}
    left, right = q2.draw_rates(curves, {"raw": (1.08, 13.0), "scaled": (5.3, 42.0)}).axes
    assert list(drawn(left)) == legend(right) == ["rate 0.2", "rate 1", "rate 2", "rate 20", "rate 60"]
    np.testing.assert_array_equal(drawn(left)["rate 20"], [[0, 0.7], [1, 20.0]])
    assert left.get_title() == "raw: 2/h is 1.08 at the start, 13.0 at the minimum"
    assert right.get_title() == "scaled: 2/h is 5.30 at the start, 42.0 at the minimum"


@pytest.mark.parametrize(
    ("minimum", "said"),
    [
        ((1, 0), "minimum"),
        ((40, -100), "minimum: far outside, at (40, -100)"),
        ((1, -100), "minimum: far outside, at (1, -100)"),
    ],
)
def test_contours_show_the_path_and_where_the_minimum_is(minimum, said):
    weights, biases = np.linspace(-2, 3, 30), np.linspace(-2, 2, 20)
    losses = 0.1 + (weights - 1) ** 2 + biases[:, None] ** 2
    path = np.array([[0.0, 0.0], [0.5, 0.1], [0.9, 0.0]])
    panel = (weights, biases, losses, np.array(minimum), path)
    ax, other = q2.draw_contours({"raw": panel, "scaled": panel}).axes
    assert (ax.get_title(), other.get_title()) == ("raw", "scaled")
    lines = drawn(ax)
    np.testing.assert_array_equal(lines["2 steps"], path)
    np.testing.assert_array_equal(lines[said], [minimum])
    assert (ax.get_xlim(), ax.get_ylim(), ax.get_aspect()) == ((-2, 3), (-2, 2), 1.0)
    level, contour = next(
        (level, path.vertices)
        for level, path in zip(ax.collections[0].levels, ax.collections[0].get_paths(), strict=True)
        if len(path.vertices)
    )
    np.testing.assert_allclose(np.hypot(contour[:, 0] - 1, contour[:, 1]), np.sqrt(level - 0.1), atol=0.05)


def test_training_has_the_minimum_and_both_accuracies():
    solver = SimpleNamespace(
        loss_history=[0.7, 0.5, 0.3, 0.2],
        train_acc_history=[0.9, 0.95],
        val_acc_history=[0.92, 0.9],
        epoch=2,
        best_val_acc=0.92,
    )
    left, right = q2.draw_training(solver, 0.1).axes
    np.testing.assert_array_equal(drawn(left)["Newton's minimum"][:, 1], [0.1, 0.1])
    np.testing.assert_array_equal(drawn(right)["training"][:, 1], [0.9, 0.95])
    np.testing.assert_array_equal(drawn(right)["validation"][:, 1], [0.92, 0.9])
    assert left.get_yscale() == "log"


def test_a_classifier_is_its_weights_and_its_scores(rng):
    weights, scores, y = np.array([1.0, 2.0, 3.0]), rng.normal(size=30), np.repeat([0, 1], 15)
    left, right = q2.draw_classifier(weights, scores, y).axes
    assert counts(left) == [1.0, 2.0, 3.0]
    np.testing.assert_array_equal(drawn(left)["mean"][:, 1], [2.0, 2.0])
    assert (sum(counts(right)), legend(right)) == (30, ["class 0", "class 1"])


def test_units_are_a_histogram_of_cosines_and_a_curve_for_each_scale():
    cosines = {"small": np.array([-1.0, 1.0, 1.0]), "He": np.array([0.1, 0.2])}
    losses = {"small": np.array([0.7, 0.1]), "He": np.array([0.7, 0.01])}
    left, right = q2.draw_units(cosines, losses).axes
    heights = counts(left)
    assert (heights[0], heights[39], sum(heights[:40]), sum(heights[40:])) == (1, 2, 3, 2)
    np.testing.assert_array_equal(drawn(right)["He"], [[1, 0.7], [2, 0.01]])
    assert legend(left) == legend(right) == ["small", "He"]


def test_widths_are_means_of_seeds_beside_the_linear_classifier():
    accuracies = {"small": np.array([[0.95, 0.97], [0.96, 0.96]]), "He": np.array([[0.9, 0.92], [0.93, 0.95]])}
    (ax,) = q2.draw_widths([10, 30], accuracies, 0.96, 0.01).axes
    for container, values in zip(ax.containers, accuracies.values(), strict=True):
        np.testing.assert_allclose(container.lines[0].get_ydata(), values.mean(axis=1))
    assert [text.get_text() for text in ax.get_xticklabels()] == ["10", "30"]
    np.testing.assert_array_equal(drawn(ax)["linear classifier"][:, 1], [0.96, 0.96])
    (band,) = [patch for patch in ax.patches if patch.get_label() == "one standard error"]
    assert (band.get_y(), band.get_y() + band.get_height()) == pytest.approx((0.95, 0.97))
    assert set(legend(ax)) == {"small", "He", "linear classifier", "one standard error"}


def test_luck_has_a_histogram_for_each_case_and_the_own_models_on_the_curve():
    best = {"one": np.array([0.9, 0.91]), "same": np.array([0.92, 0.92]), "independent": np.array([0.93, 0.95])}
    left, right = q2.draw_luck(best, 0.9, np.array([0.0, 0.5]), np.array([0.03, 0.02]), (0.4, 0.025)).axes
    assert legend(left) == ["one", "same", "independent", "the truth about all"]
    np.testing.assert_array_equal(drawn(left)["the truth about all"][:, 0], [0.9, 0.9])
    np.testing.assert_allclose(drawn(right)["simulated, equal models"], [[0, 3], [0.5, 2]])
    np.testing.assert_allclose(drawn(right)["25 seeds of one network"], [[0.4, 2.5]])


def test_the_test_figure_has_errors_seeds_and_sorted_margins():
    accuracies = {"linear": np.array([0.94, 0.93]), "two-layer": np.array([0.95, 0.95])}
    margins = {"linear": np.array([3.0, -1.0]), "two-layer": np.array([1.0, 2.0])}
    left, right = q2.draw_test(accuracies, [0.015, 0.014], margins).axes
    for container, values, error in zip(left.containers, accuracies.values(), (0.015, 0.014), strict=True):
        line, _, (bars,) = container.lines
        assert line.get_ydata() == values[0]
        np.testing.assert_allclose(bars.get_segments()[0][:, 1], [values[0] - error, values[0] + error])
    np.testing.assert_array_equal(drawn(left)["all five seeds"][:, 1], accuracies["linear"])
    assert set(legend(left)) == {"seed 0, one standard error", "all five seeds"}
    np.testing.assert_array_equal(drawn(right)["linear"], [[-1, 0.5], [3, 1.0]])
    assert [text.get_text() for text in left.get_xticklabels()] == legend(right) == ["linear", "two-layer"]
