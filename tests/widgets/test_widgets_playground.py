"""nnlib.widgets.playground: a figure that follows its controls."""

from types import SimpleNamespace

import pytest

from nnlib.widgets import Choice, LinearSlider, play, playground

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


@pytest.mark.parametrize("slow", [False, True])
def test_a_slow_drawing_waits_until_the_slider_is_released(monkeypatch, slow):
    clock = [0.0]

    def timed(figure, **values):
        clock[0] += playground.IMMEDIATE_SECONDS * (1.1 if slow else 0.9)
        return "drawn"

    monkeypatch.setattr(playground, "time", SimpleNamespace(perf_counter=lambda: clock[0]))
    made = play(timed, CONTROLS, name="slow")
    assert made.views["height"].slider.continuous_update is not slow


def test_an_error_of_draw_is_raised():
    with pytest.raises(ZeroDivisionError):
        play(lambda figure, **values: 1 / 0, CONTROLS, name="broken")
    with pytest.raises(ValueError, match="controls: expected at least one"):
        play(draw, [], name="empty")
