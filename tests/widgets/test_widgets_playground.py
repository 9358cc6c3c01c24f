"""nnlib.widgets.playground: a figure that follows its controls; what stands below any panel in a saved notebook."""

import base64

import pytest
from widget_models import open_explorer

from nnlib.homework.stepper import ConvolutionStepper
from nnlib.widgets import Choice, LinearSlider, panel, play

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


def redraw(made):
    made.views["height"].value = 7


CHANGES = {  # a panel, and what a user does with it
    "playground": (lambda: play(draw, CONTROLS, name="saved"), redraw),
    "stepper": (ConvolutionStepper, lambda made: made.next()),
    "explorer": (lambda: open_explorer(name="saved"), lambda made: made.run(wait=True, num_epochs=1)),
}


@pytest.mark.parametrize(("make", "change"), CHANGES.values(), ids=CHANGES)
def test_a_saved_notebook_shows_the_last_state_of_a_panel(make, change, monkeypatch, tmp_path):
    monkeypatch.setenv("NNLIB_TRIAL_LOGS", str(tmp_path))
    monkeypatch.setattr("nnlib.widgets.explorer._SIZE", (3.0, 1.5))
    shown = {}

    def record(data, *, display_id="", metadata=None, raw):
        shown[display_id.rpartition("-")[2]] = data, metadata

    for name in ("display", "update_display"):
        monkeypatch.setattr(panel, name, record)
    made = make()
    made._ipython_display_()
    before = dict(shown)
    change(made)
    image, text = made.static_fallback()
    assert shown["text"][0]["text/plain"] == text != before["text"][0]["text/plain"]
    assert base64.b64decode(shown["picture"][0]["image/png"]) == image
    assert shown["picture"][1] == {"image/png": {"alt": text.partition("\n")[0]}}
    made.close()
