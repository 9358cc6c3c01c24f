"""The playgrounds of Q1 and Q7: every control redraws the figure, and the descriptions hold nnlib's numbers."""

import re

import pytest
from matplotlib.figure import Figure
from widget_models import small_figure

from nnlib import batchnorm_forward
from nnlib.homework import playgrounds
from nnlib.widgets import playground

PLAYGROUNDS = (
    playgrounds.batch_norm_playground,
    playgrounds.dropout_playground,
    playgrounds.gradient_norm_playground,
    playgrounds.train_test_playground,
    playgrounds.learning_rate_playground,
)


@pytest.mark.parametrize("make", PLAYGROUNDS)
def test_every_control_of_every_playground_from_end_to_end(make, monkeypatch):
    """To its minimum, its maximum and its default: picture and description follow, and there is no NaN."""
    made = make()
    monkeypatch.setattr(playground, "new_figure", small_figure)  # the first picture has its real size
    for name, view in made.views.items():
        default, pictures = view.value, []
        for value in dict.fromkeys([*view.control.extremes, default]):
            view.value = value
            assert view.value == value
            assert "nan" not in made.alt_text
            assert "inf" not in made.alt_text
            pictures.append(made.picture.image.value)
        assert len(set(pictures)) == len(pictures), f"{name} changes nothing"
    made.close()


@pytest.fixture
def description(monkeypatch):
    """Return a function: the description that a playground gives with some controls set, without widgets."""
    made = {}

    def play(draw, controls, **options):
        made["draw"], made["defaults"] = draw, {control.name: control.default for control in controls}

    monkeypatch.setattr(playgrounds, "play", play)

    def describe(make, **values):
        make()
        assert values.keys() <= made["defaults"].keys()
        return made["draw"](Figure(), **{**made["defaults"], **values})

    return describe


def test_batch_norm_description_is_what_the_layer_does(description):
    train = description(playgrounds.batch_norm_playground)
    assert "In train mode the output has mean 0.00 and standard deviation 1.00." in train
    one_batch = description(playgrounds.batch_norm_playground, mean=5.0, batches=1, mode="test")
    assert "In test mode the output has mean" in one_batch
    assert "the output has mean 0.00" not in one_batch  # the running mean has hardly left 0
    late = description(playgrounds.batch_norm_playground, momentum=0.0)
    running = float(late.split("the running mean is ")[1].split(" ")[0])
    assert abs(running - 3) < 0.6  # with momentum 0 it is the last batch's


def test_the_batch_norm_histograms_hold_nnlibs_numbers(description, monkeypatch):
    outputs = []

    def record(*args):
        outputs.append(batchnorm_forward(*args))
        return outputs[-1]

    monkeypatch.setattr(playgrounds, "batchnorm_forward", record)
    text = description(playgrounds.batch_norm_playground, mode="test")
    assert f"the output has mean {outputs[-1][0].mean():.2f}" in text


def test_dropout_description_is_what_the_layer_does(description):
    train = description(playgrounds.dropout_playground, keep=0.5)
    zeros = int(train.split("not 0 before, ")[1].split("%")[0])
    assert 45 <= zeros <= 55
    assert "0% are 0 in test mode" in description(playgrounds.dropout_playground, keep=0.5, mode="test")


def numbers(text, *before):
    """Return the numbers that follow these words in a description."""
    return [float(re.search(rf"{re.escape(words)} (-?[\d.e+-]*\d)", text)[1]) for words in before]


def test_the_numbers_of_a_description_fit_one_another(description):
    given = description(playgrounds.dropout_playground, keep=0.3)
    out, before, scaled = numbers(
        given, "mean of the output is", "mean of the input", "times the keep probability that is"
    )
    assert scaled == pytest.approx(0.3 * before, abs=0.01)
    assert out == pytest.approx(scaled, abs=0.05)
    given = description(playgrounds.batch_norm_playground, mean=-2.0, scale=0.5, momentum=0.0)
    own = numbers(given, "The batch has mean", "and standard deviation", "the running mean is", "variance")
    assert own == pytest.approx([-2, 0.5, -2, 0.5], abs=0.2)


def test_the_questions_of_q7_are_answered(description):
    def ratio(**values):
        given = description(playgrounds.gradient_norm_playground, **values)
        last, first, times = numbers(given, "norm is", "in the last layer and", "in the first,")
        assert first / last == pytest.approx(times, rel=0.1)
        return times

    assert ratio(activation="sigmoid", depth=20) < 1e-8
    assert 0.1 < ratio(activation="relu", depth=20) < 100
    first, last = numbers(description(playgrounds.learning_rate_playground), "the loss fell from", "to")
    assert first == pytest.approx(2.3, abs=0.2)
    assert last < first
    assert "the loss rose" in description(playgrounds.learning_rate_playground, learning_rate=10.0)
    assert "± 0.000" in description(playgrounds.train_test_playground, keep=1.0)
