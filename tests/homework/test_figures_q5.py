"""The figures of Q5 draw what they are given, and its layers are timed one by one."""

from types import SimpleNamespace

import numpy as np
import pytest
from drawn import drawn, legend
from matplotlib.patches import Rectangle

from nnlib import ConvNet, backend
from nnlib.homework.costs import seconds_by_layer
from nnlib.homework.figures import q5, q5_training
from nnlib.search.rows import Curve, Selection
from nnlib.search.sweeps import Point


def row(settings, val_acc, num_params=100, losses=()):
    curve = Curve(list(range(1, 1 + len(losses))), list(losses), [0.5], [val_acc])
    return SimpleNamespace(
        settings=settings,
        val_acc=val_acc,
        num_params=num_params,
        curve=curve,
        status="done",
        data=SimpleNamespace(val=100),
        seconds=1.0,
    )


class Rows(list):
    """Rows with their points, as a Sweep has them."""

    @property
    def points(self):
        return [Point(each.settings, [each]) for each in self]


def swept(first, second, accuracies):
    """Rows over two hyper-parameters, {name: values} each, with accuracies (first, second)."""
    ((one, lines), (two, columns)) = (*first.items(), *second.items())
    return Rows(
        row({one: line, two: column}, accuracies[i][j], 10 * (i + 1) * (j + 1))
        for i, line in enumerate(lines)
        for j, column in enumerate(columns)
    )


def choice(settings, val_acc, num_params=100):
    return Selection(settings, val_acc, 0.02, num_params, settings, "because", "", "")


def frames(ax):
    """(row, column) of the framed cells of a heat map: the solid one, and the dashed one."""
    found = [patch for patch in ax.patches if isinstance(patch, Rectangle) and not patch.get_fill()]
    found.sort(key=lambda patch: patch.get_linestyle() == "--")
    return [(round(p.get_y() + p.get_height() / 2), round(p.get_x() + p.get_width() / 2)) for p in found]


def test_pooling_writes_every_number_and_marks_what_has_a_gradient():
    x = np.array([[1.0, 3, 2, 2], [0, 2, 2, 1]])
    dx = np.array([[0.0, 7, 8, 0], [0, 0, 0, 0]])
    axes = q5.draw_pooling(x, np.array([[3.0, 2]]), np.array([[7.0, 8]]), dx, 2).axes
    for ax, values in zip(axes, (x, [[3, 2]], [[7, 8]], dx), strict=True):
        texts = {(round(t.get_position()[1] - 0.5), round(t.get_position()[0] - 0.5)): t for t in ax.texts}
        assert {index: float(text.get_text()) for index, text in texts.items()} == dict(np.ndenumerate(values))
    bold = {text.get_position() for text in axes[0].texts if text.get_weight() == "bold"}
    assert bold == {(1.5, 0.5), (2.5, 0.5)}
    assert [len(ax.patches) for ax in axes] == [2, 2, 2, 2]
    pairs = [[patch.get_facecolor() for patch in ax.patches] for ax in axes]
    assert pairs[0] == pairs[1] == pairs[2] == pairs[3]


def test_costs_are_shares_of_their_own_total():
    (ax,) = q5.draw_costs({"parameters": {"a": 1, "b": 3}, "time": {"a": 0.2, "b": 0.2}}).axes
    widths = [(round(bar.get_y() + bar.get_height() / 2), bar.get_x(), bar.get_width()) for bar in ax.patches]
    assert widths == [(0, 0, 0.25), (0, 0.25, 0.75), (1, 0, 0.5), (1, 0.5, 0.5)]
    assert legend(ax) == ["a", "b"]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["parameters", "time"]


def test_the_way_shows_the_chosen_maps_on_one_scale_per_stage():
    maps = np.arange(6 * 4, dtype=float).reshape(6, 2, 2)
    first, second, third = q5.draw_way(np.eye(3), {"convolution": maps, "ReLU": maps[:, :1]}, [0, 2, 3, 5]).axes
    np.testing.assert_array_equal(first.images[0].get_array(), np.eye(3))
    assert [second.get_title(), third.get_title()] == ["convolution, 2 × 2", "ReLU, 1 × 2"]
    image = second.images[0].get_array()
    assert image.shape == (2, 4 * 2 + 3)
    kept = maps[[0, 2, 3, 5]]
    np.testing.assert_allclose(image[:, :2], (kept[0] - kept.min()) / (kept.max() - kept.min()))
    assert (image.min(), image.max()) == (0, 1)


def test_claims_hold_both_accuracies_and_the_curves():
    shifted = {"fc": [0.2, 0.9, 0.3], "CNN": [0.4, 0.95, 0.5], "CNN, shifts": [0.5, 0.96, 0.6]}
    figure = q5.draw_claims({"fc": (0.94, 0.93), "CNN": (0.97, 0.9)}, [-1, 0, 1], shifted, [np.eye(4), 1 - np.eye(4)])
    pictures, left, right = figure.axes
    assert pictures.images[0].get_array().shape == (4 + 2 + 4, 4)
    np.testing.assert_array_equal(drawn(left)["fc"], [[0, 0.94], [1, 0.93]])
    np.testing.assert_array_equal(drawn(left)["CNN"], [[0, 0.97], [1, 0.9]])
    assert legend(left) == ["fc", "CNN"]
    assert legend(right) == [*shifted, "chance"]
    for name, values in shifted.items():
        np.testing.assert_array_equal(drawn(right)[name], np.column_stack([[-1, 0, 1], values]))


def test_mistakes_are_counted_and_the_surest_come_first():
    y, scores = np.array([0, 1, 1, 2]), np.array([[3.0, 0, 0], [5.0, 0, 0], [0, 0, 1.0], [0, 0, 2.0]])
    images = np.random.default_rng(0).random((4, 5, 5))
    confusion, *pictures = q5.draw_mistakes(images, y, scores).axes
    assert confusion.get_title() == "2 of 4 wrong"
    assert all(text.get_fontsize() >= 10 for text in confusion.texts)
    assert len(pictures) == 12
    np.testing.assert_array_equal(pictures[0].images[0].get_array(), images[1])
    assert pictures[1].get_title().startswith("1, read as 2")


def test_sizes_frame_the_best_dash_the_chosen_and_show_one_standard_error():
    sizes = swept({"filter_size": (3, 5)}, {"hidden_dim": (50, 100)}, [[0.90, 0.92], [0.95, 0.96]])
    figure = q5_training.draw_sizes(sizes, choice({"filter_size": 5, "hidden_dim": 50}, 0.95, 20))
    left, right = figure.axes[:2]
    assert frames(left) == [(1, 1), (1, 0)]
    np.testing.assert_array_equal(drawn(right)["3 × 3"], [[10, 1 - 0.90], [20, 1 - 0.92]])
    np.testing.assert_array_equal(drawn(right)["5 × 5"], [[20, 1 - 0.95], [40, 1 - 0.96]])
    (band,) = right.patches
    assert (band.get_y(), band.get_height()) == pytest.approx((0.04, 0.02))
    np.testing.assert_array_equal(right.collections[0].get_offsets(), [[20, 1 - 0.95]])
    assert legend(right) == ["3 × 3", "5 × 5", "one standard error", "chosen"]


def test_initialisation_has_a_panel_for_each_width_that_both_tried():
    he = swept({"filter_size": (3, 5, 9)}, {"hidden_dim": (25, 50)}, [[0.8, 0.9], [0.85, 0.96], [0.87, 0.95]])
    small = swept({"filter_size": (5, 9)}, {"hidden_dim": (50,)}, [[0.91], [0.94]])
    (ax,) = q5_training.draw_initialisation(he, small).axes
    np.testing.assert_array_equal(drawn(ax)["He"], [[3, 0.9], [5, 0.96], [9, 0.95]])
    np.testing.assert_array_equal(drawn(ax)["deviation 0.01"], [[5, 0.91], [9, 0.94]])
    assert (ax.get_title(), legend(ax)) == ("50 hidden units", ["He", "deviation 0.01"])


def test_training_has_the_loss_and_both_accuracies():
    solver = SimpleNamespace(
        loss_history=[2.0, 1.0, 0.5, 0.25],
        train_acc_history=[0.7, 0.9],
        val_acc_history=[0.6, 0.8],
        best_val_acc=0.8,
        epoch=2,
    )
    left, right = q5_training.draw_training(solver, window=2).axes
    np.testing.assert_array_equal(left.lines[0].get_ydata(), solver.loss_history)
    assert left.get_yscale() == "log"
    np.testing.assert_array_equal(drawn(right)["training (first 1,000)"][:, 1], [0.7, 0.9])
    np.testing.assert_array_equal(drawn(right)["validation"][:, 1], [0.6, 0.8])


def test_places_frame_the_best_and_dash_the_chosen():
    places = swept({"architecture": ("BN conv", "BN fc")}, {"keep": (0.5, 1.0)}, [[0.9, 0.8], [0.7, 0.6]])
    ax = q5_training.draw_architectures(places, choice({"architecture": "BN fc", "keep": 1.0}, 0.6)).axes[0]
    assert frames(ax) == [(0, 0), (1, 1)]
    assert [text.get_text() for text in ax.texts] == ["90.00", "80.00", "70.00", "60.00"]


def test_switches_centre_their_running_means():
    rows = {"neither": row({}, 0.9, losses=[4, 2, 6, 8]), "both": row({}, 0.8, losses=[1, 1, 1, 1])}
    left, right = q5_training.draw_switches(rows, window=2).axes
    np.testing.assert_array_equal(drawn(left)["neither"], [[1.5, 3], [2.5, 4], [3.5, 7]])
    assert legend(left) == ["neither", "both"]
    assert [tuple(line.get_xydata()[0]) for line in right.lines] == [(0, 0.9), (1, 0.8)]


def test_comparison_has_every_epoch_and_bars_of_two_standard_errors():
    histories = {"plain": [0.9, 0.95], "chosen": [0.8, 0.96]}
    left, right = q5_training.draw_comparison(histories, {"shifts": (0.002, 0.001), "rest": (-0.001, 0.0005)}).axes
    for name, values in histories.items():
        np.testing.assert_array_equal(drawn(left)[name], np.column_stack([[1, 2], values]))
    assert legend(left) == ["plain", "chosen"]
    np.testing.assert_allclose(right.lines[0].get_xydata(), [[0.2, 0], [-0.1, 1]])
    (bars,) = right.collections
    np.testing.assert_allclose([segment[:, 0] for segment in bars.get_segments()], [[0, 0.4], [-0.2, 0]], atol=1e-12)
    assert [text.get_text() for text in right.get_yticklabels()] == ["shifts", "rest"]


@pytest.mark.parametrize("layers", ["plain", "fast"])
def test_each_layer_is_timed_and_nothing_else_is_changed(layers):
    with backend.using(layers):
        model = ConvNet((1, 12, 12), 2, 3, 4, 3, batchnorm=True, dropout=0.5)
    before = {name: array.copy() for name, array in {**model.params, **model.state}.items()}
    X = np.random.default_rng(0).random((5, 1, 12, 12))
    times = seconds_by_layer(model, X, repeats=1)
    assert [name for name, _ in times] == [type(spec).__name__ for spec in model.network.specs]
    assert all(seconds > 0 for _, seconds in times)
    for name, array in {**model.params, **model.state}.items():
        np.testing.assert_array_equal(array, before[name])
