"""nnlib.widgets.playground: a figure that follows its controls."""

import pytest

from nnlib.widgets import Choice, LinearSlider, play

CONTROLS = [LinearSlider("height", "height", 2, 1, 9), Choice("colour", "colour", "red", ("red", "blue"))]


def draw(figure, *, height, colour):
    figure.subplots().plot([0, height], color=colour)
    return f"a {colour} line to {height}"


def test_it_redraws_when_a_control_changes():
    made = play(draw, CONTROLS, name="line")
    seen = {made.picture.image.value}
    assert made.alt_text == "a red line to 2"
    made.views["height"].slider.value = 5
    seen.add(made.picture.image.value)
    made.views["colour"].value = "blue"
    seen.add(made.picture.image.value)
    assert made.alt_text == "a blue line to 5"
    assert "a blue line to 5" in made.picture.line.value
    assert len(seen) == 3
    assert made.static_fallback() == (made.picture.image.value, made.alt_text)


def test_the_picture_follows_a_slider_while_it_is_dragged():
    made = play(draw, CONTROLS, name="dragged")
    assert made.views["height"].slider.continuous_update


def test_an_error_of_draw_is_raised():
    with pytest.raises(ZeroDivisionError):
        play(lambda figure, **values: 1 / 0, CONTROLS, name="broken")
    with pytest.raises(ValueError, match="controls: expected at least one"):
        play(draw, [], name="empty")
