"""The figures of Q1 draw what they are given: numbers, labels, frames, legends."""

import numpy as np
import pytest
from drawn import drawn, legend
from matplotlib.patches import Circle, Rectangle

from nnlib.homework.figures import q1, q1_convolution
from nnlib.layers.conv import im2col


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def numbers(ax):
    """The numbers written into a matrix's cells, in an array of its shape."""
    cells = {(round(text.get_position()[1]), round(text.get_position()[0])): text.get_text() for text in ax.texts}
    rows, columns = (max(index) + 1 for index in zip(*cells, strict=True))
    return np.array([[float(cells[i, j].replace("−", "-")) for j in range(columns)] for i in range(rows)])


def frames(ax):
    """(row, column, height, width) of the rectangles that are only an edge, by colour."""
    found = [patch for patch in ax.patches if isinstance(patch, Rectangle) and not patch.get_fill()]
    return {
        patch.get_edgecolor(): (patch.get_y() + 0.5, patch.get_x() + 0.5, patch.get_height(), patch.get_width())
        for patch in found
    }


def test_the_sweep_holds_every_quotient_both_theories_and_the_step():
    steps = np.array([1e-6, 1e-4, 1e-2])
    errors = {"a": steps, "b": 2 * steps, "c": 3 * steps}
    (ax,) = q1.draw_step_sweep(steps, errors, steps**2, 1e-16 / steps, used=1e-5).axes
    lines = drawn(ax)
    for name, values in {**errors, "truncation, predicted": steps**2, "rounding, at most": 1e-16 / steps}.items():
        np.testing.assert_array_equal(lines[name], np.column_stack([steps, values]))
    assert set(lines["the step of nnlib.gradcheck"][:, 0]) == {1e-5}
    assert legend(ax) == [*errors, "truncation, predicted", "rounding, at most", "the step of nnlib.gradcheck"]
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    styles = {(line.get_color(), line.get_marker()) for line in ax.lines[:3]}
    assert len({colour for colour, _ in styles}) == len({marker for _, marker in styles}) == 3


def test_the_kink_holds_function_derivative_and_measurement():
    x = np.array([-1.0, 0.0, 1.0])
    left, right = q1.draw_kink(x, np.maximum(x, 0), np.array([0.0, 0.0, 1.0]), np.array([0.0, 0.5, 1.0]), 0.25).axes
    np.testing.assert_array_equal(drawn(left)["ReLU"][:, 1], [0, 0, 1])
    np.testing.assert_array_equal(left.lines[1].get_ydata(), x / 2)
    np.testing.assert_array_equal(drawn(right)["derivative"][:, 1], [0, 0, 1])
    np.testing.assert_array_equal(drawn(right)["centred difference, $h = 0.25$"][:, 1], [0, 0.5, 1])
    (span,) = right.patches
    assert (span.get_x(), span.get_width()) == (-0.25, 0.5)


def test_masks_share_one_grey_scale():
    panels = {"input": np.array([[0.0, 0.25]]), "test": np.array([[0.5, 1.0]])}
    for ax, (title, image) in zip(q1.draw_masks(panels).axes, panels.items(), strict=True):
        assert ax.get_title() == title
        np.testing.assert_array_equal(ax.images[0].get_array(), image)
        assert ax.images[0].get_clim() == (0, 1)


def test_moments_hold_the_running_mean_and_the_variances():
    draws, keep, variances = np.array([2.0, 0.0, 2.0, 2.0]), np.array([0.2, 0.5]), np.array([0.6, 1.1])
    left, right = q1.draw_moments(2.0, 0.8, draws, keep, variances).axes
    np.testing.assert_allclose(drawn(left)["mean over the masks so far"], [[1, 2], [2, 1], [3, 4 / 3], [4, 1.5]])
    assert set(drawn(left)["test mode, $pX$"][:, 1]) == {1.6}
    vertices = left.collections[0].get_paths()[0].vertices
    at_four = vertices[vertices[:, 0] == 4][:, 1]
    assert (at_four.min(), at_four.max()) == pytest.approx((1.6 - 0.8, 1.6 + 0.8))  # 2 x 2 sqrt(0.16 / 4)
    np.testing.assert_array_equal(drawn(right)["measured"], np.column_stack([keep, variances]))
    grid, theory = drawn(right)["$p(1-p)X^2$"].T
    np.testing.assert_allclose(theory, 4 * grid * (1 - grid))


def test_distributions_are_densities_of_each_column(rng):
    before = rng.normal(size=(500, 2)) * [1, 3]
    figure = q1.draw_distributions(["a", "b"], before, before / [1, 3])
    for ax, title in zip(figure.axes, ("Before batch norm", "After batch norm"), strict=True):
        assert ax.get_title() == title
        for line in drawn(ax).values():
            assert np.sum(line[:, 1]) * (line[1, 0] - line[0, 0]) == pytest.approx(1)
    assert legend(figure.axes[1]) == ["a", "b"]
    heights = [line.get_ydata().max() for line in figure.axes[0].lines]
    assert heights[0] > 2 * heights[1]


def test_running_statistics_stand_beside_their_expectation(rng):
    means, variances = rng.normal(size=(2, 5, 2))
    figure = q1.draw_running(["a", "b"], means, variances, 0.5, 4)
    for ax, values, factor in zip(figure.axes, (means, variances), (1, 3 / 4), strict=True):
        np.testing.assert_array_equal(drawn(ax)["a"], np.column_stack([np.arange(1, 6), values[:, 0]]))
        np.testing.assert_array_equal(drawn(ax)["b"][:, 1], values[:, 1])
        np.testing.assert_allclose(drawn(ax)["expected"][:, 1], factor * (1 - 0.5 ** np.arange(1, 6)))
    assert legend(figure.axes[1]) == ["a", "b", "expected"]
    assert [ax.get_title() for ax in figure.axes] == ["Running mean / true mean", "Running variance / true variance"]


@pytest.mark.parametrize("gradients", [False, True])
def test_the_graph_has_every_node_every_path_and_gradients_only_where_asked(gradients):
    (ax,) = q1.draw_batch_norm_graph(gradients=gradients).axes
    texts = [text.get_text() for text in ax.texts if text.get_text()]
    nodes = ["X", "μ", "σ", "X̂", "Y", "L", "γ", "β"]
    assert [text for text in texts if text in nodes] == nodes
    assert sum(isinstance(patch, Circle) for patch in ax.patches) == len(nodes)
    assert {"path 1, direct", "path 2", "path 3", "adds 0"} <= set(texts)
    arrows = [text for text in ax.texts if getattr(text, "arrow_patch", None) is not None]
    assert len(arrows) == 10
    assert {r"$G$", r"$\gamma\,G$"}.issubset(texts) == gradients
    assert len(texts) == len(nodes) + 4 + 7 * gradients


def test_three_convolutions_are_written_cell_by_cell(rng):
    image, kernel = rng.integers(-3, 4, (6, 5)).astype(float), rng.integers(-2, 3, (3, 3)).astype(float)
    filt, valid, full = (rng.integers(-4, 5, shape).astype(float) for shape in ((4, 3), (4, 3), (8, 7)))
    axes = q1_convolution.draw_three(image, kernel, filt, valid, full).axes
    for ax, want in zip(axes, (image, kernel, kernel[::-1, ::-1], filt, valid, full), strict=True):
        np.testing.assert_array_equal(numbers(ax), want)
        np.testing.assert_array_equal(ax.images[0].get_array(), want)
    assert [ax.get_title().split()[0] for ax in axes[3:]] == ["filt", "valid", "full"]
    assert sorted(frames(axes[5]).values()) == [(2, 2, 4, 3), (3, 3, 1, 1)]
    assert list(frames(axes[0]).values()) == [(1, 1, 3, 3)]


@pytest.mark.parametrize(("shape", "kernel"), [((3, 4), (2, 2)), ((4, 3), (2, 3)), ((4, 5), (3, 2))])
def test_windows_become_the_columns_of_im2col(shape, kernel):
    image = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    left, right = q1_convolution.draw_im2col(image, kernel, windows=(0, 1), pixel=(1, 1)).axes
    columns = im2col(image[None, None], kernel)
    np.testing.assert_array_equal(numbers(left), image)
    np.testing.assert_array_equal(numbers(right), columns)
    assert {(0, 0, *kernel), (*divmod(1, shape[1] - kernel[1] + 1), *kernel)} <= set(frames(left).values())
    assert {(0, 0, len(columns), 1), (0, 1, len(columns), 1)} <= set(frames(right).values())
    filled = [patch for patch in right.patches if patch.get_fill()]
    coloured = sorted((round(patch.get_y() + 0.5), round(patch.get_x() + 0.5)) for patch in filled)
    assert coloured == sorted(map(tuple, np.argwhere(columns == image[1, 1]).tolist()))


def test_stamps_are_framed_where_their_gradient_is():
    gradient, kernel = np.zeros((3, 2)), np.array([[1.0, 2.0], [3.0, -4.0]])
    gradient[0, 1], gradient[2, 0] = 2.0, -1.0
    dx = np.zeros((4, 3))
    for i, j in np.argwhere(gradient):
        dx[i : i + 2, j : j + 2] += gradient[i, j] * kernel
    axes = q1_convolution.draw_stamps(gradient, kernel, dx).axes
    for ax, want in zip(axes, (gradient, kernel, dx), strict=True):
        np.testing.assert_array_equal(numbers(ax), want)
    small, large = frames(axes[0]), frames(axes[2])
    assert sorted(small.values()) == [(0, 1, 1, 1), (2, 0, 1, 1)]
    assert sorted(large.values()) == [(0, 1, 2, 2), (2, 0, 2, 2)]
    assert {colour: frame[:2] for colour, frame in small.items()} == {c: frame[:2] for c, frame in large.items()}
