"""nnlib.widgets.playground and the demonstrations of Q1 and Q7."""

import time

import pytest

from nnlib import batchnorm_forward
from nnlib.homework import playgrounds
from nnlib.widgets import Choice, LinearSlider, play, playground

CONTROLS = [LinearSlider("height", "height", 2, 1, 9), Choice("colour", "colour", "red", ("red", "blue"))]


def draw(figure, *, height, colour):
    figure.subplots().plot([0, height], color=colour)
    return f"a {colour} line to {height}"


def test_it_redraws_when_a_control_changes():
    made = play(draw, CONTROLS, name="line")
    seen = {made.picture.image.value}
    assert made.words == "a red line to 2"
    made.views["height"].slider.value = 5
    seen.add(made.picture.image.value)
    made.views["colour"].value = "blue"
    seen.add(made.picture.image.value)
    assert made.words == "a blue line to 5"
    assert "a blue line to 5" in made.picture.line.value
    assert len(seen) == 3
    assert made.static_fallback() == (made.picture.image.value, made.words)


@pytest.mark.parametrize("slow", [False, True])
def test_a_slow_drawing_waits_until_the_slider_is_let_go(monkeypatch, slow):
    def timed(figure, **values):
        time.sleep(0.02 if slow else 0)
        return "drawn"

    monkeypatch.setattr(playground, "IMMEDIATE_SECONDS", 0.01 if slow else 60)
    made = play(timed, CONTROLS, name="slow")
    assert made.views["height"].slider.continuous_update is not slow


def test_what_the_drawing_raises_is_raised():
    with pytest.raises(ZeroDivisionError):
        play(lambda figure, **values: 1 / 0, CONTROLS, name="broken")
    with pytest.raises(ValueError, match="controls: expected at least one"):
        play(draw, [], name="empty")


PLAYGROUNDS = (
    playgrounds.batch_norm_playground,
    playgrounds.dropout_playground,
    playgrounds.gradient_norm_playground,
    playgrounds.train_test_playground,
    playgrounds.learning_rate_playground,
)


@pytest.mark.parametrize("make", PLAYGROUNDS)
def test_every_control_of_every_playground_from_end_to_end(make):
    """To its minimum, its default and its maximum: the picture and the words follow each, and none has a NaN."""
    made = make()
    for name, view in made.views.items():
        default, pictures = view.value, []
        for value in dict.fromkeys([*view.control.extremes, default]):
            view.value = value
            assert view.value == value
            assert "nan" not in made.words
            assert "inf" not in made.words
            pictures.append(made.picture.image.value)
        assert len(set(pictures)) == len(pictures), f"{name} changes nothing"
    made.close()


def words(make, **values):
    made = make()
    for name, value in values.items():
        made.views[name].value = value
    return made.words


def test_batch_norm_words_are_what_the_layer_does():
    train = words(playgrounds.batch_norm_playground)
    assert "In train mode the output has mean 0.00 and standard deviation 1.00." in train
    one_batch = words(playgrounds.batch_norm_playground, mean=5.0, batches=1, mode="test")
    assert "In test mode the output has mean" in one_batch
    assert "the output has mean 0.00" not in one_batch  # the running mean has hardly left 0
    late = words(playgrounds.batch_norm_playground, momentum=0.0)
    running = float(late.split("the running mean is ")[1].split(" ")[0])
    assert abs(running - 3) < 0.6  # with momentum 0 it is the last batch's


def test_the_batch_norm_histograms_hold_nnlibs_numbers(monkeypatch):
    outputs = []

    def record(*args):
        outputs.append(batchnorm_forward(*args))
        return outputs[-1]

    monkeypatch.setattr(playgrounds, "batchnorm_forward", record)
    text = words(playgrounds.batch_norm_playground, mode="test")
    assert f"the output has mean {outputs[-1][0].mean():.2f}" in text


def test_dropout_words_are_what_the_layer_does():
    train = words(playgrounds.dropout_playground, keep=0.5)
    zeros = int(train.split("not 0 before, ")[1].split("%")[0])
    assert 45 <= zeros <= 55
    assert "0% are 0 in test mode" in words(playgrounds.dropout_playground, keep=0.5, mode="test")


def test_the_questions_of_q7_are_answered():
    def ratio(**values):
        return float(words(playgrounds.gradient_norm_playground, **values).split("the first, ")[1].split(" ")[0])

    assert ratio(activation="sigmoid", depth=20) < 1e-8
    assert 0.1 < ratio(activation="relu", depth=20) < 100
    assert "the loss fell" in words(playgrounds.learning_rate_playground)
    assert "the loss rose" in words(playgrounds.learning_rate_playground, learning_rate=10.0)
    assert "± 0.000" in words(playgrounds.train_test_playground, keep=1.0)
