"""The figures of Q4 draw what they are given: images, numbers, frames, curves, legends."""

from types import SimpleNamespace

import numpy as np
import pytest
from drawn import drawn, legend
from matplotlib.colors import to_rgba

from nnlib.homework.figures import q4
from nnlib.plots import BLUE, ORANGE, VERMILION


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def image(ax):
    return np.asarray(ax.images[0].get_array())


def test_the_digits_stand_in_columns(rng):
    X, y = rng.random((60, 784)), np.arange(60) % 10
    (ax,) = q4.draw_digits(X, y, each=2).axes
    for row, digit in ((0, 0), (0, 9), (1, 3)):
        top, left = 31 * row, 31 * digit  # 28 pixels and 3 between
        shown = image(ax)[top : top + 28, left : left + 28]
        expected = X[10 * row + digit].reshape(28, 28)
        np.testing.assert_allclose(np.corrcoef(shown.ravel(), expected.ravel())[0, 1], 1)
    assert ax.get_title() == "The first 2 training images of each digit"


def test_dlogits_hold_both_matrices_their_numbers_and_the_labels_frames():
    p = np.array([[0.125, 0.25, 0.625], [0.7, 0.3, 0.001]])
    labels, gradient = np.array([2, 0]), np.array([[0.125, 0.25, -0.375], [-0.3, 0.3, 0.001]])
    left, right = q4.draw_dlogits(p, labels, gradient).axes
    for ax, values in ((left, p), (right, gradient)):
        np.testing.assert_array_equal(image(ax), values)
        for text in ax.texts:
            column, row = text.get_position()
            assert float(text.get_text().replace("−", "-")) == pytest.approx(values[row, column], abs=0.0051)
        assert [(frame.get_x() + 0.5, frame.get_y() + 0.5) for frame in ax.patches] == [(2, 0), (0, 1)]
        assert all(frame.get_edgecolor() == to_rgba(ORANGE) for frame in ax.patches)
    assert right.images[0].norm(0.0) == 0.5  # 0 is white
    assert right.images[0].get_clim() == (-1, 1)


def test_the_splits_have_their_standard_errors():
    accuracies = {"tail": 0.94, "head": 0.93}
    (ax,) = q4.draw_splits(accuracies, 6000).axes
    points, (bars,) = ax.containers[0].lines[0], ax.containers[0].lines[2]
    np.testing.assert_array_equal(points.get_xydata(), [[0.94, 0], [0.93, 1]])
    widths = [np.ptp(segment[:, 0]) / 2 for segment in bars.get_segments()]
    np.testing.assert_allclose(widths, [np.sqrt(a * (1 - a) / 6000) for a in accuracies.values()])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["tail", "head"]
    assert [text.get_text() for text in ax.texts] == ["94.00%", "93.00%"]
    assert legend(ax) == ["± one standard error"]
    assert ax.yaxis_inverted()


def test_the_curves_are_those_of_the_training():
    losses = list(np.linspace(2, 0.1, 40))
    solver = SimpleNamespace(
        loss_history=losses, train_acc_history=[0.5, 0.7], val_acc_history=[0.6, 0.65], best_val_acc=0.65, epoch=2
    )
    left, right = q4.draw_curves(solver, "Linear", "training (all)").axes
    np.testing.assert_array_equal(left.lines[0].get_ydata(), losses)
    assert left.get_yscale() == "log"
    low, high = left.get_ylim()
    assert low < min(losses)
    assert high >= max(losses)
    np.testing.assert_array_equal(drawn(right)["training (all)"][:, 1], [0.5, 0.7])
    np.testing.assert_array_equal(drawn(right)["validation"][:, 1], [0.6, 0.65])
    assert legend(right) == ["training (all)", "validation", "best validation, 65.00%"]
    assert [ax.get_title().split(":")[0] for ax in (left, right)] == ["Linear", "Linear"]


def test_each_column_of_weights_is_an_image_with_a_scale_of_its_own(rng):
    columns = rng.normal(size=(784, 6)) * np.arange(1, 7)
    axes = q4.draw_weights(columns, list("abcdef"), rows=2).axes
    assert [ax.get_title() for ax in axes] == list("abcdef")
    for ax, weights in zip(axes, columns.T, strict=True):
        np.testing.assert_array_equal(image(ax), weights.reshape(28, 28))
        np.testing.assert_allclose(ax.images[0].get_clim(), [-np.abs(weights).max(), np.abs(weights).max()])
    assert axes[0].get_subplotspec().get_gridspec().get_geometry() == (2, 3)


def test_the_rungs_stand_in_order():
    (ax,) = q4.draw_rungs({"A": 0.9357, "B": 0.9545}).axes
    np.testing.assert_array_equal(drawn(ax)["validation"], [[0.9357, 0], [0.9545, 1]])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["A", "B"]
    assert {"93.57%", "95.45%", "+1.88"} <= {text.get_text() for text in ax.texts}


def point(units, trained, validated):
    rows = [SimpleNamespace(curve=SimpleNamespace(train_acc=[0.1, accuracy])) for accuracy in trained]
    return SimpleNamespace(
        settings={"hidden_dim": units}, rows=rows, accuracies=np.array(validated), mean=np.mean(validated)
    )


def test_the_sizes_hold_both_accuracies_the_linear_one_and_the_errors_of_the_differences():
    points = [point(10, [0.95, 0.96], [0.93, 0.94]), point(300, [0.99, 1.0], [0.98, 0.984])]
    left, right = q4.draw_sizes(points, "hidden_dim", linear=0.92, errors=[0.003, 0]).axes
    lines = drawn(left)
    np.testing.assert_allclose(lines["training (first 6,000)"], [[0, 0.955], [1, 0.995]])
    np.testing.assert_allclose(lines["validation"], [[0, 0.935], [1, 0.982]])
    assert set(lines["linear, validation"][:, 1]) == {0.92}
    dots = [line.get_ydata() for line in left.lines if line.get_linestyle() == "None"]
    np.testing.assert_allclose(np.sort(np.concatenate(dots)), [0.93, 0.94, 0.95, 0.96, 0.98, 0.984, 0.99, 1.0])
    assert legend(left) == ["training (first 6,000)", "validation", "linear, validation"]
    colours = {line.get_label(): line.get_color() for line in left.lines}
    assert (colours["training (first 6,000)"], colours["validation"]) == (BLUE, VERMILION)
    assert set(drawn(right)["the best"][:, 1]) == {0.982}
    (means,) = right.containers
    np.testing.assert_allclose(means.lines[0].get_xydata(), [[0, 0.935], [1, 0.982]])
    ends = np.array([bar[:, 1] for bar in means.lines[2][0].get_segments()])
    np.testing.assert_allclose(ends, [[0.932, 0.938], [0.982, 0.982]])
    for ax in (left, right):
        assert [label.get_text() for label in ax.get_xticklabels()] == ["10", "300"]
        assert ax.get_xlabel() == "hidden units"


def test_the_confusions_count_every_example_in_legible_digits():
    y = np.array([0, 0, 1, 9])
    right, wrong = np.eye(10)[y], np.eye(10)[[0, 1, 1, 4]]
    axes = q4.draw_confusions(y, {"good": right, "bad": wrong}).axes
    assert [ax.get_title() for ax in axes] == ["good: 0 of 4 wrong", "bad: 2 of 4 wrong"]
    counts = {text.get_position(): int(text.get_text()) for text in axes[1].texts}
    assert counts[0, 0] == counts[1, 0] == counts[1, 1] == counts[4, 9] == 1  # (predicted, true)
    assert sum(counts.values()) == 4
    assert all(text.get_fontsize() >= 10 for ax in axes for text in ax.texts)
    assert all((text.get_alpha() == 1) == (text.get_text() != "0") for text in axes[1].texts)


def test_the_surest_mistake_comes_first(rng):
    X, y = rng.random((3, 784)), np.array([1, 2, 3])
    scores = np.zeros((3, 10))
    scores[0, 1], scores[1, 7], scores[2, 8] = 5, 3, 4  # the first is right
    axes = q4.draw_mistakes(X, y, scores).axes
    titles = [ax.get_title() for ax in axes]
    assert [title.split("\n")[0] for title in titles[:3]] == ["3, read as 8", "2, read as 7", ""]
    np.testing.assert_array_equal(image(axes[0]), X[2].reshape(28, 28))
    assert len(axes) == 16
