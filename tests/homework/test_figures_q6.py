"""nnlib.homework.figures.q6 and q6_extra: what is drawn is what was given."""

from types import SimpleNamespace

import numpy as np
import pytest

from nnlib.homework.figures import q6, q6_extra
from nnlib.homework.recorded import Training


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def lines(ax):
    return {line.get_label(): (list(line.get_xdata()), list(line.get_ydata())) for line in ax.lines}


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def history(seed=0, epochs=3, steps=4):
    rng = np.random.default_rng(seed)
    return SimpleNamespace(
        loss_history=list(rng.random(epochs * steps)),
        learning_rates=list(rng.random(epochs * steps)),
        train_acc_history=list(rng.random(epochs)),
        val_acc_history=(found := list(rng.random(epochs))),
        best_val_acc=max(found),
        epoch=epochs,
    )


def test_examples_draws_the_first_of_each_class_in_its_column():
    labels = np.array([1, 0, 1, 0, 0])
    images = np.zeros((5, 3, 32, 32), np.uint8)
    images += (85 * np.arange(4, dtype=np.uint8))[[1, 0, 3, 2, 1], None, None, None]
    (ax,) = q6.draw_examples(images, labels, ("no", "yes"), each=2).axes
    assert [text.get_text() for text in ax.texts] == ["no", "yes"]
    drawn = np.asarray(ax.images[0].get_array(), float)
    drawn = drawn if drawn.max() > 1 else np.round(255 * drawn)
    corners = [[drawn[34 * row + 5, 34 * column + 5, 0] for column in (0, 1)] for row in (0, 1)]
    assert corners == [[0, 85], [170, 255]]


def test_fields_are_squares_around_the_middle_and_bars_are_shares(rng):
    image = rng.integers(0, 256, (3, 32, 32), dtype=np.uint8)
    left, right = q6.draw_fields(image, {"a": 3, "b": 40}, {"a": 30, "b": 10}).axes
    assert [patch.get_bbox().bounds for patch in left.patches] == [(14.5, 14.5, 3, 3), (-4, -4, 40, 40)]
    assert legend(left) == ["a: 3 × 3", "b: 40 × 40"]
    assert np.array_equal(left.images[0].get_array(), image.transpose(1, 2, 0))
    assert [bar.get_width() for bar in right.patches] == [0.75, 0.25]
    assert [text.get_text() for text in right.texts] == ["75.0%", "25.0%"]
    assert right.yaxis_inverted()


def test_training_draws_loss_and_accuracies():
    record = history()
    assert q6.draw_training(record).get_suptitle() == q6.draw_curves({"one": record}).get_suptitle() == ""
    assert q6.draw_training(record, "a note").get_suptitle() == "a note"
    assert q6.draw_curves({"one": record}, "a note").get_suptitle() == "a note"
    left, right = q6.draw_training(record).axes
    assert list(left.lines[0].get_ydata()) == record.loss_history
    assert lines(right)["validation"] == ([1, 2, 3], record.val_acc_history)


def test_curves_draw_each_training_and_the_rates_of_the_first_and_last():
    records = {"one": history(1), "two": history(2), "three": history(3)}
    left, middle, right = q6.draw_curves(records).axes
    assert lines(left) == {name: ([1, 2, 3], record.train_acc_history) for name, record in records.items()}
    assert lines(middle) == {name: ([1, 2, 3], record.val_acc_history) for name, record in records.items()}
    assert legend(middle) == ["one", "two", "three"]
    assert len({(line.get_color(), line.get_linestyle()) for line in left.lines}) == 3
    assert {name: y for name, (_, y) in lines(right).items()} == {
        name: records[name].learning_rates for name in ("one", "three")
    }
    assert len(q6.draw_curves({"one": history()}).axes[2].lines) == 1


def test_ladder_draws_accuracies_by_rung_and_by_minutes_with_a_key():
    rungs = [Training("a", 0.5, 0.4, 10, 1.0, 2, 60.0), Training("b", 0.7, 0.6, 90, 9.0, 2, 240.0)]
    figure = q6.draw_ladder(rungs, "recorded, somewhere")
    left, right = figure.axes
    assert lines(left)["validation"] == ([0.5, 0.7], [0, 1])
    assert lines(left)["test"] == ([0.4, 0.6], [0, 1])
    assert [text.get_text() for text in left.get_yticklabels()] == ["a · 1", "b · 2"]
    assert lines(right) == {"the handout's width": ([1.0], [0.4]), "four times the width": ([4.0], [0.6])}
    assert [text.get_text() for text in right.texts] == ["1", "2"]
    assert figure.get_suptitle() == "recorded, somewhere"


def test_spreads_are_drawn_by_layer_on_a_logarithmic_scale():
    spreads = {"one": [0.1, 0.01], "two": [1.0, 2.0]}
    (ax,) = q6.draw_spreads(spreads).axes
    assert lines(ax) == {name: ([1, 2], values) for name, values in spreads.items()}
    assert legend(ax) == ["one", "two"]
    assert ax.get_yscale() == "log"


def test_augmented_draws_a_row_per_epoch(rng):
    rows = rng.uniform(-1, 1, (2, 3, 3, 32, 32))
    (ax,) = q6_extra.draw_augmented(rows, "a title").axes
    drawn = np.asarray(ax.images[0].get_array(), float)[..., :3]
    drawn = drawn / 255 if drawn.max() > 1 else drawn
    assert drawn[:32, :32] == pytest.approx(rows[0, 0].transpose(1, 2, 0) / 2 + 0.5, abs=1 / 255)
    assert drawn[33:65, 66:98] == pytest.approx(rows[1, 2].transpose(1, 2, 0) / 2 + 0.5, abs=1 / 255)
    assert ax.get_title() == "a title"


def test_ours_draws_one_training_and_all_rates():
    record = history()
    axes = q6_extra.draw_ours(record, {"short": [0.1, 0.2], "long": [0.3]}).axes
    assert list(axes[0].lines[0].get_ydata()) == record.loss_history
    assert lines(axes[2]) == {"short": ([1, 2], [0.1, 0.2]), "long": ([1], [0.3])}


def test_whitening_is_drawn_on_one_symmetric_scale_the_strongest_first():
    directions = np.zeros((3, 3, 2, 2))
    directions[0], directions[1, 0], directions[2] = 0.25, 0.5, -0.5
    shares = np.array([0.1, 0.00001, 0.89999])
    axes = q6_extra.draw_whitening(directions, shares).axes
    assert [ax.get_title() for ax in axes[:3]] == ["90.00%", "10.00%", "0.001%"]
    first, second, third = (ax.images[0].get_array() for ax in axes[:3])
    assert np.asarray(first) == pytest.approx(np.ones((2, 2, 3)))  # its sign is turned
    assert np.asarray(second) == pytest.approx(np.full((2, 2, 3), 0.75))
    assert np.asarray(third)[0, 0] == pytest.approx([1, 0.5, 0.5])  # grey is 0
    assert not axes[3].axison


def test_confusion_counts_and_mistakes_are_those_of_the_scores(rng):
    y, scores = np.array([0, 1, 1, 2] * 9), np.tile(np.eye(3)[[0, 1, 2, 1]], (9, 1))
    (ax,) = q6_extra.draw_confusion(y, scores, ["a", "b", "c"]).axes[:1]
    assert ax.get_title() == "18 of 36 wrong"
    figure = q6_extra.draw_surest_mistakes(
        rng.integers(0, 256, (36, 3, 8, 8), dtype=np.uint8), y, scores, ["a", "b", "c"]
    )
    assert len(figure.axes) == 16
    assert all(ax.images for ax in figure.axes)
