"""nnlib.plots: the data in the pictures."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from nnlib import plots


@pytest.fixture
def ax():
    return Figure().subplots()


def trained(losses=(3.0, 2.0, 1.0, 0.0), train=(0.5, 0.7, 0.9), val=(0.4, 0.8, 0.6)):
    return SimpleNamespace(
        loss_history=list(losses),
        train_acc_history=list(train),
        val_acc_history=list(val),
        best_val_acc=max(val, default=0),
        epoch=len(val),
    )


def curves(ax):
    return [(line.get_xdata().tolist(), line.get_ydata().tolist()) for line in ax.lines]


def test_loss_shows_every_step_and_the_running_mean(ax):
    assert plots.plot_loss(ax, trained(), window=2) is ax
    assert curves(ax)[0] == ([1, 2, 3, 4], [3, 2, 1, 0])
    assert curves(ax)[1] == ([1.5, 2.5, 3.5], [2.5, 1.5, 0.5])  # between its two steps
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["training loss, mean of 2 steps"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("step", "loss")


@pytest.mark.parametrize("window", [1, 4, 5])
def test_the_running_mean_of_a_straight_line_lies_on_it(ax, window):
    falling = SimpleNamespace(loss_history=list(np.linspace(8, 0, 9)))
    plots.plot_loss(ax, falling, window=window)
    steps, mean = ax.lines[1].get_data()
    assert len(steps) == 9 - window + 1
    np.testing.assert_allclose(mean, 9 - steps)


def test_a_window_longer_than_the_history_is_cut(ax):
    plots.plot_loss(ax, trained(), window=50, label="adam", color=plots.ORANGE)
    assert curves(ax)[1] == ([2.5], [1.5])
    assert ax.get_legend().get_texts()[0].get_text() == "adam, mean of 4 steps"
    assert to_rgba(ax.lines[1].get_color()) == to_rgba(plots.ORANGE)


def test_accuracy_marks_the_best_epoch(ax):
    assert plots.plot_accuracy(ax, trained()) is ax
    train, val, best = curves(ax)
    assert train == ([1, 2, 3], [0.5, 0.7, 0.9])
    assert val == ([1, 2, 3], [0.4, 0.8, 0.6])
    assert np.ravel(best[0]).tolist() == [2]
    assert np.ravel(best[1]).tolist() == [0.8]
    assert ax.get_legend().get_texts()[-1].get_text() == "best validation, 80.00%"


@pytest.mark.parametrize("draw", [plots.plot_loss, plots.plot_accuracy])
def test_a_solver_that_has_not_trained_is_refused(ax, draw):
    with pytest.raises(ValueError, match=r"solver: expected one that has trained.*Call solver\.train\(\)\."):
        draw(ax, trained(losses=(), train=(), val=()))


def test_a_sweep_shows_means_seeds_and_spread(ax):
    accuracies = np.array([[0.1, 0.3], [0.5, 0.7], [0.6, 0.6]])
    assert plots.plot_sweep(ax, [10, 100, 1000], accuracies, xlabel="hidden units") is ax
    (errorbar,) = ax.containers
    line, _, (bars,) = errorbar.lines
    np.testing.assert_allclose(line.get_ydata(), [0.2, 0.6, 0.6])
    spread = [0.1 * np.sqrt(2), 0.1 * np.sqrt(2), 0.0]  # one standard deviation, of a sample
    for segment, middle, half in zip(bars.get_segments(), [0.2, 0.6, 0.6], spread, strict=True):
        np.testing.assert_allclose(segment[:, 1], [middle - half, middle + half], atol=1e-12)
    dots = [ydata for _, ydata in curves(ax) if ydata in ([0.1, 0.5, 0.6], [0.3, 0.7, 0.6])]
    assert len(dots) == 2
    assert [label.get_text() for label in ax.get_xticklabels()] == ["10", "100", "1000"]
    assert ax.get_xlabel() == "hidden units"


def test_a_sweep_of_one_seed_has_no_bars(ax):
    plots.plot_sweep(ax, ["a", "b"], [0.1, 0.2], xlabel="p", label="test")
    (errorbar,) = ax.containers
    assert not errorbar.has_yerr
    assert errorbar.lines[0].get_ydata().tolist() == [0.1, 0.2]


@pytest.mark.parametrize("accuracies", [[0.1], np.ones((3, 2)), np.ones((2, 2, 1))])
def test_a_sweep_of_another_length_is_refused(ax, accuracies):
    with pytest.raises(ValueError, match=r"accuracies: expected \(2,\) or \(2, seeds\), got shape"):
        plots.plot_sweep(ax, [1, 2], accuracies, xlabel="p")


@given(
    arrays(np.float64, st.tuples(*[st.integers(1, 4)] * 3), elements=st.floats(-9, 9)),
    st.integers(1, 5),
    st.integers(0, 2),
)
def test_a_grid_holds_every_image_in_its_place(images, columns, pad):
    grid = plots.image_grid(images, columns=columns, pad=pad)
    n, height, width = images.shape
    rows = -(-n // columns)
    assert grid.shape == (rows * (height + pad) - pad, columns * (width + pad) - pad)
    for place, image in enumerate(images):
        row, column = divmod(place, columns)
        tile = grid[row * (height + pad) :, column * (width + pad) :][:height, :width]
        spread = image.max() - image.min()
        np.testing.assert_allclose(tile, (image - image.min()) / (spread if spread > 0 else 1))
    assert np.isfinite(grid).sum() == images.size  # only NaN between and after them


def test_images_may_share_one_scale(ax):
    images = np.stack([np.zeros((2, 3)), np.ones((2, 3)), np.full((2, 3), 4.0)])
    assert plots.plot_images(ax, images, columns=3, scale_each=False, pad=0) is ax
    (shown,) = ax.images
    np.testing.assert_array_equal(shown.get_array()[0], [0, 0, 0, 0.25, 0.25, 0.25, 1, 1, 1])
    assert not ax.axison


def test_a_grid_of_colours_scales_the_channels_together():
    images = np.array([[[[-1.0, 0.0, 1.0]]], [[[2.0, 2.0, 3.0]]]])  # two, of one pixel
    grid = plots.image_grid(images, columns=1)
    np.testing.assert_array_equal(grid, [[[0, 0.5, 1]], [[np.nan] * 3], [[0, 0, 1]]])
    shared = plots.image_grid(images, columns=2, pad=0, scale_each=False)
    np.testing.assert_array_equal(shared, [[[0, 0.25, 0.5], [0.75, 0.75, 1]]])


def test_nothing_is_drawn_between_images_in_colour(ax):
    images = np.stack([np.full((2, 2, 3), value) for value in (0.0, 1.0, 0.5)])
    plots.plot_images(ax, images, columns=2, scale_each=False)
    (shown,) = ax.images
    grid = np.asarray(shown.get_array())
    assert grid.shape == (5, 5, 4)
    np.testing.assert_array_equal(grid[..., 3].sum(axis=1), [4, 4, 0, 2, 2])  # the images alone are opaque
    np.testing.assert_array_equal(grid[[0, 0, 3], [0, 3, 0], :3], [[0] * 3, [1] * 3, [0.5] * 3])
    ax.figure.set_facecolor("yellow")
    canvas = FigureCanvasAgg(ax.figure)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[::-1]  # from the bottom, as Axes count
    for place, colour in (((0.5, 0.5), [0, 0, 0]), ((2, 0.5), [255, 255, 0]), ((3.5, 3.5), [255, 255, 0])):
        column, row = ax.transData.transform(place).astype(int)
        assert pixels[row, column, :3].tolist() == colour


def test_wrong_images_are_named():
    with pytest.raises(
        ValueError, match=r"images: expected \(N, H, W\), or in colour \(N, H, W, 3\), got shape \(2, 2\)"
    ):
        plots.image_grid(np.ones((2, 2)), columns=1)
    with pytest.raises(ValueError, match=r"images: expected at least one image, got shape \(0, 2, 2\)"):
        plots.image_grid(np.ones((0, 2, 2)), columns=1)
    with pytest.raises(ValueError, match="columns: expected a whole number of at least 1, got 0"):
        plots.image_grid(np.ones((1, 2, 2)), columns=0)
    with pytest.raises(ValueError, match=r"got shape \(5, 3, 8, 8\)\. Put the channels last: images\.transpose"):
        plots.image_grid(np.ones((5, 3, 8, 8)), columns=1)
    with pytest.raises(ValueError, match=r"in colour \(N, H, W, 3\), got shape \(5, 8, 8, 1\)\.$"):
        plots.plot_mistakes(Figure().subplots(1, 2), np.ones((5, 8, 8, 1)), np.zeros(5, int), np.eye(5))


@pytest.mark.parametrize("dtype", [np.uint8, np.int64])
def test_a_confusion_matrix_counts_true_by_predicted(dtype):
    true, predicted = np.array([0, 0, 1, 19, 19], dtype), np.array([0, 1, 1, 0, 19], dtype)
    counts = plots.confusion_matrix(true, predicted, 20)
    assert counts.shape == (20, 20)
    assert {(int(r), int(c)): int(counts[r, c]) for r, c in np.argwhere(counts)} == {
        (0, 0): 1,
        (0, 1): 1,
        (1, 1): 1,
        (19, 0): 1,
        (19, 19): 1,
    }
    with pytest.raises(ValueError, match=r"^y_true: expected class indices from 0 to 1"):
        plots.confusion_matrix(true, predicted, 2)


@pytest.mark.parametrize("counts", [[[90, 8], [1, 80]], [[5, 0], [0, 5]]])
def test_a_drawn_confusion_matrix_says_every_count_and_colours_the_mistakes(ax, counts):
    counts = np.array(counts)
    assert plots.plot_confusion(ax, counts) is ax
    assert [text.get_text() for text in ax.texts] == [str(count) for count in counts.ravel()]
    (shown,) = ax.images
    colours = np.ma.filled(shown.get_array().astype(float), np.nan)
    np.testing.assert_array_equal(colours, np.where(np.eye(2), np.nan, counts))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted class", "true class")


def test_a_confusion_matrix_in_large_counts_has_pale_zeros(ax):
    plots.plot_confusion(ax, np.array([[90, 0], [1, 80]]), large=True)
    assert {text.get_fontsize() for text in ax.texts} == {11}
    assert [text.get_alpha() == 1 for text in ax.texts] == [True, False, True, True]


def test_mistakes_are_the_most_confident_ones_first():
    scores = np.log([[0.9, 0.1], [0.3, 0.7], [0.4, 0.6], [0.2, 0.8]])
    y = np.array([0, 0, 0, 1])  # the second and the third are wrong
    images = np.arange(4.0)[:, None, None] * np.ones((1, 2, 3))
    axes = Figure().subplots(1, 3)
    assert plots.plot_mistakes(axes, images, y, scores) is axes
    assert [ax.get_title() for ax in axes] == ["0, read as 1\n(70.0%)", "0, read as 1\n(60.0%)", ""]
    assert [[image.get_array()[0, 0] for image in ax.images] for ax in axes] == [[1.0], [2.0], []]
    assert not any(ax.axison for ax in axes)


def test_names_of_classes_stand_in_a_confusion_matrix(ax):
    counts = np.array([[3, 1], [0, 4]])
    plots.plot_confusion(ax, counts, classes=["cat", "dog"])
    for labels in (ax.get_xticklabels(), ax.get_yticklabels()):
        assert [label.get_text() for label in labels] == ["cat", "dog"]
    assert {label.get_rotation() for label in ax.get_xticklabels()} == {45}
    with pytest.raises(ValueError, match="classes: expected 2 names, one per class, got 3"):
        plots.plot_confusion(ax, counts, classes=["cat", "dog", "ship"])


def test_mistakes_in_colour_are_stretched_and_named():
    scores = np.log([[0.9, 0.1], [0.3, 0.7]])
    images = np.array([[[[0.0, 0.0, 0.0]]], [[[-1.0, 0.0, 1.0]]]])
    axes = Figure().subplots(1, 2)
    plots.plot_mistakes(axes, images, np.array([0, 0]), scores, classes=["cat", "dog"])
    assert [ax.get_title() for ax in axes] == ["cat,\nread as dog\n(70.0%)", ""]
    np.testing.assert_array_equal(axes[0].images[0].get_array(), [[[0, 0.5, 1]]])
    with pytest.raises(ValueError, match="classes: expected 2 names, one per class, got 1"):
        plots.plot_mistakes(axes, images, np.array([0, 0]), scores, classes=["cat"])
