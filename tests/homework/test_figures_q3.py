"""The figures of Q3 draw what they are given: numbers, labels, legends."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from search_toy import trial_row

from nnlib.homework.figures import q3
from nnlib.homework.figures.q3 import Street
from nnlib.plots import BLUE, VERMILION
from nnlib.search import Sweep, TrialLog


def drawn(ax):
    return {line.get_label(): np.array(line.get_xydata()) for line in ax.lines if line.get_label()[0] != "_"}


def legend(owner):
    return [text.get_text() for text in owner.get_texts()]


@pytest.fixture
def street():
    points = np.array([[3.0, 0.0], [1.0, 1.0], [-2.0, 1.0], [0.5, 0.0]])
    return Street(points, np.array([1, 1, -1, -1]), np.array([2.0, 0.0]), -1.0)  # s = 2 x - 1: margins 5, 1, 5, 0


def test_a_street_has_its_borders_where_the_score_is_one(street):
    figure = q3.draw_streets({"left": street, "right": street._replace(w=np.array([0.0, 0.5]), b=0.0)})
    first, second = figure.axes
    lines = drawn(first)
    np.testing.assert_allclose(lines["boundary, $s = 0$"][:, 0], 0.5)
    borders = [line.get_xdata() for line in first.lines if line.get_linestyle() == "--"]
    np.testing.assert_allclose(borders, [[0, 0], [1, 1]])
    np.testing.assert_allclose(np.ptp(first.patches[0].get_xy(), axis=0)[0], 1.0)
    np.testing.assert_allclose(second.lines[2].get_ydata(), 2.0)
    assert [ax.get_title() for ax in figure.axes] == ["left\nthe street is 1.00 wide", "right\nthe street is 4.00 wide"]
    names = ["boundary, $s = 0$", r"borders, $s = \pm 1$", "class 0", "class 1", "what an example lacks"]
    assert legend(figure.legends[0]) == names


def test_support_vectors_are_full_and_pay_the_way_to_their_border(street):
    (ax,) = q3.draw_streets({"one": street}, labels=("a", "b")).axes
    lines = drawn(ax)
    np.testing.assert_array_equal(lines["class 1"], [[1, 1]])
    np.testing.assert_array_equal(lines["class 0"], [[0.5, 0]])
    np.testing.assert_allclose(lines["what an example lacks"][:2], [[0.5, 0], [0, 0]])
    hollow = [line for line in ax.lines if line.get_fillstyle() == "none"]
    assert {(line.get_color(), tuple(line.get_xydata()[0])) for line in hollow} == {
        (BLUE, (-2, 1)),
        (VERMILION, (3, 0)),
    }
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_aspect()) == ("a", "b", 1.0)
    assert "what an example lacks" not in drawn(q3.draw_streets({"one": street}, payments=False).axes[0])


def test_losses_hold_both_curves_and_the_lines_through_the_kink():
    margins = np.array([-0.5, 0.5, 1.5])
    curves = np.maximum(0, 1 - margins), -1.0 * (margins < 1), np.log1p(np.exp(-margins)), -1 / (1 + np.exp(margins))
    left, middle, right = q3.draw_losses(margins, *curves).axes
    np.testing.assert_array_equal(drawn(left)["hinge"][:, 1], curves[0])
    np.testing.assert_allclose(drawn(left)["logistic, in bits"][:, 1], curves[2] / np.log(2))
    np.testing.assert_array_equal(drawn(left)["zero-one"][:, 1], [1, 0, 0])
    np.testing.assert_array_equal(drawn(middle)["hinge"], [[-0.5, -1], [0.5, -1]])
    np.testing.assert_array_equal(drawn(middle)["subgradients at the kink"], [[1, -1], [1, 0]])
    lines = drawn(right)
    for name, values in lines.items():
        if name.startswith("slope"):
            slope = float(name.removeprefix("slope ").partition(":")[0])
            np.testing.assert_allclose(values[:, 1], slope * (margins - 1))
            assert name.endswith("never above it") == bool((values[:, 1] <= curves[0]).all())
    assert len(lines) == 5


def test_descent_holds_norms_and_epochs():
    norms = {"hinge": np.array([1.0, 0.5]), "logistic": np.array([1.0, 0.1])}
    left, right = q3.draw_descent(norms, {0.5: np.array([3.0, 2.0]), 5.0: np.array([4.0, 4.0])}).axes
    for name, values in norms.items():
        np.testing.assert_array_equal(drawn(left)[name][:, 1], values)
    np.testing.assert_array_equal(drawn(right)["learning rate 0.5"], [[1, 3], [2, 2]])
    assert legend(right.get_legend()) == ["learning rate 0.5", "learning rate 5"]
    assert left.get_yscale() == right.get_yscale() == "log"


def test_retraining_holds_a_panel_per_pair():
    pair = np.array([-1.0, 2.0]), np.array([-1.5, 2.5])
    figure = q3.draw_retraining({"a": pair, "b": pair[::-1]})
    assert [ax.get_title() for ax in figure.axes] == ["a", "b"]
    np.testing.assert_array_equal(drawn(figure.axes[0])["validation examples"], np.column_stack(pair))
    np.testing.assert_allclose(drawn(figure.axes[1])["equal"], [[-2.625, -2.625], [2.625, 2.625]])


def test_shares_are_drawn_by_their_margin():
    margins, shares = np.array([0.2, 1.0, 1.0001, 3.0]), np.array([1.0, 0.3, 0.6, 0.0])
    (ax,) = q3.draw_shares(margins, shares, np.array([False, True, True, False])).axes
    lines = drawn(ax)
    np.testing.assert_array_equal(lines["below 1"], [[0.2, 1]])
    np.testing.assert_array_equal(lines["on the border"], [[1, 0.3], [1.0001, 0.6]])
    np.testing.assert_array_equal(lines["above 1"], [[3, 0]])


def test_rivals_hold_weights_forces_and_scores():
    hinge, logistic, signs = np.array([0.6, 0.8]), np.array([0.8, 0.6]), np.array([-1, 1])
    values = {"hinge": hinge, "logistic": logistic}
    left, middle, right = q3.draw_rivals(values, values, {"hinge": signs, "logistic": -signs}, values, signs).axes
    assert [bar.get_height() for bar in left.patches] == [0.6, 0.8, 0.8, 0.6]
    assert {to_hex(bar.get_facecolor()).upper() for bar in left.patches[:2]} == {VERMILION}
    np.testing.assert_array_equal(drawn(middle)["logistic"], np.column_stack([logistic, -signs]))
    np.testing.assert_array_equal(drawn(right)["class 0"], [[0.8, 0.6]])
    np.testing.assert_array_equal(drawn(right)["class 1"], [[0.6, 0.8]])


def test_networks_hold_the_slice_the_linear_classifier_and_the_counts():
    grid = [(width, rate, reg) for width in (10, 30) for rate in (0.1, 0.3) for reg in (0.0, 0.01)]
    accuracy = {point: 0.9 + index / 100 for index, point in enumerate(grid)}
    names = ("hidden_dim", "learning_rate", "reg")
    rows = [trial_row(dict(zip(names, point, strict=True)), accuracy[point]) for point in grid]
    left, right = q3.draw_networks(Sweep(rows, TrialLog()), 0.01, 0.95, 0.02, {"a": [5, 3], "b": [4, 1]}).axes
    heights = [
        line.get_ydata()[:2] for line in left.lines if len(line.get_xdata()) == 2 and line.get_linestyle() != ":"
    ]
    for rate in (0.1, 0.3):
        expected = [accuracy[width, rate, 0.01] for width in (10, 30)]
        assert any(np.allclose(height, expected) for height in heights)
    np.testing.assert_allclose(drawn(left)["linear classifier"][:, 1], 0.95)
    (band,) = left.patches
    assert (band.get_y(), band.get_height()) == pytest.approx((0.93, 0.04))
    np.testing.assert_array_equal(drawn(right)["b"], [[1, 4], [2, 1]])
    assert left.get_ylim()[1] == pytest.approx(0.985)


def test_test_scores_are_counted_by_class():
    scores, signs = np.array([-2.0, -1.9, 2.0]), np.array([-1, -1, 1])
    figure = q3.draw_test_scores({"a": scores, "b": 2 * scores}, signs)
    for ax in figure.axes:
        colours = [to_hex(bars[0].get_facecolor()).upper() for bars in ax.containers]
        counts = [[bar.get_height() for bar in bars] for bars in ax.containers]
        assert colours == [BLUE, VERMILION]
        assert [sum(heap) for heap in counts] == [2, 1]
        assert counts[1][-1] == 1
        assert (ax.patches[0].get_x(), ax.patches[0].get_width()) == (-1, 2)
